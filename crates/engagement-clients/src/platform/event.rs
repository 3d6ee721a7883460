//! Something that a person did.

use std::fmt;

use engagement_core::Attributes;
use engagement_core::personal;
use serde_json::Value;

/// Something that a person did. `Debug` leaves person and properties out.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The id that your application knows the person by.
    pub person: String,
    /// What happened, such as `order_placed`.
    pub name: String,
    /// What to know about it.
    pub properties: Attributes,
}

impl Event {
    /// An event of the person with that id.
    #[must_use]
    pub fn new(person: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            person: person.into(),
            name: name.into(),
            properties: Attributes::new(),
        }
    }

    /// Sets a property. Text, numbers and booleans can be kept by every platform that keeps events.
    #[must_use]
    pub fn property(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.properties.insert(name, value);
        self
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("person", personal(&self.person))
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Person;

    #[test]
    fn nobody_is_printed() {
        let id = "ada@example.com";
        let event = Event::new(id, "signed_up").property("by", id);
        let person = Person::new(id).attribute("mail", id);
        assert_eq!(
            format!("{event:?} {person:?}"),
            r#"Event { person: Redacted, name: "signed_up", .. } Person { id: Redacted, .. }"#
        );
    }
}
