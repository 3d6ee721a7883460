#![doc = include_str!("../docs/README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
#[cfg_attr(not(feature = "blocking"), doc(hidden))]
pub mod blocking;
mod call;
mod client;
mod decode;
mod error;
mod http;
mod provider;
mod rate_limit;
mod redact;
mod request;
mod response;
mod retry;
mod secret;
mod send;
mod telemetry;
pub mod testing;
mod types;

pub use auth::credentials::Credential;
pub use auth::token::Token;
pub use bytes::Bytes;
pub use call::Call;
pub use call::catalogue::{OperationBody, OperationEntry, OperationParameter, ParameterLocation};
pub use call::context::CallContext;
pub use call::future::{CallFuture, ResponseFuture};
pub use call::operation_call::OperationCall;
pub use call::pagination::{Items, Pages, ResumePoint, ResumePointError};
pub use call::raw_request::RawRequest;
pub use client::builder::{ClientBuilder, FromClientCore};
pub use client::call_settings::CallSettings;
pub use client::core::ClientCore;
pub use client::token_source::TokenSource;
pub use decode::{from_json, from_json_value, from_webhook};
pub use error::{Error, ErrorKind};
pub use futures_core::Stream;
pub use http::rate_limit_status::RateLimitStatus;
pub use http::text::ValueStyle;
pub use provider::{
    ClientValue, ErrorInSuccess, IdempotencyKey, Operation, Provider, RateLimit, Scheme,
    SchemeKind, Server,
};
pub use rate_limit::RateLimits;
pub use rate_limit::store as limit_store;
pub use redact::mask::mask;
pub use redact::redacted::{Unredacted, personal};
#[cfg(feature = "multipart")]
pub use request::form::Form;
#[cfg(feature = "multipart")]
pub use request::upload::Upload;
pub use reqwest::{self, Method, StatusCode, Url, header};
pub use response::Response;
pub use response::raw::RawResponse;
pub use retry::policy::RetryPolicy;
pub use secret::Secret;
pub use telemetry::observe;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub use testing::fuzzing;
pub use types::attributes::Attributes;
#[cfg(any(feature = "jiff", feature = "chrono"))]
pub use types::epoch::TimeRangeError;
pub use types::epoch::{EpochMillis, EpochSeconds};
pub use types::scalar::Scalar;

/// Support code for macros; not for direct use.
#[doc(hidden)]
pub mod __private {
    pub use serde;
    pub use serde_json;

    #[cfg(feature = "schemars")]
    pub use schemars;

    pub use crate::redact::redacted::{debug_object, optional_personal};
    pub use crate::types::attributes::{OrNull, Scalars, check_extra};
    pub use crate::types::id::{AsText, MixedId, integer_id};
    #[cfg(feature = "schemars")]
    pub use crate::types::open_enum::open_enum_schema;
    pub use crate::types::open_enum::{OpenEnum, enum_value};
    pub use crate::types::tagged_union::tag_text;
    pub use crate::types::unknown::{unknown_field, unknown_value};
    pub use crate::types::wire_object::{
        FieldName, FieldSeed, UnknownField, keep_nulls, keep_unknown, read_json, read_optional,
        read_optional_null, read_required, take_required, write_extra, write_optional,
    };

    /// Decodes as a response is decoded that may hold `max_values` JSON values, for tests of every type.
    pub fn decode<T: serde::de::DeserializeOwned>(
        json: &[u8],
        max_values: usize,
    ) -> Result<T, String> {
        let json = crate::decode::without_bom(json);
        crate::decode::from_slice(json, max_values)
            .map_err(|error| crate::decode::describe(json, &error))
    }
}
