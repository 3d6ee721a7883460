//! Values that may be a string, a number or a boolean.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Number, Value};

/// A string, a number or a boolean, kept exactly as it was read.
///
/// ```
/// # use engagement_core::Scalar;
/// let id: Scalar = serde_json::from_str("5766466041282560")?;
/// assert_eq!(id.as_i64(), Some(5_766_466_041_282_560));
/// assert_eq!(Scalar::from("17").as_i64(), Some(17));
/// assert_eq!(Scalar::from(17).to_string(), "17");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// A string.
    Text(String),
    /// A number.
    Number(Number),
    /// A boolean.
    Bool(bool),
}

impl Scalar {
    /// The text of a string; `None` for numbers and booleans, which [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Bool(_) => None,
        }
    }

    /// A whole number, or text that is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Self::Bool(_) => None,
        }
    }

    /// A number, or text that is a finite one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text
                .trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite()),
            Self::Number(number) => number.as_f64(),
            Self::Bool(_) => None,
        }
    }

    /// A boolean, or the text `true` or `false`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Number(_) => None,
            Self::Bool(value) => Some(*value),
        }
    }
}

/// The integer that a float is equal to, if it is small enough for floats to be exact.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole and small enough to be exact"
)]
pub(crate) fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Number(number) => number.fmt(f),
            Self::Bool(value) => value.fmt(f),
        }
    }
}

/// Text stays text: some providers distinguish `"17"` from the number 17.
impl FromStr for Scalar {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&String> for Scalar {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

macro_rules! from_integers {
    ($($ty:ty)*) => {
        $(
            impl From<$ty> for Scalar {
                fn from(number: $ty) -> Self {
                    Self::Number(number.into())
                }
            }
        )*
    };
}

from_integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

/// The shortest text that means this number: `0.1_f32` is sent as `0.1`. JSON has no infinities and no NaN; these become
/// text.
impl From<f32> for Scalar {
    fn from(number: f32) -> Self {
        let text = number.to_string();
        match text.parse::<f64>().ok().and_then(Number::from_f64) {
            Some(number) => Self::Number(number),
            None => Self::Text(text),
        }
    }
}

/// JSON has no infinities and no NaN; these become text.
impl From<f64> for Scalar {
    fn from(number: f64) -> Self {
        Number::from_f64(number).map_or_else(|| Self::Text(number.to_string()), Self::Number)
    }
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self::String(text),
            Scalar::Number(number) => Self::Number(number),
            Scalar::Bool(value) => Self::Bool(value),
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => number.serialize(serializer),
            Self::Bool(value) => serializer.serialize_bool(*value),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, number or boolean")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        Number::from_f64(number)
            .map(Scalar::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(text.into())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Scalar {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Scalar".into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        "engagement_core::Scalar".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "number", "boolean"]})
    }
}
