//! The accounts of the providers.

pub(crate) mod call;
pub(crate) mod engage;
pub(crate) mod engagebay;
pub(crate) mod engageone;
pub(crate) mod engagespot;
pub(crate) mod values;
pub(crate) mod webengage;
