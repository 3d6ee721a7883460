#![doc = include_str!("../docs/README.md")]
#![doc = include_str!("generated/operations.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod client;
mod dates;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
mod properties;
mod property;
mod search;
mod tag_names;
mod upsert;
mod webhooks;

#[cfg(any(feature = "jiff", feature = "chrono"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "jiff", feature = "chrono"))))]
pub use engagement_core::TimeRangeError;
pub use engagement_core::{
    Attributes, Bytes, CallFuture, CallSettings, Credential, EpochMillis, EpochSeconds, Error,
    ErrorKind, Items, Method, Operation, OperationBody, OperationCall, OperationEntry,
    OperationParameter, Pages, ParameterLocation, Provider, RateLimit, RateLimitStatus, RateLimits,
    RawRequest, RawResponse, Response, ResponseFuture, ResumePoint, ResumePointError, RetryPolicy,
    Scalar, Secret, StatusCode, Stream, Unredacted, Url, header, limit_store, observe,
};
#[cfg(feature = "multipart")]
#[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
pub use engagement_core::{Form, Upload};

pub use address::Address;
pub use client::ClientBuilder;
pub use dates::{Date, DateError, DateFormat};
pub use generated::*;
pub use properties::{Entry, Properties};
pub use search::{SearchHit, search_total};
pub use tag_names::{TagError, check_tag};
pub use upsert::{Upsert, Upserted};
pub use webhooks::Webhook;
