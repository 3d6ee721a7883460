//! Repairs bodies that break JSON or their own schema in ways that lose nothing: an integer that is written as a float,
//! half a surrogate pair, and `null` in a list or a map of other values.
//!
//! A body is repaired only after it could not be decoded, and serde's error tells what is to be repaired. So bodies without
//! such a deviation cost nothing more, and each type is compiled for one deserializer only.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::error::Category;

use crate::redact::json_path::{offset, string_length};
use crate::secret::zeroizing::Wiped;
use crate::types::unknown::{self, Drift};

/// Bytes that are decoded again at most, for all repairs of a body together.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The number of repairs, for small bodies and for large ones.
const MOST: usize = 64;
const LEAST: usize = 4;

/// The most levels of a path; serde_json decodes no more.
const DEEPEST: usize = 128;

/// Repairs `json`, which failed with `error`, and decodes it again until that succeeds or nothing is left to repair.
pub(super) fn decode(
    type_name: &'static str,
    json: &str,
    error: &serde_json::Error,
    decode: &mut dyn FnMut(&str) -> Result<(), serde_json::Error>,
) {
    let most = (MOST_BYTES / json.len().max(1)).clamp(LEAST, MOST);
    let mut found = Vec::new();
    let mut tried = HashSet::new();
    let mut current = repaired(json, error);
    for _ in 0..most {
        let Some((repair, text)) = current else {
            return;
        };
        found.push((repair.drift(), repair.field()));
        if !tried.insert(repair) {
            // It did not help.
            return;
        }
        let Some(text) = text.as_str() else { return };
        current = match decode(text) {
            Ok(()) => {
                for (drift, field) in found {
                    unknown::repaired(drift, type_name, field.as_deref());
                }
                return;
            }
            Err(error) => repaired(text, &error),
        };
    }
}

/// What is repaired: all values at the same place, whatever their position in lists.
#[derive(PartialEq, Eq, Hash)]
enum Repair {
    Surrogates,
    Integers(Vec<Step>),
    /// Of the list or the map at this place.
    Nulls(Vec<Step>),
}

/// A step from a container to one of its values.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Step {
    /// The name of a field, as it is written.
    Field(String),
    Element,
}

impl Repair {
    fn drift(&self) -> Drift {
        match self {
            Self::Surrogates => Drift::Text,
            Self::Integers(_) => Drift::Number,
            Self::Nulls(_) => Drift::NullElement,
        }
    }

    /// The name of the innermost field.
    fn field(&self) -> Option<String> {
        let (Self::Integers(path) | Self::Nulls(path)) = self else {
            return None;
        };
        path.iter().rev().find_map(|step| match step {
            Step::Field(name) => Some(name.clone()),
            Step::Element => None,
        })
    }
}

/// The text without what `error` is about.
fn repaired(json: &str, error: &serde_json::Error) -> Option<(Repair, Wiped)> {
    match error.classify() {
        Category::Syntax => {
            let text = without_lone_surrogates(json)?;
            Some((Repair::Surrogates, text))
        }
        Category::Data => {
            let message = error.to_string();
            let wanted = if message.starts_with("invalid type: floating point") {
                Wanted::Integer
            } else if message.starts_with("invalid type: null") {
                Wanted::NoNull
            } else {
                return None;
            };
            let end = offset(json.as_bytes(), error.line(), error.column());
            let mut path = path_of_last_scalar(json, end)?;
            let repair = match wanted {
                Wanted::Integer => Repair::Integers(path),
                Wanted::NoNull => {
                    // Of the whole body, nothing would be left.
                    path.pop()?;
                    Repair::Nulls(path)
                }
            };
            let text = match &repair {
                Repair::Nulls(path) => without_nulls(json, path),
                Repair::Integers(path) => with_integers(json, path),
                Repair::Surrogates => return None,
            };
            Some((repair, text))
        }
        Category::Eof | Category::Io => None,
    }
}

enum Wanted {
    Integer,
    NoNull,
}

/// The text with U+FFFD for each half of a surrogate pair; `None` if there is none.
fn without_lone_surrogates(json: &str) -> Option<Wiped> {
    const REPLACEMENT: &[u8] = b"\\ufffd";
    let bytes = json.as_bytes();
    let mut next = next_lone_surrogate(bytes, 0)?;
    let mut out = Wiped::with_capacity(bytes.len());
    let mut written = 0;
    loop {
        out.extend(&bytes[written..next]);
        out.extend(REPLACEMENT);
        written = next + REPLACEMENT.len();
        match next_lone_surrogate(bytes, written) {
            Some(found) => next = found,
            None => break,
        }
    }
    out.extend(&bytes[written..]);
    Some(out)
}

