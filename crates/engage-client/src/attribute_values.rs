//! Users from flat attributes, as the provider's own libraries accept them.

use std::fmt;

use engagement_core::from_json_value;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Attributes;
use crate::ids::UserId;
use crate::types::{NewUser, UserUpdate};

/// The attributes that Engage defines. All others are custom attributes, which are sent in `meta`.
pub const STANDARD_ATTRIBUTES: &[&str] = &[
    "first_name",
    "last_name",
    "email",
    "number",
    "is_account",
    "created_at",
    "device_token",
    "device_platform",
    "lists",
    "accounts",
    "tz",
    "app_version",
    "app_build",
    "app_last_active",
];

/// The value of an attribute is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeError {
    name: String,
    reason: String,
}

impl AttributeError {
    /// Name of the attribute.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for AttributeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attribute `{}`: {}", self.name, self.reason)
    }
}

impl std::error::Error for AttributeError {}

impl NewUser {
    /// A new user from attributes. [Standard attributes](STANDARD_ATTRIBUTES) become fields; all others become fields of
    /// `meta`, like those of an object `meta`. A `null` is sent as `null`; `id` is ignored.
    ///
    /// # Errors
    /// If a standard attribute has the wrong type, or a custom attribute is not text, a number or a boolean.
    ///
    /// ```
    /// use engage_client::types::NewUser;
    /// use serde_json::json;
    ///
    /// let user = NewUser::from_attributes("u13", [("first_name", json!("Ada")), ("plan", json!("pro"))])?;
    /// assert_eq!(
    ///     serde_json::to_value(&user)?,
    ///     json!({"id": "u13", "first_name": "Ada", "meta": {"plan": "pro"}}),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_attributes<K: Into<String>, V: Into<Value>>(
        id: impl Into<UserId>,
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, AttributeError> {
        split(attributes, Some(id.into()))
    }
}

