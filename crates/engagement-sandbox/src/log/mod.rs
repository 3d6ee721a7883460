//! The log: the most recent requests, why some were refused, and what callers do wrong.

mod refusal;
mod request;
mod request_log;
mod requests;
pub(crate) mod verdicts;

pub use refusal::{NearMiss, Refusal, RefusalKind};
pub use request::RecordedRequest;
pub(crate) use request_log::{Observer, RequestLog};
pub use requests::Requests;
pub use verdicts::{Verdict, VerdictKind, Verdicts};
