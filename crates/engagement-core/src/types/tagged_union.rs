//! Unions whose members are distinguished by the value of one field.

use std::borrow::Cow;

use serde_json::Value;

/// The value of the field as text; `None` if it is no scalar.
pub fn tag_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        _ => None,
    }
}

/// Implements `Serialize` and `Deserialize` for an enum whose variants hold objects that are distinguished by a field.
///
/// An object becomes the variant that its value of the field selects; numbers and flags are compared as text. One with another value, or one that does not fit the
/// type of its variant, becomes the last variant, which accepts anything. So a new kind of object does not fail the whole
/// response.
///
/// ```
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Circle { kind: String, radius: i64 }
///
/// #[derive(Debug, PartialEq)]
/// enum Shape {
///     Circle(Circle),
///     Other(serde_json::Value),
/// }
/// engagement_core::tagged_union! {
///     Shape by "kind" {
///         "circle" | "disc" => Circle,
///         _ => Other,
///     }
/// }
///
/// let disc = r#"{"kind":"disc","radius":2}"#;
/// let shape: Shape = serde_json::from_str(disc)?;
/// assert!(matches!(&shape, Shape::Circle(circle) if circle.radius == 2));
/// assert_eq!(serde_json::to_string(&shape)?, disc);
/// for other in [r#"{"kind":"disc","radius":"wide"}"#, r#"{"kind":"cube"}"#, "7"] {
///     assert!(matches!(serde_json::from_str(other)?, Shape::Other(_)));
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! tagged_union {
    ($name:ident by $tag:literal { $($($value:literal)|+ => $variant:ident,)+ _ => $other:ident $(,)? }) => {
        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: $crate::__private::serde::Deserializer<'de>,
            {
                use $crate::__private::serde::Deserialize;
                use $crate::__private::serde_json::{Value, from_value};

                let value = Value::deserialize(deserializer)?;
                let tag = value.get($tag).and_then($crate::__private::tag_text);
                let known = match tag.as_deref() {
                    $($(Some($value))|+ => Deserialize::deserialize(&value).ok().map(Self::$variant),)+
                    Some(_) if value[$tag].is_string() => {
                        $crate::__private::unknown_value(::core::stringify!($name));
                        None
                    }
                    _ => None,
                };
                drop(tag);
                match known {
                    Some(known) => Ok(known),
                    None => from_value(value)
                        .map(Self::$other)
                        .map_err($crate::__private::serde::de::Error::custom),
                }
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error>
            where
                S: $crate::__private::serde::Serializer,
            {
                match self {
                    $(Self::$variant(value) => $crate::__private::serde::Serialize::serialize(value, serializer),)+
                    Self::$other(value) => $crate::__private::serde::Serialize::serialize(value, serializer),
                }
            }
        }
    };
}
