//! Texts are noted on their way to a visitor; what holds other values goes on being noted.

use std::fmt;

use serde::de::{Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::Metered;
use super::access::{Elements, Entries};
use crate::decode::short_error::ShortError;

macro_rules! visit_as_it_is {
    ($($method:ident($type:ty))*) => {
        $(
            #[inline]
            fn $method<E: Error>(self, value: $type) -> Result<V::Value, E> {
                self.inner.$method(value)
            }
        )*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Metered<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit_as_it_is! {
        visit_bool(bool)
        visit_i8(i8)
        visit_i16(i16)
        visit_i32(i32)
        visit_i64(i64)
        visit_i128(i128)
        visit_u8(u8)
        visit_u16(u16)
        visit_u32(u32)
        visit_u64(u64)
        visit_u128(u128)
        visit_f32(f32)
        visit_f64(f64)
        visit_char(char)
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        self.meter.take(text.len())?;
        self.inner.visit_str(text).map_err(ShortError::into_error)
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        self.meter.take(text.len())?;
        self.inner
            .visit_borrowed_str(text)
            .map_err(ShortError::into_error)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<V::Value, E> {
        self.meter.take(text.len())?;
        self.inner
            .visit_string(text)
            .map_err(ShortError::into_error)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<V::Value, E> {
        self.meter.take(bytes.len())?;
        self.inner
            .visit_bytes(bytes)
            .map_err(ShortError::into_error)
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<V::Value, E> {
        self.meter.take(bytes.len())?;
        self.inner
            .visit_borrowed_bytes(bytes)
            .map_err(ShortError::into_error)
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<V::Value, E> {
        self.meter.take(bytes.len())?;
        self.inner
            .visit_byte_buf(bytes)
            .map_err(ShortError::into_error)
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner
            .visit_some(Metered::new(deserializer, self.meter))
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        self.inner
            .visit_newtype_struct(Metered::new(deserializer, self.meter))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        if self.of_numbers {
            self.meter.note_entered();
        }
        self.inner.visit_seq(Elements::new(elements, self.meter))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        if self.of_numbers {
            self.meter.note_entered();
        }
        self.inner.visit_map(Entries::new(entries, self.meter))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Metered::new(variant, self.meter))
    }
}
