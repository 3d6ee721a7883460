//! Finds the provider's message in the body of an error.

use serde_json::Value;

use crate::decode::{self, without_bom};
use crate::error::KEPT_BODY;
use crate::redact::mask::mask;
use crate::redact::secret_mask::SecretMask;

/// Longest message kept from a JSON body.
const LONGEST: usize = 500;
/// Longest plain-text body that is taken for a message.
const LONGEST_TEXT: usize = 200;
const LONGEST_TITLE: usize = 120;
/// How much of a text is masked, in bytes. It leaves enough for the longest message where masking makes the text shorter.
const MASKED: usize = 8 * 1024;
/// A body with more JSON values is not searched for a message.
const MAX_VALUES: usize = 10_000;

/// Finds the message in an error body: the text or number at the first of `pointers` that has one in JSON, the title of an
/// HTML page, or a short plain text. Credentials, e-mail addresses and telephone numbers in it are masked.
pub(crate) fn find(pointers: &[&str], body: &[u8], secrets: &SecretMask) -> Option<String> {
    let body = without_bom(body);
    match decode::from_slice::<Value>(body, MAX_VALUES) {
        Ok(Value::String(text)) => plain(&text, secrets),
        Ok(json) => pointers
            .iter()
            .find_map(|pointer| match json.pointer(pointer)? {
                Value::String(text) => {
                    Some(line(text, LONGEST, secrets)).filter(|line| !line.is_empty())
                }
                Value::Number(number) => Some(masked(&number.to_string(), secrets)),
                _ => None,
            }),
        Err(_) => html(body, secrets).or_else(|| plain(std::str::from_utf8(body).ok()?, secrets)),
    }
}

/// Says that the body is an HTML page, if it is one.
pub(crate) fn html(body: &[u8], secrets: &SecretMask) -> Option<String> {
    const STARTS: &[&str] = &["<!doctype html", "<html", "<head", "<body", "<title"];
    // A title is at the start.
    let start = without_bom(body);
    let text = String::from_utf8_lossy(&start[..start.len().min(KEPT_BODY)]);
    let text = text.trim_start();
    // The same length in bytes, so that an index into one is an index into the other.
    let lower = text.to_ascii_lowercase();
    if !STARTS.iter().any(|start| lower.starts_with(start)) {
        return None;
    }
    let title = lower.find("<title").and_then(|at| {
        let start = at + lower[at..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        Some(line(&text[start..end], LONGEST_TITLE, secrets)).filter(|title| !title.is_empty())
    });
    Some(title.map_or_else(
        || "HTML page".to_owned(),
        |title| format!("HTML page titled \"{title}\""),
    ))
}

fn plain(text: &str, secrets: &SecretMask) -> Option<String> {
    let text = text.trim();
    let one_short_line =
        !text.is_empty() && text.len() <= LONGEST_TEXT && !text.contains(char::is_control);
    // Markup and broken JSON are not meant for people.
    (one_short_line && !text.starts_with(['<', '{', '['])).then(|| masked(text, secrets))
}

/// Credentials come first: one that holds an `@` would not be recognised after that.
fn masked(text: &str, secrets: &SecretMask) -> String {
    mask(&secrets.mask(text.to_owned()))
}

/// One line of limited length, without control characters. Its end is cut off after masking, because half a credential or
/// half an address would not be recognised.
fn line(text: &str, longest: usize, secrets: &SecretMask) -> String {
    let text = mask(&secrets.mask_start(text, MASKED));
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::secret_mask::SecretMask;

    #[test]
    fn messages_are_found() {
        let find = |body: &str| {
            super::find(
                &["/error/message", "/message", "/code"],
                body.as_bytes(),
                &SecretMask::default(),
            )
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            find(r#"{"message": "b", "error": {"message": "a"}}"#),
            some("a")
        );
        assert_eq!(find(r#"{"message": "", "code": 7}"#), some("7"));
        assert_eq!(find(r#"{"message": {"x": 1}}"#), None);
        assert_eq!(
            find("\u{feff}{\"message\": \"two\\n lines\\u0007\"}"),
            some("two lines")
        );
        assert_eq!(find(r#""Invalid key""#), some("Invalid key"));
        assert_eq!(find(" No such thing\n"), some("No such thing"));
        assert_eq!(find("two\nlines"), None);
        assert_eq!(find("{\"message\": \"cut"), None);
        assert_eq!(find("<?xml version=\"1.0\"?><Error/>"), None);
        assert_eq!(find(""), None);
        assert_eq!(
            find("<!DOCTYPE html><html><TITLE a=b>502\nBad Gateway</TITLE>İ"),
            some("HTML page titled \"502 Bad Gateway\"")
        );
        assert_eq!(find("<html><body>x"), some("HTML page"));
        assert_eq!(
            find(&format!("{{\"message\": \"{}\"}}", "é".repeat(600)))
                .unwrap()
                .chars()
                .count(),
            501
        );
        assert_eq!(find(&"x".repeat(201)), None);
    }
}
