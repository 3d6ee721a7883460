//! A multipart form for raw requests.

use std::fmt;

use crate::request::upload::{Multipart, Upload};

/// A `multipart/form-data` body for [`RawRequest::multipart`](crate::RawRequest::multipart). Fields are sent in the order in
/// which they were added; several may have the same name.
///
/// ```no_run
/// # use engagement_core::{Form, Method, Upload};
/// # async fn example(client: &engagement_core::ClientCore) -> Result<(), engagement_core::Error> {
/// let form = Form::new()
///     .text("folder", "reports")
///     .file("report", Upload::from_path("out/report.csv").content_type("text/csv"));
/// client.request(Method::POST, "/assets/").multipart(form).send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "a form is sent only as part of a request"]
pub struct Form(pub(super) Multipart);

impl Form {
    /// A form without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field.
    pub fn text(mut self, name: impl AsRef<str>, text: impl Into<String>) -> Self {
        self.0.text(name.as_ref(), text.into());
        self
    }

    /// Adds a file. It has a content type only if the [`Upload`] has one.
    pub fn file(mut self, name: impl AsRef<str>, file: impl Into<Upload>) -> Self {
        self.0.file(name.as_ref(), file.into(), "");
        self
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").finish_non_exhaustive()
    }
}
