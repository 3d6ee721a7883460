//! Authentication: of the app by key and secret, of a user by key and user id, or by a token.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_document::Operation;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::tokens;
use crate::accounts::call::Call;
use crate::accounts::response::{ApiError, bad_request};
use crate::provider::credentials::{Credentials, bearer_token};

const USER_ID: &str = "x-engagespot-user-id";

/// The settings of an app that concern authentication.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct AuthRules {
    /// The key that tokens are verified with. If it is set, a user needs a token.
    pub(crate) public_key: Option<Vec<u8>>,
    /// Whether a user without a token needs a signature.
    pub(crate) require_signatures: bool,
}

/// The user that a call is made for; `None` when the app itself calls.
pub(super) fn user(call: &Call) -> Option<String> {
    let satisfied = |name: &str| call.schemes.iter().any(|scheme| scheme == name);
    if satisfied("userToken") {
        return Some(tokens::parse(bearer_token(&call.headers)?).ok()?.user);
    }
    satisfied("userId").then(|| call.header(USER_ID).to_owned())
}

/// The user that a call is made for, or 400.
pub(super) fn require_user(call: &Call) -> Result<String, ApiError> {
    user(call).ok_or_else(|| {
        bad_request("this call is made for a user: send X-ENGAGESPOT-USER-ID or a user's token")
    })
}

/// The signature of a user id, to be verified.
fn signature(secret: &str, user: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(user.as_bytes());
    Some(mac)
}

impl AuthRules {
    /// The security schemes of the alternative that a request satisfies, or why its credentials are wrong. `now` is in
    /// seconds since 1970.
    pub(super) fn check(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        credentials: &Credentials,
        now: i64,
    ) -> Result<Vec<String>, String> {
        if operation.security.is_empty() {
            return Ok(Vec::new());
        }
        let request = Request {
            headers,
            credentials,
            now,
        };
        // Every given credential must be valid, even if the operation needs fewer.
        let mut given: Vec<&String> = Vec::new();
        for scheme in operation.security.iter().flatten() {
            if !given.contains(&scheme) && self.check_scheme(scheme, &request)? {
                given.push(scheme);
            }
        }
        let satisfied = operation.security.iter().find(|alternative| {
            alternative.iter().all(|scheme| given.contains(&scheme))
                && self.is_sufficient(alternative)
        });
        satisfied.cloned().ok_or_else(|| {
            let why = if self.public_key.is_some() {
                "secure mode is on, so a user needs a token"
            } else if self.require_signatures {
                "signatures are required, so a user needs one, or a token"
            } else {
                "send all headers of one way to authenticate"
            };
            let ways: Vec<String> = operation
                .security
                .iter()
                .filter(|alternative| self.is_sufficient(alternative))
                .map(|alternative| alternative.join(" and "))
                .collect();
            format!("{why}: {}", ways.join("; or "))
        })
    }

    /// Whether an alternative is sufficient under these settings.
    fn is_sufficient(&self, alternative: &[String]) -> bool {
        let has = |name: &str| alternative.iter().any(|scheme| scheme == name);
        let without_token = has("userId") && !has("userToken");
        let unsigned = without_token && !has("userSignature");
        !(without_token && self.public_key.is_some() || unsigned && self.require_signatures)
    }

    /// Whether a request has the credential of a security scheme; an error if it has a wrong one.
    fn check_scheme(&self, scheme: &str, request: &Request<'_>) -> Result<bool, String> {
        let equals = |header: &str, variable: &str| match request.header(header) {
            None => Ok(false),
            Some(given) if given == request.credentials.get(variable) => Ok(true),
            Some(_) => Err(format!("`{header}` doesn't contain the app's value")),
        };
        match scheme {
            "apiKey" => equals("X-ENGAGESPOT-API-KEY", "ENGAGESPOT_API_KEY"),
            "apiSecret" => equals("X-ENGAGESPOT-API-SECRET", "ENGAGESPOT_API_SECRET"),
            "secretKey" => equals("X-ENGAGESPOT-SECRET-KEY", "ENGAGESPOT_API_SECRET"),
            "userId" => Ok(request.header(USER_ID).is_some()),
            "userSignature" => self.check_signature(request),
            "userToken" => self.check_token(request),
            _ => Ok(false),
        }
    }

    /// Whether a request has a signature; an error if it is required and wrong.
    fn check_signature(&self, request: &Request<'_>) -> Result<bool, String> {
        let Some(given) = request.header("x-engagespot-user-signature") else {
            return Ok(false);
        };
        if !self.require_signatures {
            return Ok(true);
        }
        let key = request.credentials.get("ENGAGESPOT_API_SECRET");
        let user = request.header(USER_ID).unwrap_or_default();
        let valid = BASE64_STANDARD.decode(given).is_ok_and(|given| {
            signature(key, user).is_some_and(|mac| mac.verify_slice(&given).is_ok())
        });
        if valid {
            Ok(true)
        } else {
            Err("the signature must be the HMAC-SHA256 of the user id under the secret, in base64 with padding".to_owned())
        }
    }

    /// Whether a request has a token; an error if it is invalid.
    fn check_token(&self, request: &Request<'_>) -> Result<bool, String> {
        if request.header("authorization").is_none() {
            return Ok(false);
        }
        let text =
            bearer_token(request.headers).ok_or("`Authorization` must start with `Bearer `")?;
        let token = tokens::parse(text)?;
        if token.api_key != request.credentials.get("ENGAGESPOT_API_KEY") {
            return Err("the token's `apiKey` is not the app's API key".to_owned());
        }
        if request.header(USER_ID).is_some_and(|id| id != token.user) {
            return Err("the token and the user id name different users".to_owned());
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
        if token.expires.is_some_and(|end| end <= request.now as f64) {
            return Err("the token has expired".to_owned());
        }
        match &self.public_key {
            Some(key) if !tokens::verify(key, text) => {
                Err("the token's signature doesn't verify with the public key".to_owned())
            }
            _ => Ok(true),
        }
    }
}

struct Request<'a> {
    headers: &'a HeaderMap,
    credentials: &'a Credentials,
    /// Seconds since 1970.
    now: i64,
}

impl<'a> Request<'a> {
    /// The text of a header; `None` if it is empty.
    fn header(&self, name: &str) -> Option<&'a str> {
        let value = self.headers.get(name)?.to_str().ok()?;
        (!value.is_empty()).then_some(value)
    }
}
