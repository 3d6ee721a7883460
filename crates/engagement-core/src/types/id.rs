//! Ids of records as types: the compiler refuses a deal's id where a contact's is expected.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

use crate::types::scalar::whole;

/// Defines the type of the ids of one kind of record.
///
/// ```
/// engagement_core::id! {
///     /// Id of a contact.
///     pub struct ContactId(integer);
/// }
/// engagement_core::id! {
///     /// Id of a person: it may be an e-mail address, so `Debug` doesn't show it.
///     pub struct UserId(text, personal);
/// }
/// engagement_core::id! {
///     /// Id of a template: a number or a text.
///     pub struct TemplateId(integer or text);
/// }
/// engagement_core::id! {
///     /// Id of the record that a note belongs to.
///     pub struct ContactOrDealId(integer) of ContactId;
/// }
///
/// let id: ContactId = "7".parse()?;
/// assert_eq!(id, ContactId::from(7));
/// assert_eq!(id.get(), 7);
/// assert_eq!(ContactOrDealId::from(id).to_string(), "7");
/// assert_eq!(UserId::from("ada@example.com").as_str(), "ada@example.com");
/// assert_eq!(format!("{:?}", UserId::from("ada@example.com")), "UserId(Redacted)");
/// assert_eq!(TemplateId::from("7"), TemplateId::from(7));
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
///
/// An id of another kind is refused by the compiler:
///
/// ```compile_fail
/// engagement_core::id! {
///     /// Id of a contact.
///     pub struct ContactId(integer);
/// }
/// engagement_core::id! {
///     /// Id of a deal.
///     pub struct DealId(integer);
/// }
///
/// let contact: ContactId = DealId::from(7).into();
/// ```
///
/// A crate that uses this macro needs a feature named `schemars` that turns on this crate's.
#[macro_export]
macro_rules! id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident(integer $(, $personal:ident)?) $(of $($part:ident),+)?;) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name(i64);

        impl $name {
            /// The id of this number, as `From<i64>` makes it, for constants.
            #[must_use]
            #[inline]
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// The number.
            #[must_use]
            #[inline]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl ::std::convert::From<i64> for $name {
            #[inline]
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl ::std::convert::TryFrom<u64> for $name {
            type Error = ::std::num::TryFromIntError;

            #[inline]
            fn try_from(id: u64) -> ::std::result::Result<Self, Self::Error> {
                ::std::convert::TryFrom::try_from(id).map(Self)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::num::ParseIntError;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::integer_id(deserializer).map(Self)
            }
        }

        $crate::__id_schema!($name, "integer");
        $crate::__id_common!($name $($personal)?);
        $crate::__id_parts!($name $($($part),+)?);
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident(text $(, $personal:ident)?) $(of $($part:ident),+)?;) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name(::std::string::String);

        impl $name {
            /// The text.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        $crate::__id_from_text!($name);

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok(text.into())
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                <::std::string::String as $crate::__private::serde::Deserialize>::deserialize(deserializer)
                    .map(Self)
            }
        }

        $crate::__id_schema!($name, "string");
        $crate::__id_common!($name $($personal)?);
        $crate::__id_parts!($name $($($part),+)?);
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident(integer or text $(, $personal:ident)?) $(of $($part:ident),+)?;) => {
        $(#[$meta])*
        /// It keeps what was read, a number or a text, and is compared by its text.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name($crate::__private::MixedId);

        impl $name {
            /// The id as text, also if it is a number.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl ::std::convert::From<i64> for $name {
            #[inline]
            fn from(id: i64) -> Self {
                Self(id.into())
            }
        }

        $crate::__id_from_text!($name);

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                ::std::result::Result::Ok(text.into())
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::serde::Deserialize::deserialize(deserializer).map(Self)
            }
        }

        $crate::__id_schema!($name, ["integer", "string"]);
        $crate::__id_common!($name $($personal)?);
        $crate::__id_parts!($name $($($part),+)?);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __id_from_text {
    ($name:ident) => {
        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        /// What the elements of a `&[&str]` are.
        impl ::std::convert::From<&&str> for $name {
            #[inline]
            fn from(id: &&str) -> Self {
                Self((*id).into())
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(id: ::std::string::String) -> Self {
                Self(id.into())
            }
        }

        impl ::std::convert::From<&::std::string::String> for $name {
            #[inline]
            fn from(id: &::std::string::String) -> Self {
                Self(id.as_str().into())
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __id_common {
    ($name:ident $($personal:ident)?) => {
        impl ::std::convert::From<&$name> for $name {
            #[inline]
            fn from(id: &$name) -> Self {
                ::std::clone::Clone::clone(id)
            }
        }

        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(::std::stringify!($name))
                    .field($crate::__id_shown!(&self.0 $(, $personal)?))
                    .finish()
            }
        }
    };
}

/// Conversions from the ids of the kinds that one id type covers.
#[doc(hidden)]
#[macro_export]
macro_rules! __id_parts {
    ($name:ident) => {};
    ($name:ident $($part:ident),+) => {
        $(
            impl ::std::convert::From<$part> for $name {
                #[inline]
                fn from(id: $part) -> Self {
                    Self(id.0)
                }
            }

            impl ::std::convert::From<&$part> for $name {
                #[inline]
                fn from(id: &$part) -> Self {
                    ::std::clone::Clone::clone(id).into()
                }
            }
        )+
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __id_shown {
    ($value:expr) => {
        $value
    };
    ($value:expr, personal) => {
        $crate::personal($value)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __id_schema {
    ($name:ident, $type:tt) => {
        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            #[inline]
            fn inline_schema() -> bool {
                true
            }

            #[inline]
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!($name).into()
            }

            #[inline]
            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::schemars::json_schema!({ "type": $type })
            }
        }
    };
}

/// Reads a whole number, also one that is written as a float or as digits in a string.
#[doc(hidden)]
#[inline]
pub fn integer_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(IntegerId)
    } else {
        // Binary formats do not have the type of a value.
        deserializer.deserialize_i64(IntegerId)
    }
}

struct IntegerId;

impl Visitor<'_> for IntegerId {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer id")
    }

    fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        whole(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        let digits = text.trim().parse();
        digits.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Writes an integer id as a string, where the provider requires that.
#[doc(hidden)]
#[derive(Debug)]
pub struct AsText<'a, T>(pub &'a T);

impl<T: fmt::Display> Serialize for AsText<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// An id that is a number or a string in JSON, compared by its text.
#[doc(hidden)]
#[derive(Clone)]
pub struct MixedId {
    text: String,
    is_number: bool,
}

impl PartialEq for MixedId {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for MixedId {}

impl Hash for MixedId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for MixedId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MixedId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl MixedId {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<i64> for MixedId {
    fn from(id: i64) -> Self {
        Self {
            text: id.to_string(),
            is_number: true,
        }
    }
}

impl From<&str> for MixedId {
    fn from(id: &str) -> Self {
        id.to_owned().into()
    }
}

impl From<String> for MixedId {
    fn from(text: String) -> Self {
        Self {
            text,
            is_number: false,
        }
    }
}

impl fmt::Debug for MixedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl Serialize for MixedId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.text.parse::<i64>() {
            // Binary formats do not keep which of the two it was.
            Ok(number) if self.is_number && serializer.is_human_readable() => {
                serializer.serialize_i64(number)
            }
            _ => serializer.serialize_str(&self.text),
        }
    }
}

impl<'de> Deserialize<'de> for MixedId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(IntegerOrText)
        } else {
            deserializer.deserialize_str(IntegerOrText)
        }
    }
}

struct IntegerOrText;

impl Visitor<'_> for IntegerOrText {
    type Value = MixedId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer id or a text")
    }

    fn visit_i64<E>(self, number: i64) -> Result<MixedId, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<MixedId, E> {
        IntegerId.visit_u64(number).map(MixedId::from)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<MixedId, E> {
        IntegerId.visit_f64(number).map(MixedId::from)
    }

    fn visit_str<E>(self, text: &str) -> Result<MixedId, E> {
        Ok(text.into())
    }
}
