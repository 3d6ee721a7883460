//! Public keys in PEM.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The RSA key in a PEM text, in the form that signatures are verified with.
pub(crate) fn public_key(pem: &str) -> Result<Vec<u8>, String> {
    let expected = "the public key must be PEM text with `BEGIN PUBLIC KEY`, and RSA";
    let (_, rest) = pem
        .split_once("-----BEGIN PUBLIC KEY-----")
        .ok_or(expected)?;
    let (text, _) = rest
        .split_once("-----END PUBLIC KEY-----")
        .ok_or(expected)?;
    let text: String = text.split_whitespace().collect();
    let der = BASE64_STANDARD.decode(text).map_err(|_| expected)?;
    rsa_key(&der)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| expected.to_owned())
}

/// The RSA key in a SubjectPublicKeyInfo (RFC 5280).
fn rsa_key(der: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const BIT_STRING: u8 = 0x03;
    /// The object identifier 1.2.840.113549.1.1.1, without parameters.
    const RSA: [u8; 13] = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let (info, _) = element(der, SEQUENCE)?;
    let (algorithm, rest) = element(info, SEQUENCE)?;
    let (bits, _) = element(rest, BIT_STRING)?;
    // The first byte counts unused bits. A key has none.
    let key = bits.strip_prefix(&[0])?;
    (algorithm == RSA && element(key, SEQUENCE).is_some()).then_some(key)
}

/// The content of a DER element with this tag, and the bytes after it.
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