impl UserUpdate {
    /// An update from attributes. [Standard attributes](STANDARD_ATTRIBUTES) become fields; all others become fields of
    /// `meta`, like those of an object `meta`. A `null` is sent as `null`; `id` is ignored. To remove a custom attribute, call
    /// [`delete_attribute`](crate::users::Users::delete_attribute).
    ///
    /// # Errors
    /// If a standard attribute has the wrong type, or a custom attribute is not text, a number or a boolean.
    pub fn from_attributes<K: Into<String>, V: Into<Value>>(
        attributes: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, AttributeError> {
        split(attributes, None)
    }
}

fn split<T: DeserializeOwned + HasExtra, K: Into<String>, V: Into<Value>>(
    attributes: impl IntoIterator<Item = (K, V)>,
    id: Option<UserId>,
) -> Result<T, AttributeError> {
    let mut standard = Map::new();
    let mut meta = Map::new();
    let mut nulls = Vec::new();
    for (name, value) in attributes {
        let (name, value) = (name.into(), value.into());
        match value {
            // The id is in the path; the provider's libraries remove it too.
            _ if name == "id" => {}
            Value::Object(members) if name == "meta" => {
                meta.extend(members);
            }
            value if STANDARD_ATTRIBUTES.contains(&name.as_str()) => {
                if value.is_null() {
                    nulls.push(name);
                } else {
                    well_typed(&name, &value)?;
                    standard.insert(name, value);
                }
            }
            value => {
                meta.insert(name, value);
            }
        }
    }
    for (name, value) in &meta {
        if value.is_array() || value.is_object() {
            return Err(AttributeError {
                name: name.clone(),
                reason: "a custom attribute must be text, a number or a boolean".to_owned(),
            });
        }
    }
    if !meta.is_empty() {
        standard.insert("meta".to_owned(), Value::Object(meta));
    }
    if let Some(id) = id {
        standard.insert("id".to_owned(), Value::String(id.to_string()));
    }
    let mut made: T = from_json_value(Value::Object(standard)).map_err(|error| AttributeError {
        name: "meta".to_owned(),
        reason: error.to_string(),
    })?;
    let nulls = nulls.into_iter().map(|name| (name, Value::Null));
    made.extra().extend(nulls);
    Ok(made)
}

/// A type with undocumented fields; an explicit `null` is one.
trait HasExtra {
    fn extra(&mut self) -> &mut Attributes;
}

impl HasExtra for NewUser {
    fn extra(&mut self) -> &mut Attributes {
        &mut self.extra
    }
}

impl HasExtra for UserUpdate {
    fn extra(&mut self) -> &mut Attributes {
        &mut self.extra
    }
}

/// Checks one standard attribute, to name it in the error.
#[inline] // it would compile a decoder
fn well_typed(name: &str, value: &Value) -> Result<(), AttributeError> {
    let alone = Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
    match from_json_value::<UserUpdate>(alone) {
        Ok(_) => Ok(()),
        Err(error) => Err(AttributeError {
            name: name.to_owned(),
            reason: error.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn update(attributes: Value) -> Result<Value, AttributeError> {
        let Value::Object(attributes) = attributes else {
            panic!("an object")
        };
        UserUpdate::from_attributes(attributes).map(|user| serde_json::to_value(user).unwrap())
    }

    #[test]
    fn every_standard_attribute_has_its_field() {
        let values = json!({
            "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "number": 15555551234_i64,
            "is_account": false, "created_at": "2021-01-12", "device_token": "t", "device_platform": "ios", "lists": ["l1"],
            "accounts": [{"id": "a1", "role": "owner"}], "tz": "Europe/London", "app_version": "1", "app_build": "2",
            "app_last_active": "2021-01-12",
        });
        assert_eq!(values.as_object().unwrap().len(), STANDARD_ATTRIBUTES.len());
        let user = UserUpdate::from_attributes(values.as_object().unwrap().clone()).unwrap();
        assert!(user.extra.is_empty() && user.meta.is_none());
        assert_eq!(serde_json::to_value(user).unwrap(), values);
        let user = NewUser::from_attributes("u1", values.as_object().unwrap().clone()).unwrap();
        assert!(user.extra.is_empty() && user.meta.is_none());
    }

    #[test]
    fn everything_else_goes_into_meta() {
        let sent = update(
            json!({"first_name": "Ada", "plan": "pro", "age": 36, "ratio": 0.5, "vip": true, "id": "u9"}),
        );
        assert_eq!(
            sent.unwrap(),
            json!({"first_name": "Ada", "meta": {"plan": "pro", "age": 36, "ratio": 0.5, "vip": true}})
        );
        let sent =
            update(json!({"meta": {"a": 1, "gone": null}, "b": 2, "first_name": null, "c": null}));
        assert_eq!(
            sent.unwrap(),
            json!({"first_name": null, "meta": {"a": 1, "b": 2, "c": null, "gone": null}})
        );
        assert_eq!(update(json!({})).unwrap(), json!({}));
        assert_eq!(
            update(json!({"First_Name": "Ada"})).unwrap(),
            json!({"meta": {"First_Name": "Ada"}})
        );
    }

    #[test]
    fn wrong_types_are_reported_with_their_attribute() {
        let message = |attributes: Value| update(attributes).unwrap_err().to_string();
        assert_eq!(
            message(json!({"first_name": 5})),
            "attribute `first_name`: invalid type: integer, expected a string"
        );
        assert_eq!(
            message(json!({"is_account": "yes"})),
            "attribute `is_account`: invalid type: string, expected a boolean"
        );
        assert_eq!(
            message(json!({"tags": ["a"]})),
            "attribute `tags`: a custom attribute must be text, a number or a boolean"
        );
        assert_eq!(
            message(json!({"meta": {"x": {}}})),
            "attribute `x`: a custom attribute must be text, a number or a boolean"
        );
        let error = update(json!({"lists": "l1"})).unwrap_err();
        assert_eq!(error.attribute(), "lists");
    }
}
