//! Decodes the value at a path of a body, in one pass and without building the rest.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};

/// Decodes the value at a path of field names; `None` if it is missing or `null`.
pub(crate) struct PathSeed<'p, T> {
    path: &'p [&'p str],
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for PathSeed<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PathSeed<'_, T> {}

impl<'p, T> PathSeed<'p, T> {
    pub(crate) fn new(path: &'p [&'p str]) -> Self {
        Self {
            path,
            value: PhantomData,
        }
    }
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for PathSeed<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        match self.path.split_first() {
            None => deserializer.deserialize_option(LeafVisitor(PhantomData)),
            Some((field, rest)) => deserializer.deserialize_any(ObjectVisitor {
                field,
                rest,
                value: PhantomData,
            }),
        }
    }
}

/// The value at the end of the path.
struct LeafVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for LeafVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::deserialize(deserializer).map(Some)
    }
}

/// An object on the path.
struct ObjectVisitor<'p, T> {
    field: &'p str,
    rest: &'p [&'p str],
    value: PhantomData<fn() -> T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for ObjectVisitor<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(matches) = object.next_key_seed(FieldIs(self.field))? {
            if matches {
                found = object.next_value_seed(PathSeed::new(self.rest))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Whether a field has this name.
struct FieldIs<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for FieldIs<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FieldIs<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::at_path;

    #[test]
    fn only_the_value_at_the_path_is_decoded() {
        let path = &["response", "data"];
        let of = |json: &str| at_path::<i64>(json.as_bytes(), path, usize::MAX).ok();
        assert_eq!(of(r#"{"response": {"data": 1}}"#), Some(Some(1)));
        assert_eq!(
            of(r#"{"data": "x", "response": {"a": [{}], "d\u0061ta": 1, "b": 2}, "c": null} "#),
            Some(Some(1))
        );
        for absent in [
            "{}",
            "null",
            r#"{"response": null}"#,
            r#"{"response": {}}"#,
            r#"{"response": {"data": null}}"#,
        ] {
            assert_eq!(of(absent), Some(None), "{absent}");
        }
        for wrong in [
            "",
            "[]",
            "7",
            r#"{"response": []}"#,
            r#"{"response": {"data": "x"}}"#,
            r#"{"response": {"data": 1}} x"#,
            r#"{"response": {"data": 1}"#,
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert_eq!(at_path::<i64>(b"7", &[], 1).ok(), Some(Some(7)));
    }
}
