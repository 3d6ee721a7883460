//! Events of persons.

use std::fmt;

use engagement_core::Attributes;
use engagement_core::personal;
use serde_json::Value;

/// An event of a person. `Debug` hides person and properties.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The id of the person in your application.
    pub person: String,
    /// The name, such as `order_placed`.
    pub name: String,
    /// The properties.
    pub properties: Attributes,
}

impl Event {
    /// An event of the person with this id.
    #[must_use]
    pub fn new(person: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            person: person.into(),
            name: name.into(),
            properties: Attributes::new(),
        }
    }

    /// Sets a property. Every platform with events accepts text, numbers and booleans.
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
    fn debug_hides_personal_data() {
        let id = "ada@example.com";
        let event = Event::new(id, "signed_up").property("by", id);
        let person = Person::new(id).attribute("mail", id);
        assert_eq!(
            format!("{event:?} {person:?}"),
            r#"Event { person: Redacted, name: "signed_up", .. } Person { id: Redacted, .. }"#
        );
    }
}
