#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "platform")]
#[cfg_attr(docsrs, doc(cfg(feature = "platform")))]
pub mod platform;

#[cfg(feature = "engage")]
#[cfg_attr(docsrs, doc(cfg(feature = "engage")))]
#[doc(inline)]
pub use engage_client as engage;
#[cfg(feature = "engagebay")]
#[cfg_attr(docsrs, doc(cfg(feature = "engagebay")))]
#[doc(inline)]
pub use engagebay_client as engagebay;
#[cfg(feature = "engageone")]
#[cfg_attr(docsrs, doc(cfg(feature = "engageone")))]
#[doc(inline)]
pub use engageone_client as engageone;
#[cfg(feature = "engagespot")]
#[cfg_attr(docsrs, doc(cfg(feature = "engagespot")))]
#[doc(inline)]
pub use engagespot_client as engagespot;
#[cfg(feature = "webengage")]
#[cfg_attr(docsrs, doc(cfg(feature = "webengage")))]
#[doc(inline)]
pub use webengage_client as webengage;

// Every client crate exports the same items: what is written against these takes all of them.
pub use engagement_core::{
    BuildError, Bytes, CallSettings, Credential, EpochMillis, EpochSeconds, Error, ErrorKind,
    Extra, Method, Operation, Provider, RateLimit, RateLimitStatus, RateLimits, RawRequest,
    RawResponse, ResponseValue, RetryPolicy, Scalar, Secret, StatusCode, Stream, Url, header,
    limit_store, observe,
};
