//! Lists that come in pages.

mod items;
mod pages;
mod resume_point;
mod rule;

pub use items::Items;
pub use pages::Pages;
pub use resume_point::{ResumePoint, ResumePointError};
