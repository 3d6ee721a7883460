use std::fmt;

/// Why a fault can't be set: its text, its target or a value is wrong. The message says what is possible instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(pub(crate) String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}
