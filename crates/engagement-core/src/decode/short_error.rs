//! Why a string was refused, without the string: serde's own errors repeat it, however long it is.

use std::fmt::{self, Display, Write as _};

use serde::de::{Error, Expected, Unexpected};

/// A reason of limited length.
#[derive(Debug)]
pub(crate) struct ShortError(String);

const LONGEST: usize = 1000;

impl ShortError {
    /// The same as another deserializer's error.
    #[cold]
    pub(crate) fn into_error<E: Error>(self) -> E {
        E::custom(self.0)
    }
}

impl Display for ShortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ShortError {}

impl Error for ShortError {
    fn custom<T: Display>(reason: T) -> Self {
        let mut text = Short(String::new());
        // Fails where the text ends early, and that is meant.
        let _ = write!(text, "{reason}");
        Self(text.0)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Str(_) => {
                Self::custom(format_args!("invalid type: string, expected {expected}"))
            }
            Unexpected::Bytes(_) => Self::custom(format_args!(
                "invalid type: byte array, expected {expected}"
            )),
            other => Self::custom(format_args!("invalid type: {other}, expected {expected}")),
        }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Str(_) => {
                Self::custom(format_args!("invalid value: string, expected {expected}"))
            }
            Unexpected::Bytes(_) => Self::custom(format_args!(
                "invalid value: byte array, expected {expected}"
            )),
            other => Self::custom(format_args!("invalid value: {other}, expected {expected}")),
        }
    }
}

/// Text that takes no more than so much.
struct Short(String);

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LONGEST - self.0.len();
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        let whole = (0..=room).rev().find(|end| text.is_char_boundary(*end));
        self.0.push_str(&text[..whole.unwrap_or_default()]);
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_short() {
        let long = "é".repeat(10_000);
        let error = ShortError::custom(format_args!("no date: {long}"));
        assert!(error.to_string().starts_with("no date: éé"));
        assert!((LONGEST - 1..=LONGEST).contains(&error.to_string().len()));
        let error = ShortError::invalid_type(Unexpected::Str(&long), &"a number");
        assert_eq!(error.to_string(), "invalid type: string, expected a number");
        let error = ShortError::invalid_value(Unexpected::Unsigned(7), &"less");
        assert_eq!(
            error.to_string(),
            "invalid value: integer `7`, expected less"
        );
    }
}
