//! Keeps credentials and personal data out of errors, logs and `Debug`.

pub(crate) mod json_path;
pub(crate) mod mask;
pub(crate) mod redacted;
pub(crate) mod secret_mask;
