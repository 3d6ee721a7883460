//! A deserializer around another that notes what the values it makes will take, and ends when that is too much.
//!
//! A few bytes of JSON can become a kilobyte: `{}` makes a struct of many fields that are all empty. So a limit of the
//! body alone is none of memory.

mod access;
mod key;
mod visitor;

use serde::de::{DeserializeSeed, Deserializer, Visitor};

use crate::decode::meter::Meter;

/// Anything whose content is to be noted: a deserializer, a seed, a visitor, or what a visitor is given.
pub(crate) struct Metered<'m, T> {
    inner: T,
    meter: &'m Meter,
    /// For a visitor of numbers, which has no use for a container.
    of_numbers: bool,
}

impl<'m, T> Metered<'m, T> {
    pub(crate) fn new(inner: T, meter: &'m Meter) -> Self {
        Self {
            inner,
            meter,
            of_numbers: false,
        }
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Metered<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner
            .deserialize(Metered::new(deserializer, self.meter))
    }
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
                self.inner.$method($($argument,)* Metered::new(visitor, self.meter))
            }
        )*
    };
}
use forward;

macro_rules! by_what_is_there {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
                self.inner.deserialize_any(Metered { of_numbers: true, ..Metered::new(visitor, self.meter) })
            }
        )*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Metered<'_, D> {
    type Error = D::Error;

    forward! {
        deserialize_any()
        deserialize_i128()
        deserialize_u128()
        deserialize_char()
        deserialize_seq()
        deserialize_tuple(length: usize)
        deserialize_map()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_option()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier()
    }

    // Asked for a number, serde_json makes its own error of a text, and repeats it there however long it is. Containers
    // are asked for: some visitors of maps would take `null` too, which isn't taken otherwise.
    by_what_is_there! {
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_f32()
        deserialize_f64()
        deserialize_unit()
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_ignored_any(visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
