// The desk, for every component below the frame.

import { createContext } from "svelte";

import type { Desk } from "./desk.svelte";

export const [getDesk, setDesk] = createContext<Desk>();
