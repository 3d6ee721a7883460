//! Faults as text, as [`grammar`](super::grammar) reads it.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::fault::{Count, Fault, FaultBody, FaultKind, Which};

/// A time as the grammar reads it.
fn time(time: Duration) -> String {
    let milliseconds = time.as_millis();
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay => Ok(()),
            Self::Status {
                status,
                retry_after,
                message,
                body,
            } => {
                write!(f, "status={status}")?;
                if let Some(seconds) = retry_after {
                    write!(f, " retry-after={seconds}")?;
                }
                if let Some(message) = message {
                    write!(f, " message={}", Value::from(message.as_str()))?;
                }
                match body {
                    None => Ok(()),
                    Some(FaultBody::Json(json)) if json.is_object() || json.is_array() => {
                        write!(f, " body={json}")
                    }
                    Some(FaultBody::Json(json)) => {
                        write!(f, " body={}", Value::from(json.to_string()))
                    }
                    Some(FaultBody::Text(text)) => {
                        write!(f, " text={}", Value::from(text.as_str()))
                    }
                }
            }
            Self::Stall => f.write_str("stall"),
            Self::Reset => f.write_str("reset"),
            Self::ResetInBody => f.write_str("reset-in-body"),
            Self::ResetAfterCommit => f.write_str("reset-after-commit"),
            Self::Truncated => f.write_str("truncated"),
            Self::Garbage => f.write_str("garbage"),
            Self::Html => f.write_str("html"),
            Self::Empty => f.write_str("empty"),
            Self::Oversized(bytes) => write!(f, "oversized={bytes}"),
            Self::UnknownEnum => f.write_str("unknown-enum"),
            Self::ExtraFields => f.write_str("extra-fields"),
            Self::NullFields => f.write_str("null-fields"),
            Self::Redirect(url) => write!(f, "redirect={url}"),
            Self::ExpiredToken => f.write_str("expired-token"),
            Self::ClockOffset(milliseconds) => {
                let sign = if *milliseconds < 0 { "-" } else { "" };
                let offset = time(Duration::from_millis(milliseconds.unsigned_abs()));
                write!(f, "clock-offset={sign}{offset}")
            }
            Self::RateLimit { requests, window } => {
                write!(f, "rate-limit={requests}/{}", time(*window))
            }
            Self::Lost => f.write_str("lost"),
            Self::DropItems(n) => write!(f, "drop-items={n}"),
        }
    }
}

/// The fault as [`Sandbox::set_fault`](crate::Sandbox::set_fault) reads it, without a target.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = vec![self.kind.to_string()];
        words.extend(self.delay.map(|delay| format!("delay={}", time(delay))));
        if !self.jitter.is_zero() {
            words.push(format!("jitter={}", time(self.jitter)));
        }
        match self.schedule.which {
            Which::Each => {}
            Which::Every(k) => words.push(format!("every={k}")),
            Which::Probability(p) => words.push(format!("probability={p}")),
        }
        match self.schedule.count {
            Count::Default => {}
            Count::Times(count) => words.push(format!("times={count}")),
            Count::Always => words.push("always".to_owned()),
        }
        if self.schedule.seed != 0 {
            words.push(format!("seed={}", self.schedule.seed));
        }
        words.retain(|word| !word.is_empty());
        f.write_str(&words.join(" "))
    }
}
