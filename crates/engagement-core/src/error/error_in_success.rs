//! Errors that come with the status of a success.

use memchr::memchr_iter;

use crate::decode::{self, without_bom};
use crate::provider::ErrorInSuccess;

/// Whether a body reports an error in the provider's way. A body that does not contain the value is not parsed for this.
pub(crate) fn is_marked(body: &[u8], mark: &ErrorInSuccess) -> bool {
    let json = without_bom(body);
    json.trim_ascii_start().first() == Some(&b'{')
        && is_quoted_in(json, mark.value)
        // One string is kept, however many values there are.
        && decode::at_path::<String>(json, mark.path, usize::MAX)
            .is_ok_and(|found| found.is_some_and(|found| found == mark.value))
}

fn is_quoted_in(json: &[u8], value: &str) -> bool {
    memchr_iter(b'"', json).any(|quote| {
        let rest = json[quote + 1..].strip_prefix(value.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(b"\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_counts_at_its_path_only() {
        let mark = ErrorInSuccess {
            path: &["response", "status"],
            value: "error",
        };
        let is_marked = |body: &str| super::is_marked(body.as_bytes(), &mark);
        for failure in [
            r#"{"response": {"status": "error"}}"#,
            "\u{feff} \n{\"a\": [1], \"response\": {\"message\": \"no\", \"status\": \"error\", \"data\": null}}",
        ] {
            assert!(is_marked(failure), "{failure}");
        }
        for success in [
            "",
            "error",
            r#""error""#,
            r#"[{"response": {"status": "error"}}]"#,
            r#"{"status": "error"}"#,
            r#"{"error": "error", "response": {"status": "success"}}"#,
            r#"{"response": {"data": {"status": "error"}, "status": "success"}}"#,
            r#"{"response": {"status": "errors"}}"#,
            r#"{"response": {"status": ["error"]}}"#,
            r#"{"response": ["status", "error"]}"#,
            r#"{"response": {"status": "error"}} x"#,
            r#"{"response": {"status": "error""#,
            r#"{"response": {"status": null}, "value": "error"}"#,
        ] {
            assert!(!is_marked(success), "{success}");
        }
    }
}
