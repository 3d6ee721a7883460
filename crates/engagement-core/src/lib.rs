#![doc = include_str!("../docs/README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod attempt;
mod attributes;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
mod body;
mod budget;
mod call;
mod call_context;
mod call_future;
mod call_macro;
mod call_settings;
mod catalogue;
mod client_builder;
mod credentials;
mod decode;
mod draft;
mod drift;
mod environment;
mod epoch;
mod error;
mod error_in_success;
mod extras;
#[cfg(any(test, fuzzing))]
#[allow(missing_docs, unreachable_pub, reason = "there for the fuzzer only")]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod id;
mod idempotency;
mod jitter;
mod json_path;
pub mod limit_store;
mod mask;
mod message;
mod meter;
mod metered;
mod near;
pub mod observe;
mod open_enum;
mod operation_call;
mod pagination;
mod part;
mod path;
mod provider;
mod rate_limit;
mod raw_request;
mod receive;
mod redacted;
mod reporter;
mod response;
mod retry_after;
mod retry_decision;
mod retry_policy;
mod runtime;
mod scalar;
mod secret;
mod secret_mask;
mod send;
mod settings;
mod short_error;
mod subject;
mod tagged_union;
pub mod testing;
mod text;
mod tls;
mod token_source;
mod trace;
#[cfg(feature = "multipart")]
mod upload;
mod watch;
mod wiped;
mod wire_object;

pub use answer::Answer;
pub use attributes::Attributes;
pub use bytes::Bytes;
pub use call::Call;
pub use call_context::CallContext;
pub use call_future::{CallFuture, ResponseFuture};
pub use call_settings::CallSettings;
pub use catalogue::{OperationBody, OperationEntry, OperationParameter, ParameterPlace};
pub use client_builder::{ClientBuilder, FromRuntime};
pub use credentials::Credential;
pub use decode::{from_json, from_json_value};
#[cfg(feature = "multipart")]
pub use draft::Form;
#[cfg(any(feature = "jiff", feature = "chrono"))]
pub use epoch::TimeRangeError;
pub use epoch::{EpochMillis, EpochSeconds};
pub use error::{Error, ErrorKind};
pub use futures_core::Stream;
pub use mask::mask;
pub use operation_call::OperationCall;
pub use pagination::{Items, Pages, ResumePoint, ResumePointError};
pub use provider::{
    ClientValue, ErrorInSuccess, Operation, Provider, RateLimit, Scheme, SchemeKind, Server,
};
pub use rate_limit::{RateLimitStatus, RateLimits};
pub use raw_request::{RawRequest, RawResponse};
pub use redacted::personal;
pub use reqwest::{self, Method, StatusCode, Url, header};
pub use response::Response;
pub use retry_policy::RetryPolicy;
pub use runtime::Runtime;
pub use scalar::Scalar;
pub use secret::Secret;
pub use token_source::{Token, TokenSource};
#[cfg(feature = "multipart")]
pub use upload::Upload;

/// What the macros expand to; not for direct use.
#[doc(hidden)]
pub mod __private {
    pub use serde;
    pub use serde_json;

    #[cfg(feature = "schemars")]
    pub use schemars;

    pub use crate::attributes::{OrNull, Scalars, check_extra};
    pub use crate::drift::{unknown_field, unknown_word};
    pub use crate::id::{AsText, MixedId, integer_id};
    #[cfg(feature = "schemars")]
    pub use crate::open_enum::open_enum_schema;
    pub use crate::open_enum::word;
    pub use crate::redacted::{debug_object, optional_personal};
    pub use crate::wire_object::{
        KeySeed, Known, Unknown, keep_nulls, keep_unknown, read_json, read_optional,
        read_optional_null, read_required, take_required, write_extra, write_optional,
    };

    /// Decodes as an answer is decoded whose body may have `limit` bytes, for tests of every type.
    pub fn decode<T: serde::de::DeserializeOwned>(json: &[u8], limit: usize) -> Result<T, String> {
        let json = crate::decode::without_bom(json);
        crate::decode::from_slice(json, limit)
            .map_err(|failure| crate::decode::describe(json, &failure))
    }
}
