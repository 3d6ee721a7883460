//! Properties to send, in the format of the provider.

use crate::enums::{PropertyFieldType as Kind, PropertySubtype, PropertyType};
use crate::types::Property;
use crate::{Address, Date, DateFormat, Scalar};

/// Properties that EngageBay itself defines. A contact should have [`first_name`](Property::first_name) and
/// [`email`](Property::email), a company [`company_name`](Property::company_name).
impl Property {
    /// A system property by its name, for those without a function here.
    ///
    /// Empty text clears the value; the provider cannot remove a property.
    #[must_use]
    pub fn system(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(name)
            .value(value.into())
            .field_type(Kind::Text)
            .type_(PropertyType::System)
    }

    /// A contact's first name, which the provider calls `name`.
    #[must_use]
    pub fn first_name(name: impl Into<String>) -> Self {
        Self::system("name", name)
    }

    /// A contact's last name.
    #[must_use]
    pub fn last_name(name: impl Into<String>) -> Self {
        Self::system("last_name", name)
    }

    /// The e-mail address of a contact or company; it is unique among contacts.
    ///
    /// To replace the first of two addresses of a contact, set its subtype:
    /// `Property::email("…").subtype("primary")`.
    #[must_use]
    pub fn email(address: impl Into<String>) -> Self {
        Self::system("email", address)
    }

    /// A contact's second e-mail address. Companies have only one.
    #[must_use]
    pub fn secondary_email(address: impl Into<String>) -> Self {
        Self::email(address).subtype(PropertySubtype::Secondary)
    }

    /// A phone number of a contact or company. Its type is one of `work`, `home`, `mobile`, `home_fax`, `work_fax` and
    /// `other`; in an update, only the number of the same type is replaced.
    #[must_use]
    pub fn phone(kind: impl Into<PropertySubtype>, number: impl Into<String>) -> Self {
        Self::system("phone", number).subtype(kind)
    }

    /// A web page of a contact or company. Its type is `url` for a website, or the name of a network such as
    /// `linkedin`; in an update, only the page of the same type is replaced.
    #[must_use]
    pub fn website(kind: impl Into<PropertySubtype>, url: impl Into<String>) -> Self {
        Self::system("website", url).subtype(kind)
    }

    /// The postal address of a contact or company.
    #[must_use]
    pub fn address(address: &Address) -> Self {
        Self::system("address", address.to_json())
    }

    /// A contact's job title.
    #[must_use]
    pub fn role(role: impl Into<String>) -> Self {
        Self::system("role", role)
    }

    /// A company's name; it is unique among companies.
    #[must_use]
    pub fn company_name(name: impl Into<String>) -> Self {
        Self::system("name", name)
    }

    /// A company's domain or main page.
    #[must_use]
    pub fn company_url(url: impl Into<String>) -> Self {
        Self::system("url", url)
    }
}

