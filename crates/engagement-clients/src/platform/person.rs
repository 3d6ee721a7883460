//! Persons.

use std::fmt;

use engagement_core::Attributes;
use engagement_core::personal;
use serde_json::Value;

/// A person, in the terms that the platforms share. `Debug` shows nothing of it, and the id within
/// [`Unredacted`](crate::Unredacted).
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Person {
    /// The id of the person in your application; empty if there is none.
    pub id: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number with `+` and dialling code.
    pub phone: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Further attributes.
    pub attributes: Attributes,
}

impl Person {
    /// A person with an id of your application.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Sets the e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the phone number, with `+` and dialling code.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<String>) -> Self {
        self.phone = Some(phone.into());
        self
    }

    /// Sets the first name.
    #[must_use]
    pub fn first_name(mut self, name: impl Into<String>) -> Self {
        self.first_name = Some(name.into());
        self
    }

    /// Sets the last name.
    #[must_use]
    pub fn last_name(mut self, name: impl Into<String>) -> Self {
        self.last_name = Some(name.into());
        self
    }

    /// Sets an attribute. Every platform accepts text, numbers and booleans.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.insert(name, value);
        self
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("id", personal(&self.id))
            .finish_non_exhaustive()
    }
}
