//! Tokens: made at login, known until they expire.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::accounts::values::now;

/// As long as one real token lived.
const LIFETIME: Duration = Duration::from_secs(3600);
/// What tokens are signed with. They are looked up, not verified; clients can't verify them either.
const KEY: &[u8] = b"engagement-sandbox";
/// The user that all tokens are of.
const USER: &str = "5d0c7b1e-2f4a-4c6d-8e90-0000000000c1";

/// The tokens of an account.
pub(crate) struct Tokens {
    lifetime: Duration,
    known: HashMap<String, Token>,
}

struct Token {
    customer: String,
    /// When it ends, counted from 1970; `None`: never.
    expires: Option<Duration>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            lifetime: LIFETIME,
            known: HashMap::new(),
        }
    }
}

impl Tokens {
    /// Says how long the tokens live that are made from now on.
    pub(crate) fn set_lifetime(&mut self, lifetime: Duration) {
        self.lifetime = lifetime;
    }

    /// Forgets all tokens, whatever they say about their end.
    pub(crate) fn expire(&mut self) {
        self.known.clear();
    }

    /// Makes a token.
    pub(super) fn issue(&mut self, customer: &str, client: &str) -> String {
        let start = now();
        let end = start.saturating_add(self.lifetime);
        self.known
            .retain(|_, token| token.expires.is_none_or(|expires| expires > start));
        let text = signed(&claims(customer, client, start, end));
        let token = Token {
            customer: customer.to_owned(),
            expires: Some(end),
        };
        self.known.insert(text.clone(), token);
        text
    }

    /// Takes a token from elsewhere that doesn't expire.
    pub(super) fn accept(&mut self, token: &str, customer: &str) {
        let known = Token {
            customer: customer.to_owned(),
            expires: None,
        };
        self.known.insert(token.to_owned(), known);
    }

    /// Says what is wrong with a token.
    pub(super) fn check(&self, token: &str) -> Result<(), String> {
        let known = self
            .known
            .get(token)
            .ok_or("the token is none that this sandbox gave out, or was made to expire")?;
        if known.expires.is_some_and(|expires| expires <= now()) {
            return Err("the token has expired".to_owned());
        }
        Ok(())
    }

    /// The customer that a token was made for.
    pub(super) fn customer(&self, token: &str) -> Option<&str> {
        self.known.get(token).map(|token| token.customer.as_str())
    }
}

/// What a token says, in the shape of a real one: times are fractional seconds.
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
    let head = json!({ "typ": "JWT", "alg": "HS256" });
    let signed = format!("{}.{}", encode(&head), encode(claims));
    // Keys of any length do.
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
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("any length does");
        mac.update(format!("{}.{}", parts[0], parts[1]).as_bytes());
        mac.verify_slice(&signature).expect("signed with the key");
    }
}
