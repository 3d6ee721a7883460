//! The building blocks of all clients' types: scalars, times, ids, objects, open enums and unions.

pub(crate) mod attributes;
pub(crate) mod epoch;
pub(crate) mod id;
pub(crate) mod open_enum;
pub(crate) mod scalar;
pub(crate) mod tagged_union;
pub(crate) mod unknown;
pub(crate) mod wire_object;
