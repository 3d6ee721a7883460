//! Tokens of users, which are JWTs.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

/// The claims of a token.
pub(super) struct Token {
    pub(super) user: String,
    pub(super) api_key: String,
    /// When it expires, in seconds since 1970.
    pub(super) expires: Option<f64>,
}

/// Parses a token. The signature is not verified.
pub(super) fn parse(text: &str) -> Result<Token, String> {
    let mut parts = text.split('.');
    let mut json = |part: &str| -> Result<Value, String> {
        let decoded = parts
            .next()
            .and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
        decoded
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| format!("the token is not a JWT: its {part} is not JSON"))
    };
    let (header, claims) = (json("header")?, json("payload")?);
    if parts.count() != 1 {
        return Err("the token is not a JWT: it must have three parts".to_owned());
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

/// Whether a token was signed with the private key of a public key.
pub(super) fn verify(key: &[u8], token: &str) -> bool {
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
