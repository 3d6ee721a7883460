//! The expiry of a token, which is otherwise opaque.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    /// Seconds since 1970; the service sends a fraction.
    exp: f64,
}

/// The expiry of a token, if it can be parsed. Other tokens are sent too.
pub(crate) fn expiry(token: &str) -> Option<SystemTime> {
    let payload = token.split('.').nth(1)?;
    // Padding is not expected, but accepted.
    let payload = BASE64_URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let since_1970 = Duration::try_from_secs_f64(claims.exp).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since_1970)
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
        let since_1970 = expiry(token)?.duration_since(SystemTime::UNIX_EPOCH);
        Some(since_1970.ok()?.as_secs_f64())
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
