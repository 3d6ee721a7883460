//! Events of users.

use std::fmt;

use crate::types::TrackEvent;

/// Exclusive upper limit for the length of an event name.
const TOO_LONG: usize = 32;

/// An event name is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventNameError {
    length: usize,
}

impl fmt::Display for EventNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            0 => f.write_str("the event's name is empty"),
            length => write!(
                f,
                "the event's name has {length} characters: it must be shorter than {TOO_LONG}"
            ),
        }
    }
}

impl std::error::Error for EventNameError {}

/// Checks that an event name has 1 to 31 characters, and returns it.
///
/// Engage rejects events with other names, and silently drops them in a batch.
///
/// # Errors
/// If the name is empty or has 32 characters or more.
///
/// ```
/// use engage_client::{check_event_name, types::TrackEvent};
///
/// let event = TrackEvent::from(check_event_name("signed_up")?);
/// # Ok::<(), engage_client::EventNameError>(())
/// ```
pub fn check_event_name(name: &str) -> Result<&str, EventNameError> {
    match name.chars().count() {
        1..TOO_LONG => Ok(name),
        length => Err(EventNameError { length }),
    }
}

/// An event with a name only. Its value is `true`, as the provider's own libraries send it.
impl From<&str> for TrackEvent {
    fn from(name: &str) -> Self {
        Self::new(name).value(true)
    }
}

/// An event with a name only. Its value is `true`, as the provider's own libraries send it.
impl From<String> for TrackEvent {
    fn from(name: String) -> Self {
        Self::new(name).value(true)
    }
}

/// An event with a name only. Its value is `true`, as the provider's own libraries send it.
impl From<&String> for TrackEvent {
    fn from(name: &String) -> Self {
        Self::new(name).value(true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bare_event_is_sent_as_libraries_do() {
        let sent = |event: TrackEvent| serde_json::to_value(event).unwrap();
        assert_eq!(
            sent("signed_up".into()),
            json!({"event": "signed_up", "value": true})
        );
        let name = String::from("signed_up");
        assert_eq!(
            sent((&name).into()),
            json!({"event": "signed_up", "value": true})
        );
        assert_eq!(
            sent(name.into()),
            json!({"event": "signed_up", "value": true})
        );
        assert_eq!(
            sent(TrackEvent::new("paid").value(12.5)),
            json!({"event": "paid", "value": 12.5})
        );
    }

    #[test]
    fn characters_count_not_bytes() {
        for name in ["a", &"a".repeat(31), &"é".repeat(31)] {
            assert_eq!(check_event_name(name), Ok(name));
        }
        assert_eq!(
            check_event_name("").unwrap_err().to_string(),
            "the event's name is empty"
        );
        assert_eq!(
            check_event_name(&"é".repeat(32)).unwrap_err().to_string(),
            "the event's name has 32 characters: it must be shorter than 32"
        );
    }
}
