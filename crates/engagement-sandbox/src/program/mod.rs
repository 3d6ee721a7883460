//! What the program has beyond the library.

pub(crate) mod request_line;
pub(crate) mod signals;
