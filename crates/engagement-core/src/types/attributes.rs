//! Free-form objects: attributes, variables, unknown fields.

use std::collections::{BTreeMap, HashMap, btree_map};
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Deref;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A free-form JSON object, sorted by name: attributes of a user, properties of an event, variables of a template, and the
/// fields of a response that this version does not know.
///
/// It reads like a [`BTreeMap`] of JSON values, and is made of maps, of arrays and iterators of pairs, of
/// [`json!`](serde_json::json) or of a struct. A value that is `null` stays and is sent as `null`.
///
/// ```
/// # use engagement_core::Attributes;
/// use serde_json::json;
///
/// #[derive(serde::Serialize)]
/// struct Plan {
///     seats: u32,
/// }
///
/// let of_one_type = Attributes::from([("plan", "pro"), ("team", "blue")]);
/// let mixed = Attributes::from(json!({"plan": "pro", "seats": 5, "trial_ends": null}));
/// let of_a_struct = Attributes::from_serialize(&Plan { seats: 5 })?;
/// let mut one_by_one = Attributes::new();
/// one_by_one.insert("plan", "pro");
/// one_by_one.insert("seats", 5);
///
/// assert_eq!(serde_json::to_string(&of_one_type)?, r#"{"plan":"pro","team":"blue"}"#);
/// assert_eq!(serde_json::to_string(&mixed)?, r#"{"plan":"pro","seats":5,"trial_ends":null}"#);
/// assert_eq!(of_a_struct["seats"], 5);
/// assert_eq!(one_by_one.len(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// [`From<Value>`](#impl-From<Value>-for-Attributes) keeps a value that is not an object. It has no entries, and a call
/// that it is given to fails before anything is sent: `send` names the operation and the field.
// One pointer while it is empty: each object of a response has one for its unknown fields, and hardly ever any.
#[derive(Clone, Default)]
pub struct Attributes(Option<Box<Content>>);

#[derive(Clone, PartialEq, Eq)]
enum Content {
    Object(BTreeMap<String, Value>),
    /// What a caller gave that is not an object.
    Other(Value),
}

static EMPTY: BTreeMap<String, Value> = BTreeMap::new();

impl Attributes {
    /// An object without entries.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// The fields of a struct, or the entries of a map. Unlike [`From<Value>`](#impl-From<Value>-for-Attributes) it refuses
    /// at once what is not an object.
    ///
    /// # Errors
    /// If it cannot be written as JSON, or is not an object.
    pub fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        match serde_json::to_value(value)? {
            Value::Object(object) => Ok(object.into()),
            other => Err(not_an_object(&other)),
        }
    }

    /// Adds an entry, and returns the value that the name had before. Does nothing if this is not an object.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.object()?.insert(name.into(), value.into())
    }

    /// Removes an entry, and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.object()?.remove(name)
    }

    /// Mutable access to the value of an entry.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.object()?.get_mut(name)
    }

    fn object(&mut self) -> Option<&mut BTreeMap<String, Value>> {
        let empty = || Box::new(Content::Object(BTreeMap::new()));
        match self.0.get_or_insert_with(empty).as_mut() {
            Content::Object(object) => Some(object),
            Content::Other(_) => None,
        }
    }

    /// Whether it is an object without entries. A value that is not an object is not empty, so that `send` reports it.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self.0.as_deref() {
            None => true,
            Some(Content::Object(object)) => object.is_empty(),
            Some(Content::Other(_)) => false,
        }
    }

    /// What a caller gave in place of an object.
    #[inline]
    pub(crate) fn other(&self) -> Option<&Value> {
        match self.0.as_deref() {
            Some(Content::Other(value)) => Some(value),
            _ => None,
        }
    }
}

/// An error with the type of what was given in place of an object, without its content.
fn not_an_object<E: serde::ser::Error>(value: &Value) -> E {
    E::custom(format_args!(
        "invalid type: {}, expected an object",
        kind(value)
    ))
}

/// What a value is called in errors.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "sequence",
        Value::Object(_) => "map",
    }
}

/// An object whose entries were all removed equals one that never had any.
impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.other() == other.other() && **self == **other
    }
}

