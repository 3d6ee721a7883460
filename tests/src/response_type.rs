use std::fmt::Debug;

use engagement_core::__private::decode;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Codec, json};

/// Functions of the type of an operation's response.
#[derive(Clone, Copy)]
pub struct ResponseType {
    /// Decodes JSON and encodes it again.
    pub json: Codec,
    /// Decodes a body with a limit of JSON values, as a client does.
    pub decode: fn(&[u8], usize) -> Result<(), String>,
    /// Decodes a body without that limit, and encodes the value.
    pub rewrite: fn(&[u8]) -> Result<Value, String>,
    /// Its name.
    pub name: fn() -> &'static str,
}

impl ResponseType {
    /// The functions of this type.
    #[must_use]
    pub fn of<T: DeserializeOwned + Serialize + Debug>() -> Self {
        Self {
            json: json::<T>,
            decode: |body, max_values| decode::<T>(body, max_values).map(drop),
            rewrite: |body| {
                let value = decode::<T>(body, usize::MAX)?;
                serde_json::to_vec(&value)
                    .and_then(|text| serde_json::from_slice(&text))
                    .map_err(|error| format!("the decoded value can't be encoded: {error}"))
            },
            name: std::any::type_name::<T>,
        }
    }
}
