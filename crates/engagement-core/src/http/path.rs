//! Filling path templates so that no value can change which resource is meant.
//!
//! The `url` crate resolves `.`, `..`, `%2e` and `%2e%2e` as dot segments, and percent-encoding a dot does not help:
//! `DELETE /contacts/..` would reach the parent. Such values are refused before a URL exists; everything else is
//! encoded down to RFC 3986 `unreserved`, and the finished URL is compared with what was meant.

use std::borrow::Cow;

use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_decode_str, utf8_percent_encode,
};

/// Everything but RFC 3986 `unreserved`.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path parameter: its name in the template and its value.
pub(crate) type Param = (Cow<'static, str>, String);

/// Puts `params` into `template`. An error names the parameter, never its value.
pub(crate) fn fill(template: &str, params: &[Param]) -> Result<String, String> {
    if !template.starts_with('/') {
        return Err("the path must start with `/`".into());
    }
    let mut path = String::with_capacity(template.len() + 16 * params.len());
    let mut used = 0;
    let mut rest = template;
    while let Some((literal, tail)) = rest.split_once('{') {
        let (name, tail) = tail
            .split_once('}')
            .ok_or("the path has a `{` without `}`")?;
        let mut values = params.iter().filter(|(known, _)| known == name);
        let value = match (values.next(), values.next()) {
            (Some((_, value)), None) => value,
            (None, _) => return Err(format!("path parameter `{name}` is missing")),
            (Some(_), Some(_)) => return Err(format!("path parameter `{name}` was set twice")),
        };
        path.push_str(literal);
        check_value(value).map_err(|reason| format!("path parameter `{name}` is {reason}"))?;
        path.extend(utf8_percent_encode(value, RESERVED));
        used += 1;
        rest = tail;
    }
    if used != params.len() {
        return Err("a path parameter was set that the path does not have".into());
    }
    path.push_str(rest);
    Ok(path)
}

/// Whether `value` can be in a path; the error says what it is.
pub(crate) fn check_value(value: &str) -> Result<(), &'static str> {
    match value {
        "" => Err("empty"),
        "." | ".." => Err("`.` or `..`, which would address another resource"),
        _ if value.chars().any(char::is_control) => {
            Err("not allowed to contain control characters")
        }
        _ => Ok(()),
    }
}

/// Checks a path that the caller wrote, with its segments already encoded; `{name}` is a placeholder for a value. A slash at
/// the end is part of the path.
pub(crate) fn check_written(template: &str) -> Result<(), &'static str> {
    let path = with_values(template);
    let Some(path) = path.strip_prefix('/') else {
        return Err("the path must start with `/`");
    };
    if path.is_empty() {
        return Ok(());
    }
    for segment in path.strip_suffix('/').unwrap_or(path).split('/') {
        if segment.is_empty() {
            // Most likely an empty id: the request would reach the collection instead of one element.
            return Err("the path has an empty segment");
        }
        if !segment.bytes().all(is_path_byte) || !escapes_are_whole(segment) {
            return Err(
                "the path contains a character that must be percent-encoded; use a `{name}` and .path(name, value)",
            );
        }
        if percent_decode_str(segment).any(|byte| byte.is_ascii_control()) {
            return Err("the path contains a control character");
        }
        if may_be_dots(segment) {
            return Err("the path has a `.` or `..` segment, or what a server may decode to one");
        }
    }
    Ok(())
}

/// The template with a letter for each `{name}`: values are checked separately.
fn with_values(template: &str) -> String {
    let mut path = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((literal, tail)) = rest.split_once('{') {
        path.push_str(literal);
        path.push('x');
        rest = tail.split_once('}').map_or("", |(_, tail)| tail);
    }
    path.push_str(rest);
    path
}

