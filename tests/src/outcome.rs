use engagement_core::{Bytes, Error, RawResponse, Response};
use serde::Serialize;
use serde_json::Value;

/// What came of a call.
#[derive(Debug)]
pub enum Outcome {
    /// No operation has that id.
    Unknown,
    /// A value that the call requires was not given.
    Missing(&'static str),
    /// The call succeeded: status, and the response written back as JSON.
    Response(u16, Value),
    /// The call failed.
    Failed(Error),
}

impl Outcome {
    /// Makes an outcome of what a call came to.
    pub fn of<T: Serialize>(result: Result<Response<T>, Error>) -> Self {
        match result {
            Ok(response) => {
                let status = response.status().as_u16();
                match serde_json::to_value(response.into_inner()) {
                    Ok(value) => Self::Response(status, value),
                    Err(error) => panic!("a response that was read can't be written: {error}"),
                }
            }
            Err(error) => Self::Failed(error),
        }
    }

    /// Makes an outcome of what an untyped call came to: JSON, or text.
    pub fn of_raw(result: Result<RawResponse, Error>) -> Self {
        match result {
            Ok(response) => {
                let value = response.json().unwrap_or_else(|_| {
                    Value::String(String::from_utf8_lossy(response.bytes()).into_owned())
                });
                Self::Response(response.status().as_u16(), value)
            }
            Err(error) => Self::Failed(error),
        }
    }

    /// Makes an outcome of what a call for bytes came to: text, if it is some.
    pub fn of_bytes(result: Result<Response<Bytes>, Error>) -> Self {
        match result {
            Ok(response) => {
                let text = String::from_utf8_lossy(response.value()).into_owned();
                Self::Response(response.status().as_u16(), Value::String(text))
            }
            Err(error) => Self::Failed(error),
        }
    }
}