/// The next escape of half a surrogate pair, from a place that is not within an escape.
fn next_lone_surrogate(json: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'\\', json.get(at..)?)?;
        match code_unit(json, at) {
            // The backslash, and what it escapes.
            None => at += 2,
            Some(0xD800..0xDC00) if matches!(code_unit(json, at + 6), Some(0xDC00..0xE000)) => {
                at += 12;
            }
            Some(0xD800..0xE000) => return Some(at),
            Some(_) => at += 6,
        }
    }
}

/// The code unit of the escape `\uXXXX` at this place.
fn code_unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u16::from_str_radix(digits, 16).ok()
}

/// The path of the last number or `null` that starts within the first `end` bytes.
fn path_of_last_scalar(json: &str, end: usize) -> Option<Vec<Step>> {
    let mut last = None;
    let json = json.get(..end.min(json.len()))?;
    let mut scan = Scan::new(json);
    while let Some(token) = scan.next_scalar() {
        last = Some(token);
    }
    // Only what ends there is what the error is about.
    let token = last?;
    (token.end == json.len()).then(|| scan.path())
}

/// The text with integers for the whole numbers at this path that are written as floats.
fn with_integers(json: &str, path: &[Step]) -> Wiped {
    let mut out = Wiped::with_capacity(json.len());
    let mut written = 0;
    let mut scan = Scan::new(json);
    while let Some(token) = scan.next_scalar() {
        if scan.is_at(path)
            && let Some(integer) = as_integer(&json[token.clone()])
        {
            out.extend(&json.as_bytes()[written..token.start]);
            out.extend(integer.as_bytes());
            written = token.end;
        }
    }
    out.extend(&json.as_bytes()[written..]);
    out
}

/// The text without `null` in the lists or maps at this path.
fn without_nulls(json: &str, container: &[Step]) -> Wiped {
    let bytes = json.as_bytes();
    let mut out = Wiped::with_capacity(bytes.len());
    let mut written = 0;
    let mut scan = Scan::new(json);
    while let Some(token) = scan.next_scalar() {
        if &json[token.clone()] != "null" || !scan.is_in(container) {
            continue;
        }
        // One comma goes too: the one before, or of the first that are left the one after.
        let Some((entry_start, follows_another)) = scan.remove_entry() else {
            continue;
        };
        let start = entry_start - usize::from(follows_another);
        let mut end = token.end;
        if !follows_another {
            let next = bytes[end..]
                .iter()
                .position(|byte| !byte.is_ascii_whitespace());
            let comma = next.map(|at| end + at).filter(|at| bytes[*at] == b',');
            end = comma.map_or(end, |comma| comma + 1);
        }
        if start >= written {
            out.extend(&bytes[written..start]);
            written = end;
        }
    }
    out.extend(&bytes[written..]);
    out
}

/// The integer that a number is equal to, if it fits into 64 bits.
fn as_integer(number: &str) -> Option<String> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let all = [whole, fraction].concat();
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    // How many zeros follow, or how many digits stand behind the point.
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let integer = if shift >= 0 {
        const LONGEST: i32 = 20;
        if shift > LONGEST {
            return None;
        }
        [significant, &"0".repeat(usize::try_from(shift).ok()?)].concat()
    } else {
        let behind = usize::try_from(shift.unsigned_abs()).ok()?;
        let kept = significant.len().checked_sub(behind)?;
        let (kept, dropped) = significant.split_at(kept);
        if kept.is_empty() || dropped.bytes().any(|digit| digit != b'0') {
            return None;
        }
        kept.to_owned()
    };
    let number = if negative {
        format!("-{integer}")
    } else {
        integer
    };
    let fits = number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok();
    fits.then_some(number)
}

/// Walks over the numbers, booleans and `null`s of a JSON text, and knows their paths. Of text that is not JSON, it finds
/// anything.
struct Scan<'j> {
    json: &'j str,
    at: usize,
    frames: Vec<Frame>,
    /// Number of deeper levels: a part that is skipped may have as many as it has bytes.
    below: usize,
    /// Where the current element or field begins.
    entry_start: usize,
}

/// What the scan is inside of.
struct Frame {
    is_object: bool,
    /// The field that the scan is at.
    field: Range<usize>,
    at_field: bool,
    /// Whether the current element or field is removed.
    removed: bool,
    /// Whether one before it was not.
    kept: bool,
}

impl<'j> Scan<'j> {
    fn new(json: &'j str) -> Self {
        Self {
            json,
            at: 0,
            frames: Vec::new(),
            below: 0,
            entry_start: 0,
        }
    }

