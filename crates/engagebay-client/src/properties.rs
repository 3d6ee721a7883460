//! Access to the properties of records.

use std::borrow::Cow;
use std::fmt;

use engagement_core::personal;

use crate::enums::PropertySubtype;
use crate::types::{
    Company, Contact, Deal, Product, Property, Ticket, WebhookCompany, WebhookContact,
};
use crate::{Address, Date, DateError, DateFormat, Scalar};

/// The properties of a record: system properties, such as `phone`, and custom fields of the account.
///
/// Names are case-sensitive. A custom field is found by its label or its field name, which is the label with underscores
/// instead of spaces. A blank value counts as missing, because EngageBay clears values instead of removing them. Implemented
/// for records and for slices of [`Property`].
///
/// ```
/// use engagebay_client::{Properties as _, types::Contact};
///
/// let contact: Contact = serde_json::from_str(r#"{"id": 1, "properties": [
///     {"name": "Machine_Count", "value": "3", "field_type": "NUMBER", "type": "CUSTOM"},
///     {"name": "Interests", "value": "box1,box2", "field_type": "MULTICHECKBOX", "type": "CUSTOM"}
/// ]}"#)?;
/// assert_eq!(contact.number("Machine Count"), Some(3.0));
/// assert_eq!(contact.multi("Interests"), ["box1", "box2"]);
/// assert_eq!(contact.text("Nickname"), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Properties {
    /// All properties, in the order of the provider.
    fn properties(&self) -> &[Property];

    /// The property with this name; of several, the one with the subtype `primary`, or the first.
    fn property(&self, name: &str) -> Option<&Property> {
        let primary = Some(PropertySubtype::Primary);
        let mut found = None;
        for property in named(self.properties(), name) {
            if property.subtype == primary {
                return Some(property);
            }
            found = found.or(Some(property));
        }
        found
    }

    /// The property with this name and subtype, such as `phone` and `mobile`.
    fn property_with_subtype(
        &self,
        name: &str,
        subtype: impl Into<PropertySubtype>,
    ) -> Option<&Property> {
        let subtype = Some(subtype.into());
        named(self.properties(), name).find(|property| property.subtype == subtype)
    }

    /// A value as text. Numbers and booleans are converted.
    fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.property(name)?.value_text()
    }

    /// A number, or text with a number.
    fn number(&self, name: &str) -> Option<f64> {
        self.property(name)?.value.as_ref()?.as_f64()
    }

    /// An integer, or text with an integer.
    fn integer(&self, name: &str) -> Option<i64> {
        self.property(name)?.value.as_ref()?.as_i64()
    }

    /// A boolean, or the text `true` or `false`.
    fn checkbox(&self, name: &str) -> Option<bool> {
        self.property(name)?.value.as_ref()?.as_bool()
    }

    /// The options of a multi-checkbox.
    fn multi(&self, name: &str) -> Vec<String> {
        let value = self.text(name).unwrap_or_default();
        let options = value.split(',').map(str::trim);
        options
            .filter(|option| !option.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// URLs of files. `None` also if the value is not the documented JSON array of text.
    fn files(&self, name: &str) -> Option<Vec<String>> {
        serde_json::from_str(&self.text(name)?).ok()
    }

    /// A date in the format that the user of the API key has set; the API does not return the format.
    ///
    /// # Errors
    /// If the value does not match the format, or the day does not exist.
    fn date(&self, name: &str, format: DateFormat) -> Result<Option<Date>, DateError> {
        self.text(name).map(|text| format.parse(&text)).transpose()
    }

    /// The postal address. `None` also if the value is not the documented JSON object.
    fn address(&self) -> Option<Address> {
        Address::from_json(&self.text("address")?).ok()
    }

    /// All e-mail addresses.
    fn emails(&self) -> Vec<Entry<'_>> {
        entries(self.properties(), "email")
    }

    /// All phone numbers.
    fn phones(&self) -> Vec<Entry<'_>> {
        entries(self.properties(), "phone")
    }

    /// All web pages.
    fn websites(&self) -> Vec<Entry<'_>> {
        entries(self.properties(), "website")
    }
}

/// One of several values of a property: an e-mail address, a phone number or a web page.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// The subtype, such as `secondary` or `mobile`.
    pub subtype: Option<&'a PropertySubtype>,
    /// The value; never blank.
    pub value: Cow<'a, str>,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("subtype", &self.subtype)
            .field("value", personal(&self.value))
            .finish()
    }
}

impl Property {
    /// The value as text, with numbers and booleans converted; `None` if it is blank.
    #[must_use]
    pub fn value_text(&self) -> Option<Cow<'_, str>> {
        let text = match self.value.as_ref()? {
            Scalar::Text(text) => Cow::Borrowed(text.as_str()),
            other => Cow::Owned(other.to_string()),
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }
}

