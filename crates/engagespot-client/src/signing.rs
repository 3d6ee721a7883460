//! Tokens and signatures that identify a user.

mod pem;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::{hmac, signature};
use serde::Serialize;

use crate::Secret;
use crate::ids::UserId;

/// In the order in which Engagespot's own libraries write it.
const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;
const API_KEY: &str = "ENGAGESPOT_API_KEY";
const SIGNING_KEY: &str = "ENGAGESPOT_PRIVATE_SIGNING_KEY";

/// Signs tokens for users on your backend, for apps in secure mode.
///
/// The console shows the private key once; it must stay on the backend. Send a token to the user's app, or call as the user
/// with [`Client::as_user_with_token`](crate::Client::as_user_with_token). Signing takes 1 to 2 ms and no network. Clones
/// share the key.
///
/// The crate `ring` signs (RS256).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pem_text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/test-only-private.pem"));
/// use engagespot_client::{Client, TokenSigner};
///
/// let signer = TokenSigner::from_rsa_pem("my-key", pem_text)?;
/// let backend = Client::builder("my-key", "my-secret").build()?;
/// let ada = backend.as_user_with_token("ada@example.com", signer.token("ada@example.com")?)?;
/// # let _ = ada;
/// # Ok(())
/// # }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "signing")))]
#[derive(Clone)]
pub struct TokenSigner {
    api_key: Secret,
    key: Arc<KeyPair>,
}

/// The claims of a token, in the order in which they are written.
#[derive(Serialize)]
struct Claims<'a> {
    sub: String,
    #[serde(rename = "apiKey")]
    api_key: &'a str,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<u64>,
}

impl TokenSigner {
    /// A signer with the app's API key and its private RSA key, of 2048, 3072 or 4096 bits, as PEM text.
    ///
    /// The text begins with `BEGIN PRIVATE KEY` (PKCS #8) or `BEGIN RSA PRIVATE KEY` (PKCS #1). For environment variables with
    /// a single line, `\n` for line ends and the full text in base64 are accepted too.
    ///
    /// # Errors
    /// If the text is not PEM, or not an unencrypted private RSA key of such a size. The error never contains the key.
    pub fn from_rsa_pem(
        api_key: impl Into<Secret>,
        pem: impl Into<Secret>,
    ) -> Result<Self, SigningError> {
        let api_key = api_key.into();
        if api_key.expose().trim().is_empty() {
            return Err(SigningError::EmptyApiKey);
        }
        let key = Arc::new(pem::private_key(pem.into().expose())?);
        Ok(Self { api_key, key })
    }

    /// A signer from the environment: `ENGAGESPOT_API_KEY`, and the private key in `ENGAGESPOT_PRIVATE_SIGNING_KEY`,
    /// where Engagespot's own library looks for it.
    ///
    /// # Errors
    /// If a variable is missing or empty, or the key is unusable.
    ///
    /// ```no_run
    /// let signer = engagespot_client::TokenSigner::from_env()?;
    /// # Ok::<(), engagespot_client::SigningError>(())
    /// ```
    pub fn from_env() -> Result<Self, SigningError> {
        let read = |name| {
            let value = std::env::var(name).ok().map(Secret::from);
            value
                .filter(|value| !value.expose().trim().is_empty())
                .ok_or(SigningError::MissingVariable(name))
        };
        Self::from_rsa_pem(read(API_KEY)?, read(SIGNING_KEY)?)
    }

    /// A token for a user. Like those of Engagespot's own libraries it does not expire: it is valid until the key pair is
    /// replaced in the console.
    ///
    /// # Errors
    /// If the user id is empty, or the library fails to sign.
    pub fn token(&self, user_id: impl Into<UserId>) -> Result<Secret, SigningError> {
        self.signed(user_id.into().as_str(), now(), None)
    }

    /// A token for a user with an expiry, rounded up to whole seconds.
    ///
    /// Engagespot does not document whether it checks the expiry, so do not rely on it.
    ///
    /// # Errors
    /// As [`token`](Self::token).
    pub fn token_expiring_in(
        &self,
        user_id: impl Into<UserId>,
        lifetime: Duration,
    ) -> Result<Secret, SigningError> {
        let now = now();
        let end = now.saturating_add(lifetime);
        let part = u64::from(end.subsec_nanos() > 0);
        let end = end.as_secs().saturating_add(part);
        self.signed(user_id.into().as_str(), now, Some(end))
    }

