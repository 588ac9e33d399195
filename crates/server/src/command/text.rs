//! Texts of arguments: durations and ends of validity, and where secrets come from.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use lotse_core::values::Instant;
use lotse_server::TokenSecret;
use zeroize::Zeroizing;

use super::Failure;

/// The environment variable that can hold the token secret.
const SECRET_VARIABLE: &str = "LOTSE_SERVER_TOKEN_SECRET";

/// Reads `90s`, `30m`, `24h`, `7d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let refused = || format!("{text:?} is no duration; usual forms are 90s, 30m, 24h, 7d");
    let unit = text.chars().next_back().ok_or_else(refused)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(refused()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| refused())?;
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .ok_or_else(refused)
}

/// Reads an RFC 3339 instant, or a duration from now on.
pub(super) fn expiry(text: &str) -> Result<Instant, String> {
    if let Some(instant) = Instant::from_rfc3339(text) {
        return Ok(instant);
    }
    let refused =
        |_| format!("{text:?} is neither an instant such as 2027-01-01T00:00:00Z nor a duration such as 90d");
    let duration = duration(text).map_err(refused)?;
    let duration = chrono::Duration::from_std(duration).map_err(|_| format!("{text:?} is too long"))?;
    let moment = chrono::Utc::now().checked_add_signed(duration);
    moment
        .map(Instant::from)
        .ok_or_else(|| format!("{text:?} is too long"))
}

/// The token secret out of `file` (`-` for standard input), else out of the environment, else none.
pub(super) fn token_secret(file: Option<&Path>) -> Result<Option<TokenSecret>, Failure> {
    let unreadable = |reason| Failure::File {
        path: file.unwrap_or(Path::new("-")).to_path_buf(),
        reason,
    };
    let bytes = match file {
        Some(path) if path == Path::new("-") => {
            let mut bytes = Zeroizing::new(Vec::new());
            std::io::stdin().read_to_end(&mut bytes).map_err(unreadable)?;
            bytes
        }
        Some(path) => Zeroizing::new(std::fs::read(path).map_err(unreadable)?),
        None => match std::env::var(SECRET_VARIABLE) {
            Ok(secret) => Zeroizing::new(secret.into_bytes()),
            Err(std::env::VarError::NotPresent) => return Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Failure::Usage(format!("{SECRET_VARIABLE} is not UTF-8.")));
            }
        },
    };
    match TokenSecret::new(&bytes) {
        Ok(secret) => Ok(Some(secret)),
        Err(problem) => Err(Failure::Usage(problem.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_expiries_are_read() {
        let table = [
            ("90s", Some(90)),
            ("30m", Some(1800)),
            ("24h", Some(86_400)),
            ("7d", Some(604_800)),
            ("7", None),
            ("d", None),
            ("", None),
            ("-1h", None),
            ("1.5h", None),
            ("5ü", None),
            ("99999999999999999999d", None),
        ];
        for (text, seconds) in table {
            assert_eq!(duration(text).ok(), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!(
            expiry("2027-01-01T00:00:00Z").unwrap().to_string(),
            "2027-01-01T00:00:00Z"
        );
        assert!(expiry("90d").unwrap() > expiry("89d").unwrap());
        assert!(expiry("tomorrow").is_err());
        assert!(expiry("99999999999999d").is_err());
    }
}
