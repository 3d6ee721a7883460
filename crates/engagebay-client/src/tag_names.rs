//! Tags of records, and the rule for their names.

use std::fmt;

use crate::types::{Company, Contact, Deal, Ticket};

/// Why a name can't be a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagError {
    name: String,
    reason: &'static str,
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` can't be a tag: {}", self.name, self.reason)
    }
}

impl std::error::Error for TagError {}

/// Checks a tag's name by the provider's rule, and gives it back: an ASCII letter, then ASCII letters, digits,
/// underscores and blanks.
///
/// The calls don't check: the rule is written down for the calls that add tags, and a new contact has been seen with a
/// tag that breaks it. Tags are case-sensitive.
///
/// # Errors
/// If the name is empty, starts with something else than a letter, or holds another character.
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
        return refused("only letters from a to z, digits, underscores and blanks may be in it");
    }
    Ok(name)
}

macro_rules! tagged {
    ($($record:ident)*) => {$(
        impl $record {
            /// Names of its tags.
            pub fn tag_names(&self) -> impl Iterator<Item = &str> {
                self.tags.iter().flatten().filter_map(|tag| tag.tag.as_deref())
            }

            /// Whether it has a tag of exactly this name.
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
        let told = |name: &str| check_tag(name).unwrap_err().to_string();
        assert_eq!(told(""), "`` can't be a tag: it is empty");
        assert_eq!(
            told("2x"),
            "`2x` can't be a tag: it must start with a letter from a to z"
        );
        assert_eq!(
            told("x!"),
            "`x!` can't be a tag: only letters from a to z, digits, underscores and blanks may be in it"
        );
    }

    #[test]
    fn names_are_read_past_entries_without_one() {
        let contact: Contact =
            serde_json::from_str(r#"{"id": 1, "tags": [{"tag": "a", "assigned_time": 1}, {}, {"tag": null}, {"tag": "b"}]}"#).unwrap();
        assert_eq!(contact.tag_names().collect::<Vec<_>>(), ["a", "b"]);
        assert!(contact.has_tag("b") && !contact.has_tag("B"));
        let untagged: Ticket = serde_json::from_str(r#"{"id": 1, "tags": null}"#).unwrap();
        assert_eq!(untagged.tag_names().count(), 0);
    }
}