/// The properties with exactly this name; if there are none, those with the field name of this label.
fn named<'a>(properties: &'a [Property], name: &str) -> impl Iterator<Item = &'a Property> {
    let exact = properties.iter().any(|property| property.name == name);
    properties.iter().filter(move |property| {
        let same =
            |(a, b): (char, char)| a == b || (a == '_' && b == ' ') || (a == ' ' && b == '_');
        if exact {
            property.name == name
        } else {
            property.name.len() == name.len() && property.name.chars().zip(name.chars()).all(same)
        }
    })
}

fn entries<'a>(properties: &'a [Property], name: &str) -> Vec<Entry<'a>> {
    let entry = |property: &'a Property| {
        Some(Entry {
            subtype: property.subtype.as_ref(),
            value: property.value_text()?,
        })
    };
    named(properties, name).filter_map(entry).collect()
}

impl Properties for [Property] {
    fn properties(&self) -> &[Property] {
        self
    }
}

macro_rules! with_properties {
    ($($record:ident)*) => {$(
        impl Properties for $record {
            fn properties(&self) -> &[Property] {
                self.properties.as_deref().unwrap_or_default()
            }
        }
    )*};
}

with_properties!(Company Deal Product Ticket WebhookCompany WebhookContact);

impl Properties for Contact {
    fn properties(&self) -> &[Property] {
        self.properties.as_deref().unwrap_or_default()
    }

    /// All e-mail addresses; if no property has one, as in lists, the address of the record.
    fn emails(&self) -> Vec<Entry<'_>> {
        let mut emails = entries(self.properties(), "email");
        if emails.is_empty() {
            emails.extend(plain(&self.email).map(|value| Entry {
                subtype: None,
                value,
            }));
        }
        emails
    }
}

/// The name of a person, from fields or properties.
impl Contact {
    /// First name.
    #[must_use]
    pub fn first_name(&self) -> Option<Cow<'_, str>> {
        first_name(self)
            .or_else(|| plain(&self.firstname))
            .or_else(|| plain(&self.name))
    }

    /// Last name. In lists it is a property only.
    #[must_use]
    pub fn last_name(&self) -> Option<Cow<'_, str>> {
        last_name(self).or_else(|| plain(&self.lastname))
    }
}

/// The name of a person; webhooks use other property names than the API.
impl WebhookContact {
    /// First name.
    #[must_use]
    pub fn first_name(&self) -> Option<Cow<'_, str>> {
        first_name(self)
    }

    /// Last name.
    #[must_use]
    pub fn last_name(&self) -> Option<Cow<'_, str>> {
        last_name(self)
    }
}

fn first_name(contact: &impl Properties) -> Option<Cow<'_, str>> {
    ["name", "first_name", "firstname"]
        .iter()
        .find_map(|name| contact.text(name))
}

fn last_name(contact: &impl Properties) -> Option<Cow<'_, str>> {
    ["last_name", "lastname"]
        .iter()
        .find_map(|name| contact.text(name))
}

