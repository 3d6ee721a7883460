use engagement_core::{Bytes, Error, RawResponse, Response};
use serde::Serialize;
use serde_json::Value;

/// The result of a call.
#[derive(Debug)]
pub enum Outcome {
    /// No operation has that id.
    Unknown,
    /// An argument that the call requires is missing.
    Missing(&'static str),
    /// The call succeeded: the status, and the response serialized as JSON.
    Response(u16, Value),
    /// The call failed.
    Failed(Error),
}

impl Outcome {
    /// From the result of a typed call.
    pub fn of<T: Serialize>(result: Result<Response<T>, Error>) -> Self {
        Self::from_result(result, |response| {
            let value = serde_json::to_value(response.value());
            let value = value.expect("a decoded response can be serialized");
            (response.status().as_u16(), value)
        })
    }

    /// From the result of an untyped call: JSON, or text.
    pub fn of_raw(result: Result<RawResponse, Error>) -> Self {
        Self::from_result(result, |response| {
            let value = response.json();
            let value = value.unwrap_or_else(|_| text(response.bytes()));
            (response.status().as_u16(), value)
        })
    }

    /// From the result of a call that returns bytes: text.
    pub fn of_bytes(result: Result<Response<Bytes>, Error>) -> Self {
        Self::from_result(result, |response| {
            (response.status().as_u16(), text(response.value()))
        })
    }

    fn from_result<R>(result: Result<R, Error>, read: impl FnOnce(R) -> (u16, Value)) -> Self {
        match result.map(read) {
            Ok((status, value)) => Self::Response(status, value),
            Err(error) => Self::Failed(error),
        }
    }
}

fn text(bytes: &[u8]) -> Value {
    Value::from(String::from_utf8_lossy(bytes))
}
