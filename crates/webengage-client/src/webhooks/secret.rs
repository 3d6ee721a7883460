//! Verification of deliveries.

use std::error::Error;
use std::fmt;

use form_urlencoded::parse;
use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq as _;

use crate::Secret;

/// Verifies that deliveries come from the webhooks of an account.
///
/// WebEngage adds `secret` to the URL that it calls: the MD5 of the license code, a colon and the secret key, which the
/// dashboard shows under Data Platform, Integrations, Webhooks. It is the same in every delivery, and the body is not signed:
/// anyone who knows such a URL can forge a delivery. Use HTTPS, and keep query strings out of logs.
///
/// ```
/// use webengage_client::WebhookSecret;
///
/// let secret = WebhookSecret::new("demo4f2a", "my-webhook-key")?;
/// assert!(secret.verify("eventType=FEEDBACK_SUBMIT&licenseCode=demo4f2a&secret=541e2d765ee7c4dfb1bf38bc34934bcb"));
/// assert!(!secret.verify("eventType=FEEDBACK_SUBMIT&licenseCode=demo4f2a&secret=541e2d765ee7c4dfb1bf38bc34934bcc"));
/// assert!(!secret.verify("eventType=FEEDBACK_SUBMIT&licenseCode=demo4f2a"));
/// # Ok::<(), webengage_client::WebhookSecretError>(())
/// ```
#[derive(Clone)]
pub struct WebhookSecret {
    /// In lower case.
    expected: [u8; 32],
}

impl WebhookSecret {
    /// From an account's license code and the secret key of its webhooks.
    ///
    /// # Errors
    /// If one of them is empty or blank. With an empty key the secret would follow from the license code, which is in the URL
    /// of every delivery, so anyone who has seen one could forge others.
    pub fn new(
        license_code: &str,
        webhook_secret_key: impl Into<Secret>,
    ) -> Result<Self, WebhookSecretError> {
        let key = webhook_secret_key.into();
        if license_code.trim().is_empty() {
            return Err(WebhookSecretError::EmptyLicenseCode);
        }
        if key.expose().trim().is_empty() {
            return Err(WebhookSecretError::EmptyKey);
        }
        let digest = Md5::new()
            .chain_update(license_code)
            .chain_update(":")
            .chain_update(key.expose())
            .finalize();
        let mut expected = [0; 32];
        for (digits, byte) in expected.chunks_exact_mut(2).zip(digest) {
            digits.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        Ok(Self { expected })
    }

    /// Whether the query string of a delivery's URL has the right `secret`, exactly once. Respond with 401 otherwise.
    ///
    /// The comparison takes constant time. It accepts upper-case digits, because WebEngage does not document the case.
    #[must_use]
    pub fn verify(&self, query: &str) -> bool {
        let query = query.strip_prefix('?').unwrap_or(query);
        let mut secrets = parse(query.as_bytes()).filter(|(name, _)| name == "secret");
        match (secrets.next(), secrets.next()) {
            (Some((_, secret)), None) => self.is(&secret),
            _ => false,
        }
    }

    /// Whether this is the value of `secret`.
    #[must_use]
    pub fn is(&self, secret: &str) -> bool {
        let secret = secret.to_ascii_lowercase();
        self.expected.as_slice().ct_eq(secret.as_bytes()).into()
    }
}

const fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' + value - 10,
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSecret").finish_non_exhaustive()
    }
}

/// A [`WebhookSecret`] cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookSecretError {
    /// The license code is empty or blank.
    EmptyLicenseCode,
    /// The secret key of the webhooks is empty or blank.
    EmptyKey,
}

impl fmt::Display for WebhookSecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::EmptyLicenseCode => "the license code",
            Self::EmptyKey => "the secret key of the webhooks",
        };
        write!(
            f,
            "{what} is empty; a typical cause is an unset environment variable"
        )
    }
}

impl Error for WebhookSecretError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf %s demo4f2a:my-webhook-key | md5sum`
    const RIGHT: &str = "541e2d765ee7c4dfb1bf38bc34934bcb";

    fn secret() -> WebhookSecret {
        WebhookSecret::new("demo4f2a", "my-webhook-key").unwrap()
    }

    #[test]
    fn the_digest_is_that_of_code_colon_key() {
        assert!(secret().is(RIGHT));
        assert!(secret().is(&RIGHT.to_uppercase()));
        for wrong in [
            "",
            "secret",
            &RIGHT[1..],
            &format!("{RIGHT} "),
            &format!("{RIGHT}{RIGHT}"),
            &"0".repeat(32),
        ] {
            assert!(!secret().is(wrong), "{wrong}");
        }
        let shifted = WebhookSecret::new("demo4f2", "a:my-webhook-key").unwrap();
        assert!(!shifted.is(RIGHT));
    }

    #[test]
    fn an_empty_code_or_key_is_refused() {
        let error = |code: &str, key: &str| WebhookSecret::new(code, key).unwrap_err();
        for empty in ["", " ", "\t\n", "\u{a0}"] {
            assert_eq!(error("demo4f2a", empty), WebhookSecretError::EmptyKey);
            let code = error(empty, "my-webhook-key");
            assert_eq!(code, WebhookSecretError::EmptyLicenseCode);
        }
        assert_eq!(
            error("demo4f2a", "").to_string(),
            "the secret key of the webhooks is empty; a typical cause is an unset environment variable"
        );
        assert_eq!(
            error("", "").to_string(),
            "the license code is empty; a typical cause is an unset environment variable"
        );
    }

    #[test]
    fn every_digit_counts() {
        for at in 0..RIGHT.len() {
            let mut wrong = RIGHT.to_owned();
            let other = if &RIGHT[at..=at] == "0" { "1" } else { "0" };
            wrong.replace_range(at..=at, other);
            assert!(!secret().is(&wrong), "{wrong}");
        }
    }

    #[test]
    fn it_is_found_in_a_query() {
        for right in [
            format!("secret={RIGHT}"),
            format!("?eventType=X&licenseCode=~99&secret={RIGHT}"),
            format!("secret={}&a=b", RIGHT.replace('b', "%62")),
        ] {
            assert!(secret().verify(&right), "{right}");
        }
        for wrong in [
            String::new(),
            "secret".to_owned(),
            "secret=".to_owned(),
            format!("Secret={RIGHT}"),
            format!("x={RIGHT}"),
            format!("secret={RIGHT}&secret={RIGHT}"),
            format!("secret=wrong&secret={RIGHT}"),
        ] {
            assert!(!secret().verify(&wrong), "{wrong}");
        }
    }

    #[test]
    fn nothing_shows_it() {
        assert_eq!(format!("{:?}", secret()), "WebhookSecret { .. }");
    }
}
