//! The expiry of a token, which is otherwise opaque.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    /// Seconds since 1970; the service sends a fraction.
    exp: f64,
    /// When the token was issued.
    #[serde(default)]
    iat: Option<f64>,
}

/// When a token expires.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Expiry {
    /// So long after it was issued: both times are by the service's clock, so a wrong clock of this machine does not matter.
    In(Duration),
    /// At this time by the service's clock, if the token does not say when it was issued.
    At(SystemTime),
}

/// The expiry of a token, if it can be parsed. Other tokens are sent too.
pub(crate) fn expiry(token: &str) -> Option<Expiry> {
    let payload = token.split('.').nth(1)?;
    // Padding is not expected, but accepted.
    let payload = BASE64_URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let since_1970 = Duration::try_from_secs_f64(claims.exp).ok()?;
    let issued = claims.iat.filter(|issued| *issued > 0.0);
    let life = issued.and_then(|issued| Duration::try_from_secs_f64(claims.exp - issued).ok());
    match life {
        Some(life) => Some(Expiry::In(life)),
        None => SystemTime::UNIX_EPOCH
            .checked_add(since_1970)
            .map(Expiry::At),
    }
}

/// Whether a text has the format of a token: three parts of base64url, separated by dots.
pub(crate) fn looks_like_one(text: &str) -> bool {
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    let part = |part: &str| !part.is_empty() && part.bytes().all(in_alphabet);
    text.split('.').count() == 3 && text.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_URL_SAFE;

    use super::*;

    fn token(payload: &str) -> String {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(payload);
        format!("e30.{payload}.c2ln")
    }

    fn seconds(token: &str) -> Option<f64> {
        let Expiry::At(time) = expiry(token)? else {
            panic!("it says when it was issued")
        };
        let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH);
        Some(since_1970.ok()?.as_secs_f64())
    }

    #[test]
    fn a_token_that_says_when_it_was_issued_has_a_life() {
        for (payload, life) in [
            (r#"{"exp": 1709460000.75, "iat": 1709456400.5}"#, 3600.25),
            (r#"{"iat": 1709460000, "exp": 1709460000}"#, 0.0),
        ] {
            let life = Duration::from_secs_f64(life);
            assert_eq!(expiry(&token(payload)), Some(Expiry::In(life)), "{payload}");
        }
        // Nonsense, so the time counts.
        for issued in ["null", "0", "-1", "1709460001", "1e300"] {
            let payload = format!(r#"{{"exp": 1709460000, "iat": {issued}}}"#);
            assert_eq!(seconds(&token(&payload)), Some(1_709_460_000.0), "{issued}");
        }
    }

    #[test]
    fn expiry_is_read_with_its_fraction() {
        assert_eq!(
            seconds(&token(r#"{"exp": 1709460000.5}"#)),
            Some(1_709_460_000.5)
        );
        assert_eq!(
            seconds(&token(r#"{"exp":1709460000,"iat":0}"#)),
            Some(1_709_460_000.0)
        );
        let padded = BASE64_URL_SAFE.encode(r#"{"exp": 1.50}"#);
        assert!(padded.ends_with('='), "{padded}");
        assert_eq!(seconds(&format!("e30.{padded}.c2ln")), Some(1.5));
        // Characters that ordinary base64 writes otherwise.
        let name = token(r#"{"exp": 2.5, "name": "ÿ?~>"}"#);
        assert!(name.contains(['-', '_']), "{name}");
        assert_eq!(seconds(&name), Some(2.5));
    }

    #[test]
    fn unreadable_expiry_is_unknown() {
        for payload in [
            "{}",
            "null",
            "7",
            "",
            r#"{"exp": null}"#,
            r#"{"exp": "soon"}"#,
            r#"{"exp": -1}"#,
            r#"{"exp": 1e300}"#,
        ] {
            assert_eq!(seconds(&token(payload)), None, "{payload}");
        }
        for text in ["", "opaque", "a.b", "..", "a.*.c", "é.é.é"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn tokens_are_detected_by_their_format() {
        assert!(looks_like_one(&token("{}")));
        for text in [
            "",
            "a.b",
            "a.b.c.d",
            "a..c",
            "a.b.",
            "a.b c.d",
            "<p>a.b.c</p>",
            "é.b.c",
        ] {
            assert!(!looks_like_one(text), "{text}");
        }
    }
}
