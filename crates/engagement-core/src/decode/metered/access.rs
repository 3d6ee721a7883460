//! The elements of lists, the entries of maps and the content of enums.

use std::any::type_name;

use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::Value;

use super::Metered;
use super::key::{Key, KeyNote};
use crate::decode::meter::{List, Map, MapKind, Meter};

pub(super) struct Elements<'m, A> {
    inner: A,
    meter: &'m Meter,
    list: List,
}

impl<'m, A> Elements<'m, A> {
    pub(super) fn new(inner: A, meter: &'m Meter) -> Self {
        Self {
            inner,
            meter,
            list: List::default(),
        }
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let element = self
            .inner
            .next_element_seed(Metered::new(seed, self.meter))?;
        if element.is_some() {
            self.list.push(self.meter, size_of::<S::Value>())?;
        }
        Ok(element)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

pub(super) struct Entries<'m, A> {
    inner: A,
    meter: &'m Meter,
    map: Map,
    key: KeyNote,
    key_size: usize,
    /// The type that the first key was read as: a value of any JSON looks at it in a way of its own.
    first_key: Option<&'static str>,
}

impl<'m, A> Entries<'m, A> {
    pub(super) fn new(inner: A, meter: &'m Meter) -> Self {
        Self {
            inner,
            meter,
            map: Map::default(),
            key: KeyNote::default(),
            key_size: 0,
            first_key: None,
        }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.key_size = size_of::<S::Value>();
        self.first_key.get_or_insert(type_name::<S::Value>());
        self.inner.next_key_seed(Key {
            inner: seed,
            meter: self.meter,
            note: &self.key,
        })
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let size = size_of::<S::Value>();
        let any = type_name::<S::Value>() == type_name::<Value>();
        match self.key.field.take() {
            // Not a field that the struct has room for, but one of those that it keeps in a map.
            Some(length) if any => {
                self.meter.take(length)?;
                let size = size_of::<String>() + size;
                self.map.insert(self.meter, size, MapKind::Tree)?;
            }
            // A field's place is part of its struct.
            Some(_) => {}
            None if size > 0 => {
                let kind = match self.first_key {
                    _ if !any => MapKind::Tree,
                    Some(name) if name == type_name::<String>() => MapKind::OF_VALUES,
                    _ => MapKind::OF_VALUE,
                };
                self.map.insert(self.meter, self.key_size + size, kind)?;
            }
            None => {}
        }
        self.inner.next_value_seed(Metered::new(seed, self.meter))
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'m, 'de, A: EnumAccess<'de>> EnumAccess<'de> for Metered<'m, A> {
    type Error = A::Error;
    type Variant = Metered<'m, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (name, variant) = self.inner.variant_seed(seed)?;
        Ok((name, Metered::new(variant, self.meter)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Metered<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner
            .newtype_variant_seed(Metered::new(seed, self.meter))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner
            .tuple_variant(length, Metered::new(visitor, self.meter))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner
            .struct_variant(fields, Metered::new(visitor, self.meter))
    }
}
