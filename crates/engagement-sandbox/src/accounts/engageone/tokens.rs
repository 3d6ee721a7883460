//! Tokens, which logins issue.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::accounts::shared::Shared;

/// The lifetime of an observed token.
const LIFETIME: Duration = Duration::from_secs(3600);
/// The key that tokens are signed with. Signatures are not verified: tokens are looked up, and clients don't have the key.
const KEY: &[u8] = b"engagement-sandbox";
/// The user of all tokens.
const USER: &str = "5d0c7b1e-2f4a-4c6d-8e90-0000000000c1";

/// The tokens of an account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tokens {
    lifetime: Duration,
    issued: Shared<BTreeMap<String, Token>>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Token {
    customer: String,
    /// When it expires, as time since 1970; `None`: never.
    expires: Option<Duration>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            lifetime: LIFETIME,
            issued: Shared::default(),
        }
    }
}

impl Tokens {
    /// Sets the lifetime of tokens that are issued from now on.
    pub(crate) fn set_lifetime(&mut self, lifetime: Duration) {
        self.lifetime = lifetime;
    }

    /// Invalidates all tokens, whatever their claims say.
    pub(crate) fn expire(&mut self) {
        self.issued.clear();
    }

    /// Issues a token.
    pub(super) fn issue(&mut self, customer: &str, client: &str, start: Duration) -> String {
        let end = start.saturating_add(self.lifetime);
        self.issued
            .retain(|_, token| token.expires.is_none_or(|expires| expires > start));
        let text = signed(&claims(customer, client, start, end));
        let token = Token {
            customer: customer.to_owned(),
            expires: Some(end),
        };
        self.issued.insert(text.clone(), token);
        text
    }

    /// Adds a token that doesn't expire.
    pub(super) fn add(&mut self, token: &str, customer: &str) {
        let known = Token {
            customer: customer.to_owned(),
            expires: None,
        };
        self.issued.insert(token.to_owned(), known);
    }

    /// Checks that a token is valid.
    pub(super) fn check(&self, token: &str, now: Duration) -> Result<(), String> {
        let known = self
            .issued
            .get(token)
            .ok_or("the token was not issued by this sandbox, or was expired by the test")?;
        if known.expires.is_some_and(|expires| expires <= now) {
            return Err("the token has expired".to_owned());
        }
        Ok(())
    }

    /// The customer that a token was issued to.
    pub(super) fn customer(&self, token: &str) -> Option<&str> {
        self.issued.get(token).map(|token| token.customer.as_str())
    }
}

/// The claims of a token. As in a real one, times are fractional seconds.
fn claims(customer: &str, client: &str, start: Duration, end: Duration) -> Value {
    let start = start.as_secs_f64();
    json!({
        "iat": start, "nbf": start, "exp": end.as_secs_f64(),
        "iss": "production--us-east-1", "sub": USER,
        "profile": {
            "id": USER, "name": "Sandbox", "email": client.to_lowercase(), "roles": ["admin"],
            "sub_id": customer, "subscription_id": customer, "subscription_ids": [customer],
            "account_id": "sandbox", "account_subscription_id": null,
        },
    })
}

fn signed(claims: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "typ": "JWT", "alg": "HS256" });
    let signed = format!("{}.{}", encode(&header), encode(claims));
    // HMAC takes keys of any length.
    let signature = Hmac::<Sha256>::new_from_slice(KEY)
        .map(|mac| mac.chain_update(&signed).finalize().into_bytes())
        .unwrap_or_default();
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_jwt_with_fractional_times() {
        let start = Duration::from_millis(1_700_000_000_250);
        let text = signed(&claims(
            "acme",
            "Acme.One@example.com",
            start,
            start + LIFETIME,
        ));
        let parts: Vec<&str> = text.split('.').collect();
        let read = |part: &str| -> Value {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64");
            serde_json::from_slice(&bytes).expect("JSON")
        };
        assert_eq!(parts.len(), 3);
        assert_eq!(read(parts[0]), json!({ "typ": "JWT", "alg": "HS256" }));
        let claims = read(parts[1]);
        assert_eq!(
            (&claims["iat"], &claims["nbf"], &claims["exp"]),
            (
                &json!(1_700_000_000.25),
                &json!(1_700_000_000.25),
                &json!(1_700_003_600.25)
            )
        );
        assert_eq!(claims["profile"]["email"], "acme.one@example.com");
        assert_eq!(claims["profile"]["subscription_ids"], json!(["acme"]));
        let signature = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).expect("base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes keys of any length");
        mac.update(format!("{}.{}", parts[0], parts[1]).as_bytes());
        mac.verify_slice(&signature).expect("signed with the key");
    }
}