/// Whether some server may find a dot segment in this one: some decode `%2F` or `%5C` before they split the path, some treat
/// `\` as `/`, some drop everything after a `;`, and behind a proxy a path can be decoded twice.
fn may_be_dots(segment: &str) -> bool {
    /// More than any chain of servers is likely to do.
    const DECODINGS: usize = 4;
    let mut decoded = segment.as_bytes().to_vec();
    for _ in 0..=DECODINGS {
        let mut pieces = decoded.split(|byte| matches!(byte, b'/' | b'\\'));
        let is_dots = |piece: &[u8]| {
            let name = piece.split(|byte| *byte == b';').next();
            matches!(name, Some(b"." | b".."))
        };
        if pieces.any(is_dots) {
            return true;
        }
        decoded = percent_decode(&decoded).collect();
    }
    false
}

/// RFC 3986 `pchar`, counting `%` as one.
fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte)
}

fn escapes_are_whole(segment: &str) -> bool {
    segment.split('%').skip(1).all(|tail| {
        let mut bytes = tail.bytes();
        let mut hex = || bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        hex() && hex()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(template: &str, value: &str) -> Result<String, String> {
        fill(template, &[("id".into(), value.into())])
    }

    #[test]
    fn values_are_encoded_down_to_unreserved() {
        assert_eq!(one("/a/{id}/b", "x").unwrap(), "/a/x/b");
        assert_eq!(
            one("/a/{id}", "a/b?c#d%2e é+").unwrap(),
            "/a/a%2Fb%3Fc%23d%252e%20%C3%A9%2B"
        );
        assert_eq!(
            one("/a/{id}.json", "..").unwrap_err(),
            "path parameter `id` is `.` or `..`, which would address another resource"
        );
        assert_eq!(one("/a/{id}", "%2e%2e").unwrap(), "/a/%252e%252e");
    }

    #[test]
    fn values_that_change_the_resource_are_refused_without_repeating_them() {
        for value in ["", ".", "..", "secret\r\nX: y", "secret\0", "secret\u{85}"] {
            let reason = one("/a/{id}", value).unwrap_err();
            assert!(reason.starts_with("path parameter `id` is "), "{reason}");
            assert!(!reason.contains("secret"), "{reason}");
        }
    }

    #[test]
    fn templates_and_parameters_must_agree() {
        assert_eq!(
            fill("/a/{id}", &[]).unwrap_err(),
            "path parameter `id` is missing"
        );
        assert!(one("/a", "x").is_err());
        assert!(one("a/{id}", "x").is_err());
        assert!(one("/a/{id", "x").is_err());
        let twice = [("id".into(), "x".into()), ("id".into(), "y".into())];
        assert!(fill("/a/{id}", &twice).is_err());
    }

    #[test]
    fn written_paths_are_checked() {
        for good in [
            "/",
            "/a",
            "/a/",
            "/{id}/",
            "/a/b%20c",
            "/v1/users:batch",
            "/a@b,c;d=e",
            "/a;b=../c",
            "/%2Fa%5C",
            "/a..%2fb",
            "/a/...",
            "/a/.b",
            "/a/.{id}",
            "/a/{../}",
            "/%2525",
        ] {
            assert_eq!(check_written(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a",
            "//",
            "//a",
            "/a//b",
            "/a//",
            "/{id}//",
            "/a?b",
            "/a#b",
            "/a\\..\\b",
            "/a b",
            "/é",
            "/a\n",
            "/a%0a",
            "/a%00",
            "/a%7f",
            "/a%",
            "/a%2",
            "/a%zz",
            "https://other.example/a",
            "/a}",
        ] {
            assert!(check_written(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_server_may_decode_to_a_dot_segment_is_refused() {
        for path in [
            "/a/..",
            "/a/../",
            "/../a",
            "/./a",
            "/.",
            "/%2e%2E/a",
            "/a/%2e",
            "/.%2e",
            "/a/..%2fb",
            "/a/b%2F..",
            "/a/b%2F.%2Fc",
            "/a/%5c..",
            "/a/b%5C..%5Cc",
            "/a/..;/b",
            "/a/..;x=y/b",
            "/a/%2e.%3Bx/b",
            "/a/.;/b",
            "/a/%252e%252e/b",
            "/a/..%252fb",
            "/a/%25252e%25252e",
            "/{id}/..%2f{id}",
        ] {
            let reason = check_written(path).unwrap_err();
            assert!(reason.contains("may decode to one"), "{path}: {reason}");
        }
    }
}
