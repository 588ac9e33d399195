import type { Unsubscribe } from "../app";

/** Subscribing takes a moment; who unsubscribes within it must not stay subscribed. */
export function unsubscribe(subscribed: Promise<() => void>): Unsubscribe {
    return () => void subscribed.then((end) => end());
}