/// Custom fields of the account. Each must exist in the account; its name is its label or its field name, which is the label
/// with underscores instead of spaces.
///
/// ```
/// use engagebay_client::types::Property;
///
/// let tier = Property::list("Tier", "Gold");
/// assert_eq!(
///     serde_json::to_value(&tier)?,
///     serde_json::json!({"name": "Tier", "value": "Gold", "field_type": "LIST", "type": "CUSTOM"}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Property {
    /// A custom field of any type, for those without a function here, such as `FORMULA`, `PHONE` and `TAX`.
    ///
    /// Numbers and booleans are sent as text, as in all of the provider's examples.
    #[must_use]
    pub fn custom(
        name: impl Into<String>,
        field_type: impl Into<Kind>,
        value: impl Into<Scalar>,
    ) -> Self {
        let value = match value.into() {
            Scalar::Text(text) => text,
            other => other.to_string(),
        };
        Self::new(name)
            .value(value)
            .field_type(field_type)
            .type_(PropertyType::Custom)
    }

    /// A line of text (`TEXT`).
    #[must_use]
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::custom(name, Kind::Text, text.into())
    }

    /// Text of several lines (`TEXTAREA`).
    #[must_use]
    pub fn textarea(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::custom(name, Kind::Textarea, text.into())
    }

    /// A number (`NUMBER`): an integer, a float, or text with a number, for decimals that a float cannot represent. Other text
    /// is sent unchanged.
    #[must_use]
    pub fn number(name: impl Into<String>, number: impl Into<Scalar>) -> Self {
        Self::custom(name, Kind::Number, number)
    }

    /// A boolean (`CHECKBOX`).
    #[must_use]
    pub fn checkbox(name: impl Into<String>, ticked: bool) -> Self {
        Self::custom(name, Kind::Checkbox, ticked)
    }

    /// One option of several (`LIST`), spelt as in the account.
    #[must_use]
    pub fn list(name: impl Into<String>, option: impl Into<String>) -> Self {
        Self::custom(name, Kind::List, option.into())
    }

    /// Any number of options (`MULTICHECKBOX`), spelt as in the account. An option cannot contain a comma, which separates
    /// them.
    #[must_use]
    pub fn multi_checkbox(
        name: impl Into<String>,
        options: impl IntoIterator<Item: AsRef<str>>,
    ) -> Self {
        let mut value = String::new();
        for option in options {
            if !value.is_empty() {
                value.push(',');
            }
            value.push_str(option.as_ref());
        }
        Self::custom(name, Kind::Multicheckbox, value)
    }

    /// A date (`DATE`) in the format that the user of the API key has set under Preferences. EngageBay interprets it in the
    /// time zone of that user. The API returns neither format nor zone; a wrong format results in a wrong date.
    #[must_use]
    pub fn date(name: impl Into<String>, date: Date, format: DateFormat) -> Self {
        Self::custom(name, Kind::Date, format.format(date))
    }

    /// URLs of files (`FILE`). EngageBay does not fetch the files.
    #[must_use]
    pub fn files(name: impl Into<String>, urls: impl IntoIterator<Item: Into<String>>) -> Self {
        let urls: serde_json::Value = urls
            .into_iter()
            .map(Into::into)
            .collect::<Vec<String>>()
            .into();
        Self::custom(name, Kind::File, urls.to_string())
    }

    /// The address of a web page (`URL`).
    #[must_use]
    pub fn url(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self::custom(name, Kind::Url, url.into())
    }

    /// An amount of money (`CURRENCY`), sent unchanged. The documentation of its values, "mathematical expression with field
    /// names", seems to belong to `FORMULA`.
    #[must_use]
    pub fn currency(name: impl Into<String>, amount: impl Into<Scalar>) -> Self {
        Self::custom(name, Kind::Currency, amount)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent(property: Property) -> Value {
        serde_json::to_value(property).unwrap()
    }

    #[test]
    fn system_properties_are_sent_as_in_the_docs() {
        let system = |name: &str, value: &str| json!({"name": name, "value": value, "field_type": "TEXT", "type": "SYSTEM"});
        assert_eq!(sent(Property::first_name("Ada")), system("name", "Ada"));
        assert_eq!(
            sent(Property::last_name("Lovelace")),
            system("last_name", "Lovelace")
        );
        assert_eq!(
            sent(Property::email("ada@example.com")),
            system("email", "ada@example.com")
        );
        assert_eq!(sent(Property::role("Analyst")), system("role", "Analyst"));
        assert_eq!(
            sent(Property::company_name("Engines Ltd")),
            system("name", "Engines Ltd")
        );
        assert_eq!(
            sent(Property::company_url("engines.example")),
            system("url", "engines.example")
        );
        assert_eq!(
            sent(Property::system("timezone", "")),
            system("timezone", "")
        );
    }

    #[test]
    fn subtypes_select_one_of_several() {
        let subtype = |property: Property| sent(property)["subtype"].clone();
        assert_eq!(subtype(Property::email("a@example.com")), Value::Null);
        assert_eq!(
            subtype(Property::secondary_email("a@example.com")),
            "secondary"
        );
        assert_eq!(subtype(Property::phone("mobile", "+15550100")), "mobile");
        assert_eq!(
            subtype(Property::phone(PropertySubtype::HomeFax, "1")),
            "home_fax"
        );
        assert_eq!(
            subtype(Property::website("google-plus", "x")),
            "google-plus"
        );
        assert_eq!(subtype(Property::website("mastodon", "x")), "mastodon");
    }

    #[test]
    fn an_address_is_sent_as_json_text() {
        let address = Address::new().address("255 Verano Way").zip("95391");
        assert_eq!(
            sent(Property::address(&address))["value"],
            r#"{"address":"255 Verano Way","zip":"95391"}"#
        );
    }

    #[test]
    fn custom_fields_are_text_of_their_type() {
        let custom = |property: Property| {
            let sent = sent(property);
            assert_eq!(sent["type"], "CUSTOM");
            assert!(sent["value"].is_string());
            format!(
                "{} {}",
                sent["field_type"].as_str().unwrap(),
                sent["value"].as_str().unwrap()
            )
        };
        assert_eq!(custom(Property::text("x", "a b")), "TEXT a b");
        assert_eq!(custom(Property::textarea("x", "a\nb")), "TEXTAREA a\nb");
        assert_eq!(custom(Property::number("x", 17)), "NUMBER 17");
        assert_eq!(custom(Property::number("x", -0.5)), "NUMBER -0.5");
        assert_eq!(custom(Property::number("x", "1.10")), "NUMBER 1.10");
        assert_eq!(custom(Property::checkbox("x", true)), "CHECKBOX true");
        assert_eq!(custom(Property::list("x", "Gold")), "LIST Gold");
        assert_eq!(
            custom(Property::multi_checkbox("x", ["box1", "box2"])),
            "MULTICHECKBOX box1,box2"
        );
        assert_eq!(
            custom(Property::multi_checkbox("x", [""; 0])),
            "MULTICHECKBOX "
        );
        assert_eq!(
            custom(Property::url("x", "https://example.com")),
            "URL https://example.com"
        );
        assert_eq!(custom(Property::currency("x", 99.5)), "CURRENCY 99.5");
        assert_eq!(custom(Property::custom("x", "TAX", "1.0")), "TAX 1.0");
        assert_eq!(
            custom(Property::custom("x", "NEW_TYPE", true)),
            "NEW_TYPE true"
        );
        let files = ["https://example.com/a.csv", "https://example.com/\"b\".csv"];
        assert_eq!(
            custom(Property::files("x", files)),
            r#"FILE ["https://example.com/a.csv","https://example.com/\"b\".csv"]"#
        );
        let date = Date::new(2020, 7, 22).unwrap();
        assert_eq!(
            custom(Property::date("x", date, DateFormat::DAY_FIRST)),
            "DATE 22/07/2020"
        );
    }
}