    fn signed(
        &self,
        user_id: &str,
        now: Duration,
        exp: Option<u64>,
    ) -> Result<Secret, SigningError> {
        if user_id.is_empty() {
            return Err(SigningError::EmptyUserId);
        }
        let claims = Claims {
            sub: format!("user:{user_id}"),
            api_key: self.api_key.expose(),
            iat: now.as_secs(),
            exp,
        };
        let claims = serde_json::to_vec(&claims).map_err(|_| SigningError::Failed)?;
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(HEADER);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token.into())
    }

    fn signature(&self, text: &[u8]) -> Result<Vec<u8>, SigningError> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&signature::RSA_PKCS1_SHA256, &random, text, &mut signature)
            .map_err(|_| SigningError::Failed)?;
        Ok(signature)
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSigner").finish_non_exhaustive()
    }
}

/// The time since 1970; zero if the clock is set before.
fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// The signature of a user id, for [`as_user_with_signature`](crate::Client::as_user_with_signature): HMAC-SHA256 with
/// the API secret as its key, in base64 with padding.
///
/// Signatures are deprecated: Engagespot recommends secure mode with tokens. The user id must be the same text as in the call,
/// and the secret must stay on your backend.
///
/// ```
/// use engagespot_client::user_signature;
///
/// let signature = user_signature("test-secret", "user-1@example.com")?;
/// assert_eq!(signature.expose(), "k48P69hGFpfF1BwY+MgFjzv2ZvFUcGZDVBbOQObNcoA=");
/// # Ok::<(), engagespot_client::SigningError>(())
/// ```
///
/// # Errors
/// If the secret is empty or blank, since everyone could create such signatures, or if the user id is empty.
#[cfg_attr(docsrs, doc(cfg(feature = "signing")))]
pub fn user_signature(
    api_secret: impl Into<Secret>,
    user_id: impl Into<UserId>,
) -> Result<Secret, SigningError> {
    let (api_secret, user_id) = (api_secret.into(), user_id.into());
    if api_secret.expose().trim().is_empty() {
        return Err(SigningError::EmptyApiSecret);
    }
    if user_id.as_str().is_empty() {
        return Err(SigningError::EmptyUserId);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, api_secret.expose().as_bytes());
    let signature = hmac::sign(&key, user_id.as_str().as_bytes());
    Ok(BASE64_STANDARD.encode(signature).into())
}

/// A token or a user id cannot be signed. The error never contains the key.
#[cfg_attr(docsrs, doc(cfg(feature = "signing")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningError {
    /// The environment variable of this name is missing, empty or not Unicode.
    MissingVariable(&'static str),
    /// The API key is empty.
    EmptyApiKey,
    /// The API secret is empty or blank.
    EmptyApiSecret,
    /// The key is no PEM text.
    NotPem,
    /// The PEM text is truncated, damaged or of an unsupported type.
    Damaged,
    /// The PEM text contains a public key.
    PublicKey,
    /// The PEM text contains an encrypted private key.
    Encrypted,
    /// The PEM text contains no private key, but for example a certificate.
    NotPrivateKey,
    /// The private key is not for RSA.
    NotRsa,
    /// The private key has less than 2048 bits.
    TooSmall,
    /// The private key has more than 4096 bits.
    TooLarge,
    /// The size of the private key is not 2048, 3072 or 4096 bits.
    UnusualSize,
    /// The user id is empty.
    EmptyUserId,
    /// Signing failed in the library `ring`.
    Failed,
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingVariable(name) => {
                return write!(f, "set the environment variable {name}");
            }
            Self::EmptyApiKey => {
                "the API key is empty; a typical cause is an unset environment variable"
            }
            Self::EmptyApiSecret => {
                "the API secret is empty; a typical cause is an unset environment variable"
            }
            Self::NotPem => {
                "the signing key is not PEM text: it must begin with -----BEGIN PRIVATE KEY-----"
            }
            Self::Damaged => {
                "the signing key is damaged: set the full PEM text of a private RSA key"
            }
            Self::PublicKey => {
                "the signing key is a public key: set the private key, which the console shows once"
            }
            Self::Encrypted => "the signing key is encrypted: set it without a password",
            Self::NotPrivateKey => "the signing key is another type of PEM text: set a private key",
            Self::NotRsa => "the signing key is not an RSA key",
            Self::TooSmall => "the signing key is too small: it must have 2048 bits or more",
            Self::TooLarge => "the signing key is too large: it must have 4096 bits or less",
            Self::UnusualSize => {
                "the signing key has an unusual size: it must have 2048, 3072 or 4096 bits"
            }
            Self::EmptyUserId => "the user id is empty",
            Self::Failed => "signing failed in the library `ring`",
        })
    }
}

impl std::error::Error for SigningError {}

#[cfg(test)]
mod tests;
