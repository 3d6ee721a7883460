//! Who may call: the app by key and secret, a user by key and user id, or by a token.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use engagement_document::Operation;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use sha2::Sha256;

use crate::accounts::call::Call;
use crate::accounts::values::now_seconds;
use crate::http::auth::{Credentials, bearer, secret};

const USER_ID: &str = "x-engagespot-user-id";

/// What the app asks of its callers besides what every app does.
#[derive(Default)]
pub(crate) struct Rules {
    /// Key to verify tokens with; with one, a user needs a token.
    pub(crate) public_key: Option<Vec<u8>>,
    /// Whether a user without a token needs a signature.
    pub(crate) require_signatures: bool,
}

/// What a token says.
pub(super) struct Token {
    pub(super) user: String,
    pub(super) api_key: String,
    /// When it ends, in seconds since 1970.
    expires: Option<f64>,
}

/// Reads a token, without a look at its signature.
pub(super) fn token(text: &str) -> Result<Token, String> {
    let mut parts = text.split('.');
    let mut json = |what: &str| -> Result<Value, String> {
        let decoded = parts
            .next()
            .and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
        decoded
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| format!("the token is no JWT: its {what} doesn't read as JSON"))
    };
    let (header, claims) = (json("header")?, json("payload")?);
    if parts.count() != 1 {
        return Err("the token is no JWT: it must have three parts".to_owned());
    }
    if header["alg"] != "RS256" {
        return Err("the token must be signed with RS256".to_owned());
    }
    let user = claims["sub"]
        .as_str()
        .and_then(|sub| sub.strip_prefix("user:"));
    let user = user
        .filter(|user| !user.is_empty())
        .ok_or("the token's `sub` must be `user:` and the user's identifier")?;
    Ok(Token {
        user: user.to_owned(),
        api_key: claims["apiKey"].as_str().unwrap_or_default().to_owned(),
        expires: claims["exp"].as_f64(),
    })
}

/// The user that a call is made for; none when the app itself calls.
pub(super) fn user(call: &Call) -> Option<String> {
    let met = |name: &str| call.schemes.iter().any(|scheme| scheme == name);
    if met("userToken") {
        return Some(token(bearer(&call.headers)?).ok()?.user);
    }
    met("userId").then(|| call.header(USER_ID).to_owned())
}

/// The signature that belongs to a user id.
fn signature(secret: &str, user: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(user.as_bytes());
    Some(mac)
}

impl Rules {
    /// The schemes of the alternative that a request meets, or what is wrong with its credentials.
    pub(super) fn check(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        credentials: &Credentials,
    ) -> Result<Vec<String>, String> {
        if operation.security.is_empty() {
            return Ok(Vec::new());
        }
        let request = Request {
            headers,
            credentials,
        };
        // What is given must be right, even where less would do.
        let mut given: Vec<&String> = Vec::new();
        for scheme in operation.security.iter().flatten() {
            if !given.contains(&scheme) && self.gives(scheme, &request)? {
                given.push(scheme);
            }
        }
        let met = operation.security.iter().find(|alternative| {
            alternative.iter().all(|scheme| given.contains(&scheme)) && self.suffices(alternative)
        });
        met.cloned().ok_or_else(|| {
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
                .filter(|alternative| self.suffices(alternative))
                .map(|alternative| alternative.join(" and "))
                .collect();
            format!("{why}: {}", ways.join("; or "))
        })
    }

    /// Whether an alternative is enough under these rules.
    fn suffices(&self, alternative: &[String]) -> bool {
        let has = |name: &str| alternative.iter().any(|scheme| scheme == name);
        let bare = has("userId") && !has("userToken");
        let unsigned = bare && !has("userSignature");
        !(bare && self.public_key.is_some() || unsigned && self.require_signatures)
    }

    /// Whether a request has what a scheme asks for; an error if what it has is wrong.
    fn gives(&self, scheme: &str, request: &Request<'_>) -> Result<bool, String> {
        let same = |header: &str, variable: &str| match request.header(header) {
            None => Ok(false),
            Some(given) if given == secret(request.credentials, variable) => Ok(true),
            Some(_) => Err(format!("`{header}` doesn't hold the sandbox's value")),
        };
        match scheme {
            "apiKey" => same("X-ENGAGESPOT-API-KEY", "ENGAGESPOT_API_KEY"),
            "apiSecret" => same("X-ENGAGESPOT-API-SECRET", "ENGAGESPOT_API_SECRET"),
            "secretKey" => same("X-ENGAGESPOT-SECRET-KEY", "ENGAGESPOT_API_SECRET"),
            "userId" => Ok(request.header(USER_ID).is_some()),
            "userSignature" => self.signed(request),
            "userToken" => self.token(request),
            _ => Ok(false),
        }
    }

