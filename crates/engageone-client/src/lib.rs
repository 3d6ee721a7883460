#![doc = include_str!("../docs/README.md")]
#![doc = include_str!("generated/operations.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod client;
mod customer;
mod data_source_info;
mod environment;
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, reason = "made from the document, whose text is the documentation")]
mod generated;
mod jwt;
mod receipts;
mod regions;
mod session;
mod video_urls;

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

pub use client::ClientBuilder;
pub use customer::{BuilderExt, company_header};
pub use data_source_info::DataSourceInfo;
pub use generated::*;
pub use receipts::SendReceipt;
pub use regions::regional_url;
pub use video_urls::personalised_video_url;