    /// The next number, boolean or `null`.
    fn next_scalar(&mut self) -> Option<Range<usize>> {
        let bytes = self.json.as_bytes();
        loop {
            let start = self.at;
            let byte = *bytes.get(start)?;
            self.at += 1;
            match byte {
                b'{' | b'[' if self.below > 0 || self.frames.len() == DEEPEST => self.below += 1,
                b'}' | b']' if self.below > 0 => self.below -= 1,
                b'"' if self.below > 0 => self.at += string_length(&bytes[self.at..]) + 1,
                _ if self.below > 0 => {}
                b'{' | b'[' => {
                    let is_object = byte == b'{';
                    self.frames.push(Frame {
                        is_object,
                        field: 0..0,
                        at_field: is_object,
                        removed: false,
                        kept: false,
                    });
                    self.entry_start = self.at;
                }
                b'}' | b']' => drop(self.frames.pop()),
                b',' => self.begin_entry(),
                b'"' => {
                    let end = self.at + string_length(&bytes[self.at..]);
                    if let Some(frame) = self.frames.last_mut()
                        && std::mem::take(&mut frame.at_field)
                    {
                        frame.field = self.at..end;
                    }
                    self.at = (end + 1).min(bytes.len());
                }
                b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => {
                    let ends = |byte: &u8| {
                        matches!(
                            byte,
                            b',' | b']'
                                | b'}'
                                | b':'
                                | b'"'
                                | b'['
                                | b'{'
                                | b' '
                                | b'\t'
                                | b'\r'
                                | b'\n'
                        )
                    };
                    let length = bytes[start..].iter().position(ends);
                    self.at = length.map_or(bytes.len(), |length| start + length);
                    return Some(start..self.at);
                }
            }
        }
    }

    /// A new element or field begins.
    fn begin_entry(&mut self) {
        self.entry_start = self.at;
        if let Some(frame) = self.frames.last_mut() {
            frame.at_field = frame.is_object;
            frame.kept |= !std::mem::take(&mut frame.removed);
        }
    }

    /// Marks the current element or field as removed. Returns where it begins, and whether a comma is before it.
    fn remove_entry(&mut self) -> Option<(usize, bool)> {
        let frame = self.frames.last_mut()?;
        frame.removed = true;
        Some((self.entry_start, frame.kept))
    }

    fn path(&self) -> Vec<Step> {
        let step = |frame: &Frame| match frame.is_object {
            true => Step::Field(self.json[frame.field.clone()].to_owned()),
            false => Step::Element,
        };
        self.frames.iter().map(step).collect()
    }

    /// Whether the last value has this path.
    fn is_at(&self, path: &[Step]) -> bool {
        self.frames.len() == path.len() && self.matches(path)
    }

    /// Whether the last value is an element or a field of what has this path.
    fn is_in(&self, container: &[Step]) -> bool {
        self.frames.len() == container.len() + 1 && self.matches(container)
    }

