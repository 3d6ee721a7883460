//! Tags of records, and the rule for their names.

use std::fmt;

use crate::types::{Company, Contact, Deal, Ticket};

/// A tag name is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagError {
    name: String,
    reason: &'static str,
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a valid tag: {}", self.name, self.reason)
    }
}

impl std::error::Error for TagError {}

/// Checks a tag name by the documented rule, and returns it: an ASCII letter, then ASCII letters, digits, underscores and
/// spaces.
///
/// Calls do not check names: the rule is documented for calls that add tags, but was not enforced for a new contact. Tags are
/// case-sensitive.
///
/// # Errors
/// If the name is empty, does not start with a letter, or contains another character.
///
/// ```
/// use engagebay_client::check_tag;
///
/// assert_eq!(check_tag("trial 2026")?, "trial 2026");
/// assert!(check_tag("2026 trial").is_err());
/// # Ok::<(), engagebay_client::TagError>(())
/// ```
pub fn check_tag(name: &str) -> Result<&str, TagError> {
    let refused = |reason| {
        Err(TagError {
            name: name.to_owned(),
            reason,
        })
    };
    match name.chars().next() {
        None => return refused("it is empty"),
        Some(first) if !first.is_ascii_alphabetic() => {
            return refused("it must start with a letter from a to z");
        }
        Some(_) => {}
    }
    if name
        .chars()
        .any(|char| !char.is_ascii_alphanumeric() && char != '_' && char != ' ')
    {
        return refused("it may contain only letters from a to z, digits, underscores and spaces");
    }
    Ok(name)
}

macro_rules! tagged {
    ($($record:ident)*) => {$(
        impl $record {
            /// The names of the tags.
            pub fn tag_names(&self) -> impl Iterator<Item = &str> {
                self.tags.iter().flatten().filter_map(|tag| tag.tag.as_deref())
            }

            /// Whether it has a tag with exactly this name.
            #[must_use]
            pub fn has_tag(&self, name: &str) -> bool {
                self.tag_names().any(|tag| tag == name)
            }
        }
    )*};
}

tagged!(Contact Company Deal Ticket);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_the_documented_one() {
        for name in ["a", "Z9", "sample_1", "Beach Club Newsletter", "a  "] {
            assert_eq!(check_tag(name), Ok(name));
        }
        for name in [
            "",
            " a",
            "_a",
            "2Beach Club Newsletter",
            "a-b",
            "a,b",
            "é",
            "caf\u{e9}",
            "a\n",
            "a\t",
        ] {
            assert!(check_tag(name).is_err(), "{name}");
        }
    }

    #[test]
    fn errors_say_what_to_do() {
        let message = |name: &str| check_tag(name).unwrap_err().to_string();
        assert_eq!(message(""), "`` is not a valid tag: it is empty");
        assert_eq!(
            message("2x"),
            "`2x` is not a valid tag: it must start with a letter from a to z"
        );
        assert_eq!(
            message("x!"),
            "`x!` is not a valid tag: it may contain only letters from a to z, digits, underscores and spaces"
        );
    }

    #[test]
    fn entries_without_a_name_are_skipped() {
        let contact: Contact =
            serde_json::from_str(r#"{"id": 1, "tags": [{"tag": "a", "assigned_time": 1}, {}, {"tag": null}, {"tag": "b"}]}"#).unwrap();
        assert_eq!(contact.tag_names().collect::<Vec<_>>(), ["a", "b"]);
        assert!(contact.has_tag("b") && !contact.has_tag("B"));
        let untagged: Ticket = serde_json::from_str(r#"{"id": 1, "tags": null}"#).unwrap();
        assert_eq!(untagged.tag_names().count(), 0);
    }
}
