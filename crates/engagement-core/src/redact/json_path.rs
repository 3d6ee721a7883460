//! Paths of values in a JSON text.
//!
//! `serde_path_to_error` finds this too, but by decoding again through a second deserializer, which would compile the
//! decoding code of every type twice. Failures are rare, so the text is scanned for the place that serde names.

use crate::redact::mask::mask;
use crate::secret::zeroizing::Wiped;

/// The most levels of a path; serde_json decodes no more.
const DEEPEST: usize = 128;

/// What the scan is inside of.
enum Frame {
    Object { key: Option<String>, at_key: bool },
    Array { started: usize, fresh: bool },
}

/// The path of the last value that starts within the first `end` bytes, such as `data[3].status`; empty for the whole.
/// A container that ends there counts as that value.
pub(crate) fn path_at(json: &[u8], end: usize) -> String {
    // A container of the wrong type is noticed before it is entered.
    let entered = usize::from(matches!(json.get(end), Some(b'{' | b'[')));
    let json = &json[..json.len().min(end.saturating_add(entered))];
    let mut frames: Vec<Frame> = Vec::new();
    // Deeper levels are only counted: a body may have as many as it has bytes.
    let mut below = 0_usize;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' if below > 0 || frames.len() == DEEPEST => below += 1,
            b'}' | b']' if below > 0 => {
                below -= 1;
                continue;
            }
            _ => {}
        }
        if below > 0 {
            if byte == b'"' {
                at += string_length(&json[at..]) + 1;
            }
            continue;
        }
        if !matches!(
            byte,
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b']' | b'}'
        ) && let Some(Frame::Array { started, fresh }) = frames.last_mut()
            && std::mem::take(fresh)
        {
            *started += 1;
        }
        match byte {
            b'{' => frames.push(Frame::Object {
                key: None,
                at_key: true,
            }),
            b'[' => frames.push(Frame::Array {
                started: 0,
                fresh: true,
            }),
            b'}' | b']' => drop(frames.pop()),
            b',' => match frames.last_mut() {
                Some(Frame::Object { at_key, .. }) => *at_key = true,
                Some(Frame::Array { fresh, .. }) => *fresh = true,
                None => {}
            },
            b'"' => {
                let length = string_length(&json[at..]);
                if let Some(Frame::Object { key, at_key }) = frames.last_mut()
                    && std::mem::take(at_key)
                {
                    *key = Some(printable_key(&json[at..at + length]));
                }
                at += length + 1;
            }
            _ => {}
        }
    }
    write_path(&frames)
}

/// The path of the next value after `json`, which ends where a value is expected; empty for the whole.
pub(crate) fn path_at_end(json: &[u8]) -> String {
    let mut next = Wiped::with_capacity(json.len() + 1);
    next.extend(json);
    next.extend(b"0");
    path_at(next.as_ref(), json.len() + 1)
}

/// Length up to the closing quote, or to the end.
pub(crate) fn string_length(text: &[u8]) -> usize {
    let mut escaped = false;
    let close = text.iter().position(|&byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    close.unwrap_or(text.len())
}

/// Keys of a map can be personal data (an e-mail address, a telephone number); only what looks like a field name is
/// shown.
pub(crate) fn printable_key(key: &[u8]) -> String {
    let name_like = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$');
    let digits = key.iter().filter(|byte| byte.is_ascii_digit()).count();
    if (1..=40).contains(&key.len()) && key.iter().all(name_like) && digits < 5 {
        let name = String::from_utf8_lossy(key);
        // One in base64 looks like a name.
        if mask(&name) == name {
            return name.into_owned();
        }
    }
    "*".to_owned()
}

/// Bytes that had been read when an error was noticed at this place.
pub(crate) fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let ends = json
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1);
    let start = std::iter::once(0)
        .chain(ends)
        .nth(line.saturating_sub(1))
        .unwrap_or(json.len());
    start.saturating_add(column)
}

