//! The keys of maps: whether one is the name of a struct's field.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::{Metered, forward};
use crate::decode::meter::Meter;
use crate::decode::short_error::ShortError;

/// What is known of the last key.
#[derive(Default)]
pub(super) struct KeyNote {
    /// Its length, if it was read as the name of a struct's field.
    pub(super) field: Cell<Option<usize>>,
}

/// Reads a key and notes what it was read as.
pub(super) struct Key<'m, T> {
    pub(super) inner: T,
    pub(super) meter: &'m Meter,
    pub(super) note: &'m KeyNote,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Key {
            inner: deserializer,
            meter: self.meter,
            note: self.note,
        })
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Key<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any()
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_i128()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_u128()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_option()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_seq()
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_map()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_identifier(FieldName {
            inner: visitor,
            note: self.note,
        })
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_ignored_any(visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// Visits the name of a field.
struct FieldName<'m, V> {
    inner: V,
    note: &'m KeyNote,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for FieldName<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_u64<E: Error>(self, place: u64) -> Result<V::Value, E> {
        self.note.field.set(Some(0));
        self.inner.visit_u64(place)
    }

    #[inline]
    fn visit_str<E: Error>(self, name: &str) -> Result<V::Value, E> {
        self.note.field.set(Some(name.len()));
        self.inner.visit_str(name).map_err(ShortError::into_error)
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<V::Value, E> {
        self.note.field.set(Some(name.len()));
        self.inner
            .visit_borrowed_str(name)
            .map_err(ShortError::into_error)
    }
}
