//! Points in time as numbers since 1970.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::types::scalar::whole;

#[cfg(any(feature = "jiff", feature = "chrono"))]
mod range_error;
#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;

#[cfg(any(feature = "jiff", feature = "chrono"))]
pub use range_error::TimeRangeError;

macro_rules! epoch {
    ($(#[$meta:meta])* $name:ident, $unit:literal, $duration:expr, $count:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl $name {
            /// The number.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }

            /// The point in time; `None` if this machine's clock cannot express it.
            #[must_use]
            pub fn as_system_time(self) -> Option<SystemTime> {
                let distance = $duration(self.0.unsigned_abs());
                if self.0 < 0 {
                    SystemTime::UNIX_EPOCH.checked_sub(distance)
                } else {
                    SystemTime::UNIX_EPOCH.checked_add(distance)
                }
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        /// Rounds down.
        impl From<SystemTime> for $name {
            fn from(time: SystemTime) -> Self {
                let count = |distance: Duration| i64::try_from($count(distance)).unwrap_or(i64::MAX);
                Self(match time.duration_since(SystemTime::UNIX_EPOCH) {
                    Ok(after) => count(after),
                    Err(before) => {
                        let whole = count(before.duration());
                        let partly = $duration(whole.unsigned_abs()) < before.duration();
                        (-whole).saturating_sub(i64::from(partly))
                    }
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.parse().map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(WholeVisitor(concat!("whole ", $unit, " since 1970"))).map(Self)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "integer",
                    "format": "int64",
                    "description": concat!("Whole ", $unit, " since 1970-01-01T00:00:00Z"),
                })
            }
        }
    };
}

epoch! {
    /// Whole seconds since 1970-01-01T00:00:00Z. Read from integers, integral floats and digits in a string; written as
    /// an integer.
    ///
    /// There is no implicit conversion from milliseconds: use [`EpochMillis::to_seconds`].
    EpochSeconds, "seconds", Duration::from_secs, |distance: Duration| distance.as_secs()
}

epoch! {
    /// Whole milliseconds since 1970-01-01T00:00:00Z. Read from integers, integral floats and digits in a string; written
    /// as an integer.
    EpochMillis, "milliseconds", Duration::from_millis, |distance: Duration| distance.as_millis()
}

impl EpochMillis {
    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn to_seconds(self) -> EpochSeconds {
        EpochSeconds(self.0.div_euclid(1000))
    }
}

/// Times outside the range of milliseconds become the minimum or maximum.
impl From<EpochSeconds> for EpochMillis {
    fn from(time: EpochSeconds) -> Self {
        Self(time.0.saturating_mul(1000))
    }
}

struct WholeVisitor(&'static str);

impl Visitor<'_> for WholeVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        whole(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        text.trim()
            .parse()
            .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}
