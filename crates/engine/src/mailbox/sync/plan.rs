//! Which mails travel together: pure arithmetic over sizes.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Berlin;

use crate::mailbox::connection::MailHead;

/// Bounds of what is asked for at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchBounds {
    /// Bytes of a batch; a larger mail travels alone.
    pub(super) bytes: u64,
    pub(super) mails: usize,
    /// Mails larger than this are not fetched.
    pub(super) largest_mail: u64,
}

/// Mails that are dealt with together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Batch {
    /// To be fetched, ascending.
    pub(super) fetch: Vec<MailHead>,
    /// Their sizes together.
    pub(super) bytes: u64,
    /// Too large, with their sizes.
    pub(super) too_large: Vec<(u32, u64)>,
    /// Deleted since they were found, or from before the start date.
    pub(super) gone: Vec<u32>,
    /// The last UID of the stretch this batch deals with.
    pub(super) last: u32,
}

impl Batch {
    /// Mails in it, fetched or not.
    pub(super) fn len(&self) -> usize {
        self.fetch.len() + self.too_large.len() + self.gone.len()
    }

    /// The UIDs to fetch.
    pub(super) fn uids(&self) -> Vec<u32> {
        self.fetch.iter().map(|head| head.uid).collect()
    }
}

/// Deals the mails `uids` (ascending), of which the server described `heads`, into batches.
pub(super) fn plan(
    uids: &[u32],
    heads: &[MailHead],
    since: Option<NaiveDate>,
    bounds: BatchBounds,
) -> Vec<Batch> {
    let start = since.and_then(start_of_day);
    let mut batches = Vec::new();
    let mut batch = Batch::default();
    for &uid in uids {
        let head = heads
            .binary_search_by_key(&uid, |head| head.uid)
            .map(|at| heads[at]);
        match head {
            Ok(head) if is_before(head.internal_date, start) => batch.gone.push(uid),
            Ok(head) if head.size > bounds.largest_mail => batch.too_large.push((uid, head.size)),
            Ok(head) => {
                let full = batch.fetch.len() >= bounds.mails || batch.bytes + head.size > bounds.bytes;
                if full && !batch.fetch.is_empty() {
                    batches.push(std::mem::take(&mut batch));
                }
                batch.fetch.push(head);
                batch.bytes += head.size;
            }
            Err(_) => batch.gone.push(uid),
        }
        batch.last = uid;
    }
    if batch != Batch::default() {
        batches.push(batch);
    }
    batches
}

fn is_before(date: Option<DateTime<Utc>>, start: Option<DateTime<Utc>>) -> bool {
    matches!((date, start), (Some(date), Some(start)) if date < start)
}

/// Midnight in Germany and Switzerland.
fn start_of_day(day: NaiveDate) -> Option<DateTime<Utc>> {
    Berlin
        .from_local_datetime(&day.and_time(NaiveTime::MIN))
        .earliest()
        .map(|moment| moment.with_timezone(&Utc))
}

/// The day to ask the server for: it compares dates in a zone of its own, so one more day is asked for and the rest
/// is decided by [`plan`].
pub(in crate::mailbox) fn day_to_ask(since: NaiveDate) -> NaiveDate {
    since.pred_opt().unwrap_or(since)
}

/// Stretches of UIDs to search one after the other, so that no single answer gets huge; the last one is open.
pub(super) fn search_windows(first: u32, uid_next: Option<u32>, exists: u32) -> Vec<(u32, Option<u32>)> {
    const ANSWER_MAILS: u32 = 50_000;
    const MOST_WINDOWS: u32 = 200;
    let mut windows = Vec::new();
    let mut from = first;
    if let Some(next) = uid_next.filter(|_| exists > ANSWER_MAILS) {
        let width = (next.saturating_sub(first) / MOST_WINDOWS).max(ANSWER_MAILS);
        while next.saturating_sub(from) > width {
            windows.push((from, Some(from + width - 1)));
            from += width;
        }
    }
    windows.push((from, None));
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: BatchBounds = BatchBounds {
        bytes: 100,
        mails: 3,
        largest_mail: 1000,
    };

    fn head(uid: u32, size: u64) -> MailHead {
        MailHead {
            uid,
            size,
            internal_date: None,
        }
    }

    #[test]
    fn every_mail_is_dealt_with_once_and_in_order() {
        let uids: Vec<u32> = (1..=9).collect();
        let sizes = [40, 40, 40, 500, 1001, 1, 1, 1];
        let heads: Vec<MailHead> = uids
            .iter()
            .zip(sizes)
            .map(|(uid, size)| head(*uid, size))
            .collect();
        let batches = plan(&uids, &heads, None, BOUNDS);
        let fetched: Vec<Vec<u32>> = batches.iter().map(Batch::uids).collect();
        assert_eq!(fetched, [vec![1, 2], vec![3], vec![4], vec![6, 7, 8]]);
        assert_eq!(batches[2].too_large, [(5, 1001)]);
        assert_eq!(batches[3].gone, [9]);
        let lasts: Vec<u32> = batches.iter().map(|batch| batch.last).collect();
        assert_eq!(lasts, [2, 3, 5, 9]);
    }

    #[test]
    fn mails_from_before_the_start_date_stay_out() {
        let at = |text: &str| Some(text.parse().unwrap());
        let heads = [
            MailHead {
                internal_date: at("2025-02-28T22:59:59Z"),
                ..head(1, 1)
            },
            MailHead {
                internal_date: at("2025-02-28T23:00:00Z"),
                ..head(2, 1)
            },
            MailHead {
                internal_date: None,
                ..head(3, 1)
            },
        ];
        let since = NaiveDate::from_ymd_opt(2025, 3, 1);
        let batches = plan(&[1, 2, 3], &heads, since, BOUNDS);
        assert_eq!(batches[0].uids(), [2, 3]);
        assert_eq!(batches[0].gone, [1]);
    }

    #[test]
    fn windows_cover_everything_without_overlap() {
        assert_eq!(search_windows(5, Some(100), 90), [(5, None)]);
        assert_eq!(search_windows(5, None, 1_000_000), [(5, None)]);
        let windows = search_windows(1, Some(4_000_000_000), 60_000);
        assert!(windows.len() <= 202);
        for pair in windows.windows(2) {
            assert_eq!(pair[0].1.unwrap() + 1, pair[1].0);
        }
        assert_eq!(windows.last().unwrap().1, None);
    }
}