    fn signed(&self, request: &Request<'_>) -> Result<bool, String> {
        let Some(given) = request.header("x-engagespot-user-signature") else {
            return Ok(false);
        };
        if !self.require_signatures {
            return Ok(true);
        }
        let key = secret(request.credentials, "ENGAGESPOT_API_SECRET");
        let user = request.header(USER_ID).unwrap_or_default();
        let right = BASE64_STANDARD.decode(given).is_ok_and(|given| {
            signature(key, user).is_some_and(|mac| mac.verify_slice(&given).is_ok())
        });
        if right {
            Ok(true)
        } else {
            Err("the signature must be the HMAC-SHA256 of the user id under the secret, in base64 with padding".to_owned())
        }
    }

    fn token(&self, request: &Request<'_>) -> Result<bool, String> {
        if request.header("authorization").is_none() {
            return Ok(false);
        }
        let text = bearer(request.headers).ok_or("`Authorization` must start with `Bearer `")?;
        let token = token(text)?;
        if token.api_key != secret(request.credentials, "ENGAGESPOT_API_KEY") {
            return Err("the token's `apiKey` is not the sandbox's API key".to_owned());
        }
        if request.header(USER_ID).is_some_and(|id| id != token.user) {
            return Err("the token and the user id name different users".to_owned());
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
        if token.expires.is_some_and(|end| end <= now_seconds() as f64) {
            return Err("the token has expired".to_owned());
        }
        match &self.public_key {
            Some(key) if !verifies(key, text) => {
                Err("the token's signature doesn't verify with the public key".to_owned())
            }
            _ => Ok(true),
        }
    }
}

struct Request<'a> {
    headers: &'a HeaderMap,
    credentials: &'a Credentials,
}

impl<'a> Request<'a> {
    /// A header's text, unless it is empty.
    fn header(&self, name: &str) -> Option<&'a str> {
        let value = self.headers.get(name)?.to_str().ok()?;
        (!value.is_empty()).then_some(value)
    }
}

/// Whether a token was signed with the private half of a key.
fn verifies(key: &[u8], token: &str) -> bool {
    let Some((signed, signature)) = token.rsplit_once('.') else {
        return false;
    };
    BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .is_ok_and(|signature| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                .verify(signed.as_bytes(), &signature)
                .is_ok()
        })
}

/// The RSA key in a PEM text, in the form that verifying takes.
pub(crate) fn public_key(pem: &str) -> Result<Vec<u8>, String> {
    let wanted = "the public key must be PEM text with `BEGIN PUBLIC KEY`, and RSA";
    let (_, rest) = pem.split_once("-----BEGIN PUBLIC KEY-----").ok_or(wanted)?;
    let (text, _) = rest.split_once("-----END PUBLIC KEY-----").ok_or(wanted)?;
    let text: String = text.split_whitespace().collect();
    let der = BASE64_STANDARD.decode(text).map_err(|_| wanted)?;
    rsa_key(&der)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| wanted.to_owned())
}

/// The RSA key inside of what names its algorithm (RFC 5280, SubjectPublicKeyInfo).
fn rsa_key(der: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const BIT_STRING: u8 = 0x03;
    /// 1.2.840.113549.1.1.1, and that it has no parameters.
    const RSA: [u8; 13] = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let (info, _) = element(der, SEQUENCE)?;
    let (algorithm, rest) = element(info, SEQUENCE)?;
    let (bits, _) = element(rest, BIT_STRING)?;
    // A key is whole bytes: no bit of the last one is unused.
    let key = bits.strip_prefix(&[0])?;
    (algorithm == RSA && element(key, SEQUENCE).is_some()).then_some(key)
}

/// The content of a DER element with this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
        let length = digits.iter().try_fold(0_usize, |length, &digit| {
            length.checked_mul(256)?.checked_add(usize::from(digit))
        })?;
        (length, rest)
    };
    (first == tag).then(|| rest.split_at_checked(length))?
}
