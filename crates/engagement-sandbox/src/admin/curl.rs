//! A request as a command line of curl.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderName;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT,
};

use super::masks::{MASK, Masks};
use crate::http::state::ServerState;
use crate::log::RecordedRequest;

/// Headers that curl sets itself, or that concern one connection.
const LEFT_OUT: [HeaderName; 6] = [
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    USER_AGENT,
    ACCEPT_ENCODING,
];
/// Longer bodies are named as a file.
const MAX_BODY: usize = 64 << 10;

/// The command line. Credentials are the environment variables that the sandbox prints.
pub(super) fn curl(state: &ServerState, masks: &Masks, request: &RecordedRequest) -> String {
    let query = request
        .query
        .as_deref()
        .map(|query| format!("?{}", masks.query(query)));
    let url = format!(
        "http://{}{}{}",
        state.address,
        masks.text(&request.path),
        query.unwrap_or_default()
    );
    let method = match (request.method.as_str(), request.body.is_empty()) {
        ("GET", true) | ("POST", false) => String::new(),
        (method, _) => format!(" -X {}", quoted(method)),
    };
    let mut lines = vec![format!("curl{method} --path-as-is -g {}", quoted(&url))];
    for (name, value) in &request.headers {
        // What browsers say about a request concerns that request only.
        if LEFT_OUT.contains(name) || name.as_str().starts_with("sec-fetch-") {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        lines.push(if masks.is_credential(name) {
            credential(masks, name, &value)
        } else {
            format!("-H {}", quoted(&format!("{name}: {}", masks.text(&value))))
        });
    }
    if !request.body.is_empty() {
        let text = masks.body(request).filter(|text| text.len() <= MAX_BODY);
        lines.push(match text {
            Some(text) => format!("--data-raw {}", quoted(&text)),
            None => format!("--data-binary @request-{}", request.number),
        });
    }
    lines.join(" \\\n  ")
}

/// A header with a credential, as the variables that hold it.
fn credential(masks: &Masks, name: &HeaderName, value: &str) -> String {
    if let Some(variable) = masks.variable(value) {
        return format!("-H \"{name}: ${variable}\"");
    }
    match value.split_once(' ') {
        Some(("Bearer", token)) => {
            let variable = masks.variable(token).unwrap_or("TOKEN");
            format!("-H \"{name}: Bearer ${variable}\"")
        }
        Some(("Basic", pair)) => match basic(masks, pair) {
            Some(pair) => format!("-u \"{pair}\""),
            None => format!("-H '{name}: Basic {MASK}'"),
        },
        _ => format!("-H '{name}: {MASK}'"),
    }
}

/// User name and password as the variables that hold them.
fn basic(masks: &Masks, pair: &str) -> Option<String> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(pair).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    let user = masks.variable(user)?;
    if password.is_empty() {
        return Some(format!("${user}:"));
    }
    Some(format!("${user}:${}", masks.variable(password)?))
}

/// A text as one word of a shell. Control characters are escaped: pasted as they are, a terminal would obey them.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| !c.is_control() || c == '\n';
    if text.chars().all(is_plain) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = "$'".to_owned();
    for c in text.chars() {
        match c {
            '\\' | '\'' => out.extend(['\\', c]),
            c if is_plain(c) => out.push(c),
            c => {
                out += &c
                    .to_string()
                    .bytes()
                    .map(|byte| format!("\\x{byte:02x}"))
                    .collect::<String>()
            }
        }
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted() {
        assert_eq!(quoted("a $b `c` 'd'\n"), "'a $b `c` '\\''d'\\''\n'");
        assert_eq!(
            quoted("it's \x1b[201~\\ \u{9b}"),
            r"$'it\'s \x1b[201~\\ \xc2\x9b'"
        );
    }
}