    /// From inside out: paths differ there.
    fn matches(&self, path: &[Step]) -> bool {
        let mut steps = self.frames.iter().zip(path).rev();
        steps.all(|(frame, step)| match step {
            Step::Field(name) => frame.is_object && self.json[frame.field.clone()] == **name,
            Step::Element => !frame.is_object,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn text(wiped: &Wiped) -> &str {
        wiped.as_str().unwrap()
    }

    fn path(steps: &[&str]) -> Vec<Step> {
        let step = |step: &&str| match *step {
            "[]" => Step::Element,
            name => Step::Field(name.to_owned()),
        };
        steps.iter().map(step).collect()
    }

    #[test]
    fn whole_numbers_are_found() {
        for (number, integer) in [
            ("5.0", Some("5")),
            ("-5.00", Some("-5")),
            ("1e3", Some("1000")),
            ("1E+3", Some("1000")),
            ("1.50e1", Some("15")),
            ("1500e-2", Some("15")),
            ("0.0", Some("0")),
            ("-0", Some("0")),
            ("-0.0e9", Some("0")),
            ("0e999999", Some("0")),
            ("9223372036854775807.0", Some("9223372036854775807")),
            ("-9223372036854775808.0", Some("-9223372036854775808")),
            ("18446744073709551615.0", Some("18446744073709551615")),
            ("1e18", Some("1000000000000000000")),
            ("1e20", None),
            ("18446744073709551616.0", None),
            ("-9223372036854775809.0", None),
            ("5.5", None),
            ("1e-3", None),
            ("15e-2", None),
            ("1e2147483648", None),
            ("1e-2147483648", None),
            ("true", None),
        ] {
            assert_eq!(as_integer(number).as_deref(), integer, "{number}");
        }
    }

    #[test]
    fn integers_are_written_at_one_path_only() {
        let json = r#"{"a": [{"n": 5.0, "m": 5.0}, {"n": 1e3,"x":{"n": 2.0}}, {"n": 1.5}, {"n":-0}], "n": 3.0}"#;
        let written = r#"{"a": [{"n": 5, "m": 5.0}, {"n": 1000,"x":{"n": 2.0}}, {"n": 1.5}, {"n":0}], "n": 3.0}"#;
        let wiped = with_integers(json, &path(&["a", "[]", "n"]));
        assert_eq!(text(&wiped), written);
    }

    #[test]
    fn nulls_are_left_out_of_one_container_only() {
        for (json, container, left) in [
            ("[null]", &[][..], "[]"),
            ("[ null , null ]", &[], "[ ]"),
            ("[null,1]", &[], "[1]"),
            ("[1,null]", &[], "[1]"),
            ("[1,null,null,2,null]", &[], "[1,2]"),
            (
                "[null,null,[null],{\"a\":null},null]",
                &[],
                "[[null],{\"a\":null}]",
            ),
            (r#"["null",null,"a,null"]"#, &[], r#"["null","a,null"]"#),
            (r#"{"a":null,"b":1,"c":null}"#, &[], r#"{"b":1}"#),
            (
                r#"{"a":[{"t":[null,"x"]},{"t":[null]}],"t":[null]}"#,
                &["a", "[]", "t"],
                r#"{"a":[{"t":["x"]},{"t":[]}],"t":[null]}"#,
            ),
        ] {
            let wiped = without_nulls(json, &path(container));
            assert_eq!(text(&wiped), left, "{json}");
        }
    }

    #[test]
    fn parts_of_any_depth_are_skipped() {
        let deep = format!("{}[1.0,\"]\"]{}", "[".repeat(10_000), "]".repeat(10_000));
        let json = format!(r#"{{"a": {deep}, "id": 5.0}}"#);
        let mut scan = Scan::new(&json);
        let mut deepest = 0;
        while scan.next_scalar().is_some() {
            deepest = deepest.max(scan.frames.capacity());
        }
        assert!(deepest <= 2 * DEEPEST, "{deepest} frames");
        let wiped = with_integers(&json, &path(&["id"]));
        assert_eq!(text(&wiped), format!(r#"{{"a": {deep}, "id": 5}}"#));
    }

    #[test]
    fn only_halves_of_surrogate_pairs_are_replaced() {
        for (json, replaced) in [
            (r#""\ud83d\ude00""#, None),
            (r#""\u00e9 \\ud83d""#, None),
            (r#""\ud83d""#, Some(r#""\ufffd""#)),
            (r#""\uDE00\uD83D x""#, Some(r#""\ufffd\ufffd x""#)),
            (r#""\ud83d\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#)),
            (r#"{"\ud83d":"\\\ud83d"}"#, Some(r#"{"\ufffd":"\\\ufffd"}"#)),
            (r#""\ud8"#, None),
            (r"\", None),
        ] {
            let wiped = without_lone_surrogates(json);
            assert_eq!(wiped.as_ref().map(text), replaced, "{json}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            3 => Just(Value::Null),
            1 => any::<bool>().prop_map(Value::from),
            1 => any::<i64>().prop_map(Value::from),
            1 => r#"[\[\]{},:"\\ aé]{0,6}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(r#"[a-c"\\,]{0,2}"#, inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn lists_lose_their_nulls_and_nothing_else(lists in prop::collection::vec(any_json(), 0..6), pretty: bool) {
            let json = Value::from(lists);
            let text = if pretty { format!("{json:#}") } else { json.to_string() };
            let left = without_nulls(&text, &[]);
            let left: Value = serde_json::from_str(left.as_str().unwrap()).unwrap();
            let mut expected = json.clone();
            expected.as_array_mut().unwrap().retain(|value| !value.is_null());
            prop_assert_eq!(left, expected, "{}", text);

            let text = serde_json::json!({"a": [json]}).to_string();
            let left = without_nulls(&text, &path(&["a", "[]"]));
            let left: Value = serde_json::from_str(left.as_str().unwrap()).unwrap();
            let mut expected = json;
            expected.as_array_mut().unwrap().retain(|value| !value.is_null());
            prop_assert_eq!(&left["a"][0], &expected, "{}", text);
        }

        #[test]
        fn whole_floats_become_the_same_integer(number in -9_007_199_254_740_992_i64..9_007_199_254_740_992, exponent in 0..12_u32) {
            for written in [
                format!("{number}.0"),
                format!("{number}e0"),
                format!("{}{}e-{exponent}", number, "0".repeat(exponent as usize)),
            ] {
                let integer = as_integer(&written).unwrap();
                prop_assert_eq!(integer.parse::<i64>().unwrap(), number, "{}", written);
            }
        }

        #[test]
        fn never_panics(json in r#"[\[\]{},:"\\ u0dce1.-]{0,40}|.{0,20}"#, end in 0..60_usize) {
            let container = [Step::Element];
            let _ = without_nulls(&json, &[]);
            let _ = without_nulls(&json, &container);
            let _ = with_integers(&json, &container);
            let _ = without_lone_surrogates(&json);
            let _ = path_of_last_scalar(&json, end);
        }
    }
}
