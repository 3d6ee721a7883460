//! Bodies in an encoding that the client does not decompress.

use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// The name of the encoding, if a body is still encoded. The HTTP client removes the header when it decompresses a body.
pub(crate) fn encoding(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    const GZIP: &[u8] = b"\x1f\x8b\x08";
    let named = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("unknown").split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
    let name_like = |name: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        name.len() <= 20 && name.bytes().all(plain)
    };
    let names: Vec<&str> = named
        .map(|name| if name_like(name) { name } else { "unknown" })
        .take(3)
        .collect();
    if names.is_empty() {
        // Compressed twice with one header, or without any header.
        return body.starts_with(GZIP).then(|| "gzip".to_owned());
    }
    Some(names.join(", "))
}
