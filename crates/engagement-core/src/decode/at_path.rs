//! Taking out of an answer the part that is meant, in one pass and without building the rest.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};

/// What stands at a path, a way of object keys; `None` if it is `null` or missing there.
pub(crate) struct At<'p, T> {
    path: &'p [&'p str],
    part: PhantomData<fn() -> T>,
}

impl<'p, T> At<'p, T> {
    pub(crate) fn new(path: &'p [&'p str]) -> Self {
        Self {
            path,
            part: PhantomData,
        }
    }
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for At<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        match self.path.split_first() {
            None => deserializer.deserialize_option(Here(PhantomData)),
            Some((key, rest)) => deserializer.deserialize_any(Within {
                key,
                rest,
                part: PhantomData,
            }),
        }
    }
}

/// The end of the path.
struct Here<T>(PhantomData<fn() -> T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for Here<T> {
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

/// An object on the way.
struct Within<'p, T> {
    key: &'p str,
    rest: &'p [&'p str],
    part: PhantomData<fn() -> T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Within<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(wanted) = object.next_key_seed(Is(self.key))? {
            if wanted {
                found = object.next_value_seed(At::new(self.rest))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Whether a key is this one.
struct Is<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::part;

    #[test]
    fn only_the_part_is_decoded() {
        let of = |json: &str| part::<i64>(json.as_bytes(), &["response", "data"], 1).ok();
        assert_eq!(of(r#"{"response": {"data": 1}}"#), Some(Some(1)));
        assert_eq!(
            of(r#"{"data": "x", "response": {"a": [{}], "d\u0061ta": 1, "b": 2}, "c": null} "#),
            Some(Some(1))
        );
        for nothing in [
            "{}",
            "null",
            r#"{"response": null}"#,
            r#"{"response": {}}"#,
            r#"{"response": {"data": null}}"#,
        ] {
            assert_eq!(of(nothing), Some(None), "{nothing}");
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
        assert_eq!(part::<i64>(b"7", &[], 1).ok(), Some(Some(7)));
    }
}
