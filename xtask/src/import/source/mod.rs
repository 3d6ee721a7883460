//! Reads the vendor's file. In: its text. Out: JSON in terms of OpenAPI 3.0.

pub(crate) mod swagger2;
pub(crate) mod yaml;