fn write_path(frames: &[Frame]) -> String {
    /// A longer path helps nobody, and ten thousand levels would fill a log.
    const LONGEST: usize = 200;
    let mut path = String::new();
    for frame in frames {
        if path.len() > LONGEST {
            path.push('…');
            break;
        }
        match frame {
            Frame::Object { key: Some(key), .. } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Frame::Array {
                started: count @ 1..,
                ..
            } => path.push_str(&format!("[{}]", count - 1)),
            Frame::Object { key: None, .. } | Frame::Array { started: 0, .. } => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "only decoded")]
    struct Page {
        data: Vec<Item>,
        next: Option<Box<Page>>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code, reason = "only decoded")]
    struct Item {
        status: i64,
        tags: std::collections::BTreeMap<String, Vec<String>>,
    }

    /// The path by our scan and by the second decoding.
    fn both(json: &str) -> Option<(String, String)> {
        let error = serde_json::from_str::<Page>(json).err()?;
        if !error.is_data() {
            // Derived structs may be arrays; of a surplus element we name the element, and not the array.
            return None;
        }
        let end = offset(json.as_bytes(), error.line(), error.column());
        let mut slow = serde_json::Deserializer::from_str(json);
        let slow = serde_path_to_error::deserialize::<_, Page>(&mut slow).err()?;
        Some((
            path_at(json.as_bytes(), end),
            slow.path().to_string().trim_start_matches('.').to_owned(),
        ))
    }

    #[test]
    fn agrees_with_decoding_again() {
        for (json, path) in [
            (
                r#"{"data": [{"status": 1, "tags": {}}, {"status": "x", "tags": {}}]}"#,
                "data[1].status",
            ),
            (
                r#"{"data": [{"status": 1, "tags": {"a": ["x", 1]}}]}"#,
                "data[0].tags.a[1]",
            ),
            (r#"{"data": {}}"#, "data"),
            (r#"{"data": [[]]}"#, "data[0]"),
            (
                r#"{"data": [{"status": 1.5, "tags": {}}]}"#,
                "data[0].status",
            ),
            (
                r#"{"data": [{"status": true, "tags": {}}]}"#,
                "data[0].status",
            ),
            (
                r#"{"data": [{"status": null, "tags": {}}]}"#,
                "data[0].status",
            ),
            (
                r#"{"data": [{"status": 1, "tags": {"a": []}}, {"status": 2}]}"#,
                "data[1]",
            ),
            (
                r#"{"data": [], "next": {"data": [], "next": {"data": "a\"]},{\\"}}}"#,
                "next.next.data",
            ),
            (
                "{\n \"data\": [\n  {\"status\": 1, \"tags\": {}},\n  {\"status\":\n 2, \"tags\": 7}\n ]}",
                "data[1].tags",
            ),
        ] {
            let (fast, slow) = both(json).expect("does not decode");
            assert_eq!((fast.as_str(), slow.as_str()), (path, path), "{json}");
        }
        assert_eq!(both("[]").unwrap().0, "");
        assert_eq!(both("{}").unwrap().0, "");
    }

    #[test]
    fn very_deep_levels_are_left_out() {
        let json = format!("{{\"a\": {}", "[".repeat(1000));
        let path = path_at(json.as_bytes(), json.len());
        assert_eq!(path, format!("a{}…", "[0]".repeat(67)));
        let json = format!(
            "{{\"a\": {}\"]\"{}, \"b\": 1",
            "[".repeat(1000),
            "]".repeat(1000)
        );
        assert_eq!(path_at(json.as_bytes(), json.len()), "b");
    }

    #[test]
    fn keys_that_may_be_data_are_hidden() {
        for (key, shown) in [
            ("owner_id", "owner_id"),
            ("a@b.example", "*"),
            ("a%40b.example", "*"),
            ("YUBiLmV4YW1wbGU", "*"),
            ("YUBiLmV4YW1wbGU=", "*"),
            ("+49170", "*"),
            ("4917012", "*"),
            ("é", "*"),
            ("", "*"),
        ] {
            let json = format!(r#"{{"{key}": 1"#);
            assert_eq!(path_at(json.as_bytes(), json.len()), shown);
        }
    }

    #[test]
    fn a_long_path_is_cut() {
        let path = path_at("[".repeat(10_000).as_bytes(), 10_000);
        assert_eq!(path, format!("{}…", "[0]".repeat(67)));
    }

    fn any_page() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from)
        ];
        let tree = scalar.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("data|next|status|tags|a|b", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        });
        (prop::collection::vec(tree.clone(), 0..4), tree)
            .prop_map(|(data, next)| serde_json::json!({"data": data, "next": next}))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

        #[test]
        fn agrees_on_generated_pages(page in any_page(), pretty: bool) {
            let json = if pretty { format!("{page:#}") } else { page.to_string() };
            if let Some((fast, slow)) = both(&json) {
                prop_assert_eq!(fast, slow, "{}", json);
            }
        }

        #[test]
        fn never_panics(bytes: Vec<u8>, end: usize) {
            let _ = path_at(&bytes, end % (bytes.len() + 2));
        }
    }
}
