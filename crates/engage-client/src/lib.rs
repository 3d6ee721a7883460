#![doc = include_str!("../docs/README.md")]
#![doc = include_str!("generated/operations.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attribute_values;
mod batch_items;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod client;
mod events;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
mod receipts;

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

pub use attribute_values::{AttributeError, STANDARD_ATTRIBUTES};
pub use batch_items::{BATCH_LIMIT_BYTES, BatchError, split_batch};
pub use client::ClientBuilder;
pub use events::{EventNameError, check_event_name};
pub use generated::*;
