//! Objects on the wire: unknown fields are kept, `null` and absent are the same.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, forward_to_deserialize_any};
use serde_json::Value;

use crate::types::attributes::Attributes;

/// Implements `Serialize`, `Deserialize` and `Debug` for a struct that is an object in JSON.
///
/// Each field has a kind:
///
/// * `required` fields must be present, except for types that accept `null`;
/// * `optional` fields are `Option`s: `None` for both `null` and a missing field, and not written then;
/// * `optional_null` fields keep a `null` that they read in `extra`, so that it is written back;
/// * `optional_json` fields may be any JSON, and `null` is a value;
/// * `required_text` and `optional_text` fields are written as strings;
/// * `required_scalars` and `optional_scalars` fields are [`Attributes`](crate::Attributes) whose values must be strings,
///   numbers or booleans; `…_scalars_or_null` also accept `null` as a value;
/// * `optional_or_null` fields are [`Attributes`](crate::Attributes) that may be `null`.
///
/// `extra` at the end means that the struct keeps unknown fields in a field `extra: Attributes`. They are written after the
/// others, except for names that were written already; an explicit `null` can be sent that way. `extra: open` is for objects
/// with any fields, so that none of them is reported to an [observer](crate::telemetry::observe::Observer).
///
/// This is not a derive macro: a `macro_rules!` macro needs no crate of its own and no parser at build time, and each field
/// is one line, which suits generated code.
///
/// Of fields that are followed by `personal`, and of unknown ones, `Debug` shows only that they are present, except within
/// [`Unredacted`](crate::Unredacted).
///
/// ```
/// use engagement_core::Attributes;
///
/// pub struct Contact {
///     pub id: i64,
///     pub type_: Option<String>,
///     pub email: Option<String>,
///     pub extra: Attributes,
/// }
///
/// engagement_core::wire_object! {
///     Contact { required id: "id", optional type_: "type", optional email: "email" personal, } extra
/// }
///
/// let contact: Contact = serde_json::from_str(r#"{"id": 1, "type": null, "email": "ada@example.com", "new": [2]}"#)?;
/// assert_eq!(serde_json::to_string(&contact)?, r#"{"id":1,"email":"ada@example.com","new":[2]}"#);
/// assert_eq!(
///     format!("{contact:?}"),
///     r#"Contact { id: 1, type_: None, email: Some(Redacted), extra: {"new": Redacted} }"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! wire_object {
    ($name:ident { $($kind:ident $field:ident: $wire:literal $($personal:ident)?),* $(,)? } $($extra:ident $(: $open:ident)?)?) => {
        impl ::std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::__private::debug_object(
                    f,
                    ::std::stringify!($name),
                    &[$((::std::stringify!($field), $crate::__wire_object_print!(self.$field, $($personal)? $kind)),)*],
                    $crate::__wire_object_extra!($(self.$extra)?),
                )
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::__private::serde::ser::SerializeMap as _;

                $($crate::__private::check_extra::<S::Error>(&self.$extra)?;)?
                #[allow(unused_mut)]
                let mut map = serializer.serialize_map(::std::option::Option::None)?;
                $($crate::__wire_object_write!($kind map, $wire, &self.$field)?;)*
                // An optional field that is `None` may be in `extra`, as an explicit `null`.
                #[allow(unused_variables)]
                let written = || -> ::std::vec::Vec<(&str, bool)> {
                    ::std::vec![$(($wire, $crate::__wire_object_written!($kind self.$field)),)*]
                };
                $(
                    if !self.$extra.is_empty() {
                        $crate::__private::write_extra(&mut map, &self.$extra, &written())?;
                    }
                )?
                map.end()
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                struct Fields;

                impl<'de> $crate::__private::serde::de::Visitor<'de> for Fields {
                    type Value = $name;

                    #[inline]
                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str(::std::concat!("struct ", ::std::stringify!($name)))
                    }

                    #[inline]
                    fn visit_map<A: $crate::__private::serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> ::std::result::Result<$name, A::Error> {
                        #[allow(non_camel_case_types, clippy::enum_variant_names)]
                        enum Field { $($field,)* }

                        impl $crate::__private::FieldName for Field {
                            #[inline]
                            fn of(name: &str) -> ::std::option::Option<Self> {
                                match name {
                                    $($wire => ::std::option::Option::Some(Self::$field),)*
                                    _ => ::std::option::Option::None,
                                }
                            }
                        }

                        // One value that is dropped as a whole, and not one for each field: the compiler then has to look
                        // at far fewer ways out.
                        #[allow(non_camel_case_types)]
                        struct Slots<$($field),*> {
                            $($field: ::std::option::Option<$field>,)*
                        }

                        let mut slots = Slots { $($field: ::std::option::Option::None,)* };
                        $(let mut $extra = $crate::Attributes::new();)?
                        // Without effect where no field keeps `null`: it never allocates then.
                        #[allow(unused_mut)]
                        let mut nulls = ::std::vec::Vec::<&'static str>::new();
                        #[allow(unused_mut)]
                        let mut unknown = $crate::__wire_object_unknown_name!($($extra)?);
                        while let ::std::option::Option::Some(field) =
                            map.next_key_seed($crate::__private::FieldSeed::<Field, _>::new(&mut unknown))?
                        {
                            let read = match field {
                                $(::std::option::Option::Some(Field::$field) => {
                                    $crate::__wire_object_read!($kind map, slots.$field, $wire, nulls)
                                })*
                                ::std::option::Option::None => {
                                    $crate::__wire_object_report!($name, unknown $($(, $open)?)?);
                                    $crate::__wire_object_unknown!(map, unknown $(, $extra)?)
                                }
                            };
                            read?;
                        }
                        $($crate::__private::keep_nulls(nulls, &mut $extra);)?
                        ::std::result::Result::Ok($name {
                            $($field: $crate::__wire_object_take!($kind slots.$field, $wire),)*
                            $($extra,)?
                        })
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_print {
    ($value:expr, personal required_scalars) => {
        $crate::personal(&$value)
    };
    ($value:expr, personal required_scalars_or_null) => {
        $crate::personal(&$value)
    };
    ($value:expr, personal optional_scalars) => {
        $crate::__private::optional_personal($value.is_some(), &$value)
    };
    ($value:expr, personal optional_scalars_or_null) => {
        $crate::__private::optional_personal($value.is_some(), &$value)
    };
    ($value:expr, personal optional_or_null) => {
        $crate::__private::optional_personal($value.is_some(), &$value)
    };
    ($value:expr, personal optional_json) => {
        $crate::__private::optional_personal($value.is_some(), &$value)
    };
    ($value:expr, personal optional_null) => {
        $crate::__private::optional_personal($value.is_some(), &$value)
    };
    ($value:expr, personal required) => {
        $crate::personal(&$value)
    };
    ($value:expr, personal required_text) => {
        $crate::personal(&$value)
    };
    ($value:expr, personal optional_text) => {
        $crate::__private::optional_personal($value.is_some(), &$value)
    };
    ($value:expr, personal optional) => {
        $crate::__private::optional_personal($value.is_some(), &$value)
    };
    ($value:expr, $kind:ident) => {
        &$value
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_extra {
    () => {
        ::std::option::Option::None
    };
    ($extra:expr) => {
        ::std::option::Option::Some(&$extra)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_write {
    (required_scalars $map:ident, $wire:literal, $value:expr) => {
        $map.serialize_entry($wire, &$crate::__private::Scalars::<false>($value))
    };
    (required_scalars_or_null $map:ident, $wire:literal, $value:expr) => {
        $map.serialize_entry($wire, &$crate::__private::Scalars::<true>($value))
    };
    (optional_scalars $map:ident, $wire:literal, $value:expr) => {
        $crate::__private::write_optional(
            &mut $map,
            $wire,
            &$value.as_ref().map($crate::__private::Scalars::<false>),
        )
    };
    (optional_scalars_or_null $map:ident, $wire:literal, $value:expr) => {
        $crate::__private::write_optional(
            &mut $map,
            $wire,
            &$value.as_ref().map($crate::__private::Scalars::<true>),
        )
    };
    (optional_or_null $map:ident, $wire:literal, $value:expr) => {
        $crate::__private::write_optional(
            &mut $map,
            $wire,
            &$value.as_ref().map($crate::__private::OrNull),
        )
    };
    (optional_json $map:ident, $wire:literal, $value:expr) => {
        $crate::__private::write_optional(&mut $map, $wire, $value)
    };
    (optional_null $map:ident, $wire:literal, $value:expr) => {
        $crate::__private::write_optional(&mut $map, $wire, $value)
    };
    (required $map:ident, $wire:literal, $value:expr) => {
        $map.serialize_entry($wire, $value)
    };
    (optional $map:ident, $wire:literal, $value:expr) => {
        $crate::__private::write_optional(&mut $map, $wire, $value)
    };
    (required_text $map:ident, $wire:literal, $value:expr) => {
        $map.serialize_entry($wire, &$crate::__private::AsText($value))
    };
    (optional_text $map:ident, $wire:literal, $value:expr) => {
        $crate::__private::write_optional(
            &mut $map,
            $wire,
            &$value.as_ref().map($crate::__private::AsText),
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_written {
    (required_scalars $value:expr) => {
        true
    };
    (required_scalars_or_null $value:expr) => {
        true
    };
    (optional_scalars $value:expr) => {
        $value.is_some()
    };
    (optional_scalars_or_null $value:expr) => {
        $value.is_some()
    };
    (optional_or_null $value:expr) => {
        $value.is_some()
    };
    (optional_json $value:expr) => {
        $value.is_some()
    };
    (optional_null $value:expr) => {
        $value.is_some()
    };
    (required $value:expr) => {
        true
    };
    (required_text $value:expr) => {
        true
    };
    (optional_text $value:expr) => {
        $value.is_some()
    };
    (optional $value:expr) => {
        $value.is_some()
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_unknown_name {
    () => {
        ()
    };
    ($extra:ident) => {
        ::std::string::String::new()
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_read {
    (required_scalars $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_required(&mut $map, &mut $slot)
    };
    (required_scalars_or_null $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_required(&mut $map, &mut $slot)
    };
    (optional_scalars $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_optional(&mut $map, &mut $slot)
    };
    (optional_scalars_or_null $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_optional(&mut $map, &mut $slot)
    };
    (optional_or_null $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_optional(&mut $map, &mut $slot)
    };
    (optional_json $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_json(&mut $map, &mut $slot)
    };
    (optional_null $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_optional_null(&mut $map, &mut $slot, $wire, &mut $nulls)
    };
    (required $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_required(&mut $map, &mut $slot)
    };
    (required_text $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_required(&mut $map, &mut $slot)
    };
    (optional $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_optional(&mut $map, &mut $slot)
    };
    (optional_text $map:ident, $slot:expr, $wire:literal, $nulls:ident) => {
        $crate::__private::read_optional(&mut $map, &mut $slot)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_unknown {
    ($map:ident, $unknown:ident) => {
        $map.next_value::<$crate::__private::serde::de::IgnoredAny>()
            .map(::std::mem::drop)
    };
    ($map:ident, $unknown:ident, $extra:ident) => {
        $crate::__private::keep_unknown(&mut $map, &mut $unknown, &mut $extra)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_report {
    ($name:ident, $unknown:ident) => {
        $crate::__private::unknown_field(
            ::std::stringify!($name),
            $crate::__private::UnknownField::name(&$unknown),
        )
    };
    ($name:ident, $unknown:ident, $open:ident) => {};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wire_object_take {
    (required_scalars $slot:expr, $wire:literal) => {
        $crate::__private::take_required($slot, $wire)?
    };
    (required_scalars_or_null $slot:expr, $wire:literal) => {
        $crate::__private::take_required($slot, $wire)?
    };
    (optional_scalars $slot:expr, $wire:literal) => {
        $slot
    };
    (optional_scalars_or_null $slot:expr, $wire:literal) => {
        $slot
    };
    (optional_or_null $slot:expr, $wire:literal) => {
        $slot
    };
    (optional_json $slot:expr, $wire:literal) => {
        $slot
    };
    (optional_null $slot:expr, $wire:literal) => {
        $slot
    };
    (required $slot:expr, $wire:literal) => {
        $crate::__private::take_required($slot, $wire)?
    };
    (required_text $slot:expr, $wire:literal) => {
        $crate::__private::take_required($slot, $wire)?
    };
    (optional $slot:expr, $wire:literal) => {
        $slot
    };
    (optional_text $slot:expr, $wire:literal) => {
        $slot
    };
}

/// Writes an optional field, if there is a value.
#[doc(hidden)]
#[inline]
pub fn write_optional<M: SerializeMap, T: Serialize>(
    map: &mut M,
    field: &'static str,
    value: &Option<T>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(field, value),
        None => Ok(()),
    }
}

/// Writes the fields that are not known, but for those that were written already.
#[doc(hidden)]
pub fn write_extra<M: SerializeMap>(
    map: &mut M,
    extra: &Attributes,
    fields: &[(&str, bool)],
) -> Result<(), M::Error> {
    for (name, value) in extra {
        if !fields.contains(&(name, true)) {
            map.serialize_entry(name, value)?;
        }
    }
    Ok(())
}

/// Reads the value of a required field. The last of several counts.
#[doc(hidden)]
#[inline]
pub fn read_required<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    slot: &mut Option<T>,
) -> Result<(), A::Error> {
    if slot.is_some() {
        // A branch of its own, so that the usual assignment below has nothing to drop.
        *slot = None;
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// Reads the value of an optional field. The last of several counts.
#[doc(hidden)]
#[inline]
pub fn read_optional<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    slot: &mut Option<T>,
) -> Result<(), A::Error> {
    if slot.is_some() {
        *slot = None;
    }
    *slot = map.next_value()?;
    Ok(())
}

/// Reads the value of an optional field that may be any JSON, `null` too. The last of several counts.
#[doc(hidden)]
#[inline]
pub fn read_json<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    slot: &mut Option<T>,
) -> Result<(), A::Error> {
    *slot = Some(map.next_value()?);
    Ok(())
}

/// Reads the value of an optional field whose `null` is not the same as its absence. The last of several counts.
#[doc(hidden)]
#[inline]
pub fn read_optional_null<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    slot: &mut Option<T>,
    field: &'static str,
    nulls: &mut Vec<&'static str>,
) -> Result<(), A::Error> {
    read_optional(map, slot)?;
    if slot.is_none() {
        nulls.push(field);
    }
    Ok(())
}

/// Keeps the fields that were `null` where that is not the same as their absence.
#[doc(hidden)]
#[inline]
pub fn keep_nulls(nulls: Vec<&'static str>, extra: &mut Attributes) {
    for field in nulls {
        extra.insert(field, Value::Null);
    }
}

/// Keeps a field that is not known.
#[doc(hidden)]
pub fn keep_unknown<'de, A: MapAccess<'de>>(
    map: &mut A,
    name: &mut String,
    extra: &mut Attributes,
) -> Result<(), A::Error> {
    let value: Value = map.next_value()?;
    extra.insert(std::mem::take(name), value);
    Ok(())
}

/// The value of a required field.
#[doc(hidden)]
#[inline]
pub fn take_required<'de, T: Deserialize<'de>, E: Error>(
    slot: Option<T>,
    field: &'static str,
) -> Result<T, E> {
    match slot {
        Some(value) => Ok(value),
        None => read_missing(field),
    }
}

/// The known fields of an object.
#[doc(hidden)]
pub trait FieldName: Sized {
    fn of(name: &str) -> Option<Self>;
}

/// Keeps the name of an unknown field.
#[doc(hidden)]
pub trait UnknownField {
    fn keep(&mut self, name: &str);
    fn name(&self) -> &str;
}

impl UnknownField for String {
    fn keep(&mut self, name: &str) {
        // A new string, which has no more capacity than it needs.
        *self = name.to_owned();
    }

    fn name(&self) -> &str {
        self
    }
}

impl UnknownField for () {
    fn keep(&mut self, _: &str) {}

    fn name(&self) -> &str {
        ""
    }
}

/// Reads the name of a field: `None` is an unknown one.
#[doc(hidden)]
#[derive(Debug)]
pub struct FieldSeed<'a, F, U> {
    unknown: &'a mut U,
    fields: PhantomData<F>,
}

impl<'a, F, U> FieldSeed<'a, F, U> {
    #[inline]
    #[must_use]
    pub fn new(unknown: &'a mut U) -> Self {
        Self {
            unknown,
            fields: PhantomData,
        }
    }
}

impl<'de, F: FieldName, U: UnknownField> DeserializeSeed<'de> for FieldSeed<'_, F, U> {
    type Value = Option<F>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<F>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<F: FieldName, U: UnknownField> Visitor<'_> for FieldSeed<'_, F, U> {
    type Value = Option<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<Option<F>, E> {
        let known = F::of(name);
        if known.is_none() {
            self.unknown.keep(name);
        }
        Ok(known)
    }
}

/// The value of a required field that is missing: `null` for types that accept it.
#[doc(hidden)]
pub(crate) fn read_missing<'de, T: Deserialize<'de>, E: Error>(
    field: &'static str,
) -> Result<T, E> {
    T::deserialize(MissingField {
        field,
        error: PhantomData,
    })
}

struct MissingField<E> {
    field: &'static str,
    error: PhantomData<E>,
}

impl<'de, E: Error> Deserializer<'de> for MissingField<E> {
    type Error = E;

    /// For types that accept any JSON, such as `serde_json::Value`.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor
            .visit_unit()
            .map_err(|_: E| E::missing_field(self.field))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
