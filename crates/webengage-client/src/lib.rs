#![doc = include_str!("../docs/README.md")]
#![doc = include_str!("generated/operations.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
pub mod bulk;
mod client;
mod feedback_search;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
pub mod outbound;
pub mod status_codes;
mod timestamp;
pub mod webhooks;

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

pub use engagement_core::{Form, Upload};

pub use client::ClientBuilder;
pub use feedback_search::FeedbackSearchAll;
pub use generated::*;
pub use outbound::{Channel, OutboundMessage};
pub use timestamp::{Timestamp, TimestampError};
pub use webhooks::{Webhook, WebhookPayload, WebhookSecret, WebhookSecretError};
