//! Postal addresses, which are sent as JSON text.

use std::fmt;

use engagement_core::{from_json, personal};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Attributes, Scalar};

/// A postal address of a contact or company. All parts are free text.
///
/// ```
/// use engagebay_client::Address;
///
/// let address = Address::new().city("Mountain House").state("CA").country("USA").zip("95391");
/// assert_eq!(Address::from_json(&address.to_json())?, address);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Address {
    /// Street, house number and the like.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Town.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Country; the provider's example is `USA`.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Postal code.
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// Undocumented fields, which are written back.
    #[serde(flatten, serialize_with = "entries")]
    pub extra: Attributes,
}

/// Serialization must not fail: a value that is not an object has no fields.
fn entries<S: Serializer>(extra: &Attributes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(extra)
}

/// Numbers become text, because a postal code may be a number.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Scalar>::deserialize(deserializer)?.map(|value| value.to_string()))
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = (
            &self.address,
            &self.city,
            &self.state,
            &self.country,
            &self.zip,
            &self.extra,
        );
        f.debug_tuple("Address").field(personal(&parts)).finish()
    }
}

impl Address {
    /// An address without any part.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets street, house number and the like.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Sets the town.
    #[must_use]
    pub fn city(mut self, city: impl Into<String>) -> Self {
        self.city = Some(city.into());
        self
    }

    /// Sets the state or province.
    #[must_use]
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Sets the country.
    #[must_use]
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(country.into());
        self
    }

    /// Sets the postal code.
    #[must_use]
    pub fn zip(mut self, zip: impl Into<String>) -> Self {
        self.zip = Some(zip.into());
        self
    }

    /// The text of the property `address`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("text and JSON values can always be serialized")
    }

    /// Parses the text of a property `address`.
    ///
    /// # Errors
    /// If it is not a JSON object, or a documented part is not text or a number. The error contains no values.
    #[inline] // a program that reads none compiles no decoder
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        from_json(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_provider_is_parsed() {
        let text = r#"{"address": "EngageBay Inc, 255 Verano Way", "city":"Mountain House", "state":"CA", "country": "USA", "zip": "95391"}"#;
        let address = Address::from_json(text).unwrap();
        assert_eq!(
            address.address.as_deref(),
            Some("EngageBay Inc, 255 Verano Way")
        );
        assert_eq!(address.zip.as_deref(), Some("95391"));
        assert!(address.extra.is_empty());
    }

    #[test]
    fn numbers_are_accepted_and_unknown_fields_kept() {
        let address =
            Address::from_json(r#"{"zip": 95391, "city": null, "geo": {"lat": 1.5}}"#).unwrap();
        assert_eq!(address.zip.as_deref(), Some("95391"));
        assert_eq!(address.city, None);
        assert_eq!(address.to_json(), r#"{"zip":"95391","geo":{"lat":1.5}}"#);
    }

    #[test]
    fn invalid_addresses_are_rejected() {
        for text in ["", "1 Main St", "[]", "{", r#"{"city": []}"#] {
            assert!(Address::from_json(text).is_err(), "{text}");
        }
    }
}
