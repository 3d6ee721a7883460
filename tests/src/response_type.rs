use std::fmt::Debug;

use engagement_core::__private::decode;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Codec, json};

/// What can be done with the type of an operation's response, without naming it.
#[derive(Clone, Copy)]
pub struct ResponseType {
    /// Takes JSON through it.
    pub json: Codec,
    /// Decodes a body of at most so many JSON values as a client does, and drops the value.
    pub decode: fn(&[u8], usize) -> Result<(), String>,
    /// Decodes a body likewise without that limit, and writes the value.
    pub rewrite: fn(&[u8]) -> Result<Value, String>,
    /// Its name.
    pub name: fn() -> &'static str,
}

impl ResponseType {
    /// For this type.
    #[must_use]
    pub fn of<T: DeserializeOwned + Serialize + Debug>() -> Self {
        Self {
            json: json::<T>,
            decode: |body, max_values| decode::<T>(body, max_values).map(drop),
            rewrite: |body| {
                let value = decode::<T>(body, usize::MAX)?;
                serde_json::to_vec(&value)
                    .and_then(|text| serde_json::from_slice(&text))
                    .map_err(|error| format!("what was read can't be written: {error}"))
            },
            name: std::any::type_name::<T>,
        }
    }
}
