//! Text that is never printed, and is wiped from memory.

pub(crate) mod zeroizing;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A secret: wiped from memory when dropped, `[REDACTED]` in `Debug`, and without `Display`.
///
/// A `String` that becomes a secret is wiped, and so are the client's own copies: header values, JSON and form bodies, and
/// intermediate buffers. Not wiped are the environment of the process, a `&str` that a secret was made of, fields of multipart
/// forms, the buffers of the HTTP and TLS libraries and of the system, and response bodies, including the token of a login.
///
/// **Serializing writes the text itself.** This is for request bodies that contain a password; do not serialize a value with
/// a secret to store or log it.
///
/// Comparison takes constant time for secrets of the same length.
///
/// ```
/// # use engagement_core::Secret;
/// let secret = Secret::from("sk_live_123");
/// assert_eq!(format!("{secret:?}"), "[REDACTED]");
/// assert_eq!(secret.expose(), "sk_live_123");
/// assert_eq!(serde_json::to_string(&secret)?, r#""sk_live_123""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The text itself. Keep it out of logs and error messages.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        // Copied, because shrinking the string may move it and leave its text in memory.
        Self::from(Zeroizing::new(text).as_str())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.expose().as_bytes(), other.expose().as_bytes());
        one.ct_eq(other).into()
    }
}

impl Eq for Secret {}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_string(SecretVisitor)
    }
}

struct SecretVisitor;

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<Secret, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Secret, E> {
        Ok(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        "engagement_core::Secret".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "password"})
    }
}