fn plain(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref()
        .filter(|text| !text.trim().is_empty())
        .map(Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn contact(properties: Value) -> Contact {
        serde_json::from_value(json!({"id": 1, "properties": properties})).unwrap()
    }

    #[test]
    fn documented_values_are_parsed() {
        let contact = contact(json!([
            {"name": "Number Field", "value": "1", "field_type": "NUMBER", "type": "CUSTOM"},
            {"name": "DATE", "value": "22/07/2020", "field_type": "DATE", "type": "CUSTOM"},
            {"name": "Checkbox Field", "value": "true", "field_type": "CHECKBOX", "type": "CUSTOM"},
            {"name": "Multiple Checkbox Field", "value": "box1,box2", "field_type": "MULTICHECKBOX", "type": "CUSTOM"},
            {"name": "Files", "value": "[\"https://example.com/a.csv\",\"https://example.com/b.csv\"]", "field_type": "FILE"},
            {"name": "address", "value": "{\"city\":\"Mountain House\",\"zip\":95391}", "type": "SYSTEM"},
        ]));
        assert_eq!(contact.number("Number Field"), Some(1.0));
        assert_eq!(contact.integer("Number_Field"), Some(1));
        let date = Date::new(2020, 7, 22).unwrap();
        assert_eq!(contact.date("DATE", DateFormat::DAY_FIRST), Ok(Some(date)));
        assert!(contact.date("DATE", DateFormat::ISO).is_err());
        assert_eq!(contact.date("Birthday", DateFormat::ISO), Ok(None));
        assert_eq!(contact.checkbox("Checkbox_Field"), Some(true));
        assert_eq!(contact.multi("Multiple Checkbox Field"), ["box1", "box2"]);
        assert_eq!(contact.files("Files").unwrap().len(), 2);
        let address = contact.address().unwrap();
        assert_eq!(
            (address.city.as_deref(), address.zip.as_deref()),
            (Some("Mountain House"), Some("95391"))
        );
    }

    #[test]
    fn numbers_and_booleans_are_parsed_too() {
        let contact = contact(json!([
            {"name": "count", "value": 3}, {"name": "share", "value": 0.5}, {"name": "vip", "value": true}, {"name": "box", "value": 7},
        ]));
        assert_eq!(
            (contact.number("count"), contact.integer("count")),
            (Some(3.0), Some(3))
        );
        assert_eq!(
            (contact.number("share"), contact.integer("share")),
            (Some(0.5), None)
        );
        assert_eq!(contact.text("count").as_deref(), Some("3"));
        assert_eq!(
            (contact.checkbox("vip"), contact.text("vip").as_deref()),
            (Some(true), Some("true"))
        );
        assert_eq!(contact.multi("box"), ["7"]);
    }

    #[test]
    fn invalid_values_are_none() {
        let contact = contact(json!([
            {"name": "blank", "value": " "}, {"name": "null", "value": null}, {"name": "absent"},
            {"name": "word", "value": "yes"}, {"name": "commas", "value": " a ,, b,"}, {"name": "address", "value": "1 Main St"},
        ]));
        for name in ["blank", "null", "absent", "unheard of"] {
            assert_eq!(contact.text(name), None);
            assert_eq!(contact.number(name), None);
            assert_eq!(contact.checkbox(name), None);
            assert!(contact.multi(name).is_empty());
            assert_eq!(contact.files(name), None);
            assert_eq!(contact.date(name, DateFormat::ISO), Ok(None));
        }
        assert_eq!(
            (
                contact.number("word"),
                contact.checkbox("word"),
                contact.files("word")
            ),
            (None, None, None)
        );
        assert_eq!(contact.multi("commas"), ["a", "b"]);
        assert_eq!(contact.address(), None);
        assert_eq!(contact.text("address").as_deref(), Some("1 Main St"));
        assert_eq!(contact.text("Word"), None);
    }

    #[test]
    fn an_exact_name_comes_before_a_label() {
        let contact =
            contact(json!([{"name": "a_b", "value": "1"}, {"name": "a b", "value": "2"}]));
        assert_eq!(
            (contact.integer("a_b"), contact.integer("a b")),
            (Some(1), Some(2))
        );
        assert_eq!(contact.properties()[..1].integer("a b"), Some(1));
    }

    #[test]
    fn values_of_one_type_are_distinguished() {
        let contact = contact(json!([
            {"name": "email", "value": "b@example.com", "subtype": "secondary"},
            {"name": "email", "value": "a@example.com", "subtype": "primary"},
            {"name": "phone", "value": 15550100, "subtype": "mobile"},
            {"name": "phone", "value": "", "subtype": "work"},
            {"name": "website", "value": "https://example.com/ada", "subtype": "mastodon"},
        ]));
        assert_eq!(contact.text("email").as_deref(), Some("a@example.com"));
        let secondary = contact.property_with_subtype("email", "secondary").unwrap();
        assert_eq!(secondary.value_text().as_deref(), Some("b@example.com"));
        assert_eq!(
            contact.property_with_subtype("phone", PropertySubtype::Home),
            None
        );
        assert_eq!(contact.emails().len(), 2);
        let [phone] = &contact.phones()[..] else {
            panic!("{:?}", contact.phones())
        };
        assert_eq!(
            (phone.subtype, &*phone.value),
            (Some(&PropertySubtype::Mobile), "15550100")
        );
        assert_eq!(contact.websites()[0].subtype.unwrap().as_str(), "mastodon");
    }

    #[test]
    fn names_are_found_in_fields_and_properties() {
        let name = |json: Value| {
            let contact: Contact = serde_json::from_value(json).unwrap();
            let (first, last) = (contact.first_name(), contact.last_name());
            format!("{} {}", first.unwrap_or_default(), last.unwrap_or_default())
        };
        assert_eq!(
            name(
                json!({"id": 1, "name": "Ada", "properties": [{"name": "last_name", "value": "Lovelace"}]})
            ),
            "Ada Lovelace"
        );
        assert_eq!(
            name(json!({"id": 1, "firstname": "Ada", "lastname": "Lovelace", "properties": null})),
            "Ada Lovelace"
        );
        assert_eq!(
            name(json!({"id": 1, "name": "", "properties": [{"name": "name", "value": ""}]})),
            " "
        );
        let webhook: WebhookContact = serde_json::from_value(json!({"id": 1, "properties": [
            {"name": "name", "value": "Ada"}, {"name": "lastname", "value": "Lovelace"},
        ]}))
        .unwrap();
        assert_eq!(webhook.first_name().as_deref(), Some("Ada"));
        assert_eq!(webhook.last_name().as_deref(), Some("Lovelace"));
    }

    #[test]
    fn rows_of_lists_have_their_address_too() {
        let contact: Contact =
            serde_json::from_value(json!({"id": 1, "email": "a@example.com"})).unwrap();
        assert_eq!(contact.emails()[0].value, "a@example.com");
        let nobody: Contact = serde_json::from_value(json!({"id": 1, "email": ""})).unwrap();
        assert!(nobody.emails().is_empty() && nobody.properties().is_empty());
    }
}
