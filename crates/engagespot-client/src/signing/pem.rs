//! Reading a private key in PEM (RFC 7468).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::rsa::KeyPair;
use zeroize::Zeroizing;

use super::SigningError;
use crate::Secret;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// Finds the private key in a text.
pub(super) fn private_key(text: &str) -> Result<KeyPair, SigningError> {
    if text.contains(BEGIN) {
        return in_pem(text);
    }
    let bare: String = text.split_whitespace().collect();
    let decoded = BASE64_STANDARD.decode(bare).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.map(Secret::from) {
        Some(decoded) if decoded.expose().contains(BEGIN) => in_pem(decoded.expose()),
        _ => Err(SigningError::NotPem),
    }
}

fn in_pem(text: &str) -> Result<KeyPair, SigningError> {
    // A text may have several parts, such as a certificate and a key: the private key is used.
    let mut error = SigningError::NotPem;
    for block in text.split(BEGIN).skip(1) {
        let (label, rest) = block.split_once(DASHES).ok_or(SigningError::Damaged)?;
        match one(label, rest) {
            Ok(key) => return Ok(key),
            // An error about a private key is more useful than one about another part.
            Err(SigningError::PublicKey | SigningError::NotPrivateKey)
                if error != SigningError::NotPem => {}
            Err(why) => error = why,
        }
    }
    Err(error)
}

/// The key in the text after `BEGIN` and its label.
fn one(label: &str, rest: &str) -> Result<KeyPair, SigningError> {
    match label {
        "PRIVATE KEY" | "RSA PRIVATE KEY" => {}
        "PUBLIC KEY" | "RSA PUBLIC KEY" => return Err(SigningError::PublicKey),
        "ENCRYPTED PRIVATE KEY" => return Err(SigningError::Encrypted),
        other if other.ends_with("PRIVATE KEY") => return Err(SigningError::NotRsa),
        _ => return Err(SigningError::NotPrivateKey),
    }
    // The older form says so in a header.
    if rest.contains("4,ENCRYPTED") {
        return Err(SigningError::Encrypted);
    }
    let end = format!("{DASHES}END {label}{DASHES}");
    let (content, _) = rest.split_once(&end).ok_or(SigningError::Damaged)?;
    // Variables with a single line often have `\n` for line ends.
    let content = content.replace("\\r", "").replace("\\n", "");
    let content: Secret = content.split_whitespace().collect::<String>().into();
    let der = BASE64_STANDARD.decode(content.expose());
    let der = Zeroizing::new(der.map_err(|_| SigningError::Damaged)?);
    let key = match label {
        "PRIVATE KEY" => KeyPair::from_pkcs8(&der),
        _ => KeyPair::from_der(&der),
    };
    // Only the text distinguishes the reasons; tests check it.
    key.map_err(|why| match why.to_string().as_str() {
        "WrongAlgorithm" => SigningError::NotRsa,
        "TooSmall" => SigningError::TooSmall,
        "TooLarge" => SigningError::TooLarge,
        "PrivateModulusLenNotMultipleOf512Bits" => SigningError::UnusualSize,
        _ => SigningError::Damaged,
    })
}