impl Eq for Attributes {}

impl Deref for Attributes {
    type Target = BTreeMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        match self.0.as_deref() {
            Some(Content::Object(object)) => object,
            _ => &EMPTY,
        }
    }
}

/// Values can be personal, and it is not known which: only names show, except within [`Unredacted`](crate::Unredacted).
impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.other() {
            None => crate::redact::redacted::debug_attributes(f, self),
            Some(value) => crate::personal(value).fmt(f),
        }
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.other() {
            None => (**self).serialize(serializer),
            Some(value) => Err(not_an_object(value)),
        }
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut object = Attributes::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    object.insert(name, value);
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// Keeps the value as it is. If it is not an object, `send` of the call reports it.
impl From<Value> for Attributes {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(object) => object.into(),
            other => Self(Some(Box::new(Content::Other(other)))),
        }
    }
}

impl From<Attributes> for Value {
    fn from(attributes: Attributes) -> Self {
        match attributes.0.map(|content| *content) {
            None => Self::Object(Map::new()),
            Some(Content::Object(object)) => Self::Object(object.into_iter().collect()),
            Some(Content::Other(value)) => value,
        }
    }
}

impl From<Map<String, Value>> for Attributes {
    fn from(object: Map<String, Value>) -> Self {
        object.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> From<BTreeMap<K, V>> for Attributes {
    fn from(map: BTreeMap<K, V>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>, S: BuildHasher> From<HashMap<K, V, S>> for Attributes {
    fn from(map: HashMap<K, V, S>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> From<Vec<(K, V)>> for Attributes {
    fn from(entries: Vec<(K, V)>) -> Self {
        entries.into_iter().collect()
    }
}

/// Values of one type; mixed ones go into [`json!`](serde_json::json).
impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Attributes {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut attributes = Self::new();
        attributes.extend(entries);
        attributes
    }
}

impl<K: Into<String>, V: Into<Value>> Extend<(K, V)> for Attributes {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (name, value) in entries {
            self.insert(name, value);
        }
    }
}

impl IntoIterator for Attributes {
    type Item = (String, Value);
    type IntoIter = btree_map::IntoIter<String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        match self.0.map(|content| *content) {
            Some(Content::Object(object)) => object.into_iter(),
            _ => BTreeMap::new().into_iter(),
        }
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a String, &'a Value);
    type IntoIter = btree_map::Iter<'a, String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Writes an object whose values the provider wants as text, numbers and booleans; `NULL` says that it takes `null` too.
#[doc(hidden)]
#[derive(Debug)]
pub struct Scalars<'a, const NULL: bool>(pub &'a Attributes);

impl<const NULL: bool> Serialize for Scalars<'_, NULL> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(value) = self.0.other() {
            return Err(not_an_object(value));
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &OneScalar::<NULL>(value))?;
        }
        map.end()
    }
}

struct OneScalar<'a, const NULL: bool>(&'a Value);

impl<const NULL: bool> Serialize for OneScalar<'_, NULL> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let refused = match self.0 {
            Value::Array(_) | Value::Object(_) => true,
            Value::Null => !NULL,
            Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        if refused {
            return Err(S::Error::custom(format_args!(
                "invalid type: {}, expected a string, number or boolean",
                kind(self.0)
            )));
        }
        self.0.serialize(serializer)
    }
}

/// Writes an object, or `null` if a caller gave that in its place.
#[doc(hidden)]
#[derive(Debug)]
pub struct OrNull<'a>(pub &'a Attributes);

impl Serialize for OrNull<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.other() {
            Some(Value::Null) => serializer.serialize_unit(),
            _ => self.0.serialize(serializer),
        }
    }
}

/// Fails for an object whose unknown fields a caller gave as something other than an object.
#[doc(hidden)]
#[inline]
pub fn check_extra<E: serde::ser::Error>(extra: &Attributes) -> Result<(), E> {
    match extra.other() {
        None => Ok(()),
        Some(value) => Err(not_an_object(value)),
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Attributes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Attributes".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        "engagement_core::Attributes".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, Value>::json_schema(generator)
    }
}
