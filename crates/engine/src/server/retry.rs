use std::time::Duration;

/// How often and how slowly a request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, before a person is asked.
    pub attempts: u32,
    /// Wait before the second try; doubles with each.
    pub first_wait: Duration,
    /// Longest wait that Lotse chooses itself.
    pub longest_wait: Duration,
    /// Longest wait that a server may ask for.
    pub longest_asked: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            attempts: 8,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            longest_asked: Duration::from_secs(300),
        }
    }
}

impl RetryPolicy {
    /// The wait after the `tried`-th try (from 1). `asked` is what the server's `Retry-After` says; `jitter` is a
    /// random number from 0 to 255 that keeps many clients from coming back at the same moment.
    pub fn wait(&self, tried: u32, asked: Option<Duration>, jitter: u8) -> Duration {
        let doubled = self
            .first_wait
            .saturating_mul(1_u32.checked_shl(tried.saturating_sub(1)).unwrap_or(u32::MAX));
        let base = doubled.min(self.longest_wait);
        // Half of it is fixed, half is left to chance.
        let own = base / 2 + base.mul_f64(f64::from(jitter) / 510.0);
        asked.map_or(own, |asked| asked.min(self.longest_asked).max(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_their_bounds() {
        let policy = RetryPolicy::default();
        let (least, most) = (
            |tried| policy.wait(tried, None, 0),
            |tried| policy.wait(tried, None, 255),
        );
        assert_eq!(
            (least(1), most(1)),
            (Duration::from_millis(250), Duration::from_millis(500))
        );
        assert_eq!(
            (least(3), most(3)),
            (Duration::from_millis(1000), Duration::from_millis(2000))
        );
        assert_eq!(most(30), policy.longest_wait);
        assert_eq!(
            policy.wait(1, Some(Duration::from_secs(7)), 0),
            Duration::from_secs(7)
        );
        assert_eq!(
            policy.wait(1, Some(Duration::from_secs(7000)), 0),
            policy.longest_asked
        );
        assert_eq!(policy.wait(5, Some(Duration::ZERO), 255), most(5));
    }
}
