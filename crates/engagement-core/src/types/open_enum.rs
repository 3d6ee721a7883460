//! Enums to which a provider may add values.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Visitor};

use crate::types::unknown;

/// Defines an enum of strings that keeps values it does not know, and writes them back unchanged.
///
/// ```
/// engagement_core::open_enum! {
///     /// State of a message.
///     pub enum Status {
///         /// Waiting.
///         Queued = "queued",
///         /// Delivered.
///         Sent = "sent",
///     }
/// }
///
/// assert_eq!(Status::from("sent"), Status::Sent);
/// assert_eq!(Status::from("teleported").as_str(), "teleported");
/// ```
///
/// A crate that uses this macro needs a feature named `schemars` that turns on this crate's.
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$value_meta:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$value_meta])* $variant,)*
            /// A value that this version does not know.
            Unknown(::std::string::String),
        }

        impl $name {
            /// The value as it is sent and received.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }

        }

        impl $crate::__private::OpenEnum for $name {
            const NAME: &'static str = ::std::stringify!($name);

            #[inline]
            fn known(text: &str) -> ::std::option::Option<Self> {
                match text {
                    $($text => ::std::option::Option::Some(Self::$variant),)*
                    _ => ::std::option::Option::None,
                }
            }

            #[inline]
            fn unknown(text: ::std::string::String) -> Self {
                Self::Unknown(text)
            }
        }

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                <Self as $crate::__private::OpenEnum>::known(text)
                    .unwrap_or_else(|| Self::Unknown(text.into()))
            }
        }

        impl ::std::convert::From<&::std::string::String> for $name {
            #[inline]
            fn from(text: &::std::string::String) -> Self {
                text.as_str().into()
            }
        }

        /// What the elements of a `&[&str]` are.
        impl ::std::convert::From<&&str> for $name {
            #[inline]
            fn from(text: &&str) -> Self {
                (*text).into()
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                <Self as $crate::__private::OpenEnum>::known(&text).unwrap_or(Self::Unknown(text))
            }
        }

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
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::enum_value(deserializer)
            }
        }

        #[cfg(feature = "schemars")]
        impl $crate::__private::schemars::JsonSchema for $name {
            #[inline]
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::std::stringify!($name))
            }

            #[inline]
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::std::concat!(::std::module_path!(), "::", ::std::stringify!($name)))
            }

            #[inline]
            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::open_enum_schema(&[$($text),*])
            }
        }
    };
}

/// An enum of strings that keeps values it does not know.
#[doc(hidden)]
pub trait OpenEnum: Sized {
    const NAME: &'static str;

    fn known(text: &str) -> Option<Self>;

    fn unknown(text: String) -> Self;
}

/// Decodes a value of an enum. Known ones cost no allocation.
#[doc(hidden)]
#[inline]
pub fn enum_value<'de, D: Deserializer<'de>, T: OpenEnum>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(EnumVisitor(PhantomData))
}

struct EnumVisitor<T>(PhantomData<T>);

impl<T: OpenEnum> Visitor<'_> for EnumVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::known(text).unwrap_or_else(|| {
            unknown::unknown_value(T::NAME);
            T::unknown(text.to_owned())
        }))
    }
}

/// The known values, and any other string.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[must_use]
pub fn open_enum_schema(known: &[&str]) -> schemars::Schema {
    schemars::json_schema!({"anyOf": [{"type": "string", "enum": known}, {"type": "string"}]})
}
