//! The body of a request: JSON, a form, or a multipart form.

use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Draft;
use crate::decode;
use crate::text;
#[cfg(feature = "multipart")]
use crate::upload::{Multipart, Upload};
use crate::wiped::Wiped;

#[cfg(feature = "multipart")]
const SECOND_BODY: &str = "both a multipart form and another body were given";

pub(super) enum Body {
    None,
    Json(Wiped),
    Form(Wiped),
    #[cfg(feature = "multipart")]
    Multipart(Multipart),
}

impl Draft {
    /// Adds a pair to the form. `None` makes the body a form without adding to it.
    fn form_pair(&mut self, name: &str, text: Option<&str>) {
        if matches!(self.body, Body::None) {
            self.body = Body::Form(Wiped::default());
        }
        match (&mut self.body, text) {
            (Body::Form(form), Some(text)) => {
                // Not by a serializer of `form_urlencoded`, whose buffer would leave passwords behind when it grows.
                let separator = if form.is_empty() { "" } else { "&" };
                let name = form_urlencoded::byte_serialize(name.as_bytes());
                let text = form_urlencoded::byte_serialize(text.as_bytes());
                let pieces = std::iter::once(separator)
                    .chain(name)
                    .chain(["="])
                    .chain(text);
                pieces.for_each(|piece| form.extend(piece.as_bytes()));
            }
            (Body::Json(_), _) => {
                self.problem("both a JSON body and form fields were given".to_owned())
            }
            #[cfg(feature = "multipart")]
            (Body::Multipart(_), _) => self.problem(SECOND_BODY.to_owned()),
            _ => {}
        }
    }

    pub(crate) fn form(&mut self, name: &str, value: Value) {
        self.form_pair(name, None);
        for text in text::of_form(value) {
            // It may be a password.
            self.form_pair(name, Some(&Zeroizing::new(text)));
        }
    }

    pub(crate) fn form_json(&mut self, name: &str, value: &Value) {
        let text = (!value.is_null()).then(|| value.to_string());
        self.form_pair(name, text.as_deref());
    }

    /// The multipart form, unless there is another body.
    #[cfg(feature = "multipart")]
    fn multipart(&mut self) -> Option<&mut Multipart> {
        if matches!(self.body, Body::None) {
            self.body = Body::Multipart(Multipart::default());
        }
        if !matches!(self.body, Body::Multipart(_)) {
            self.problem(SECOND_BODY.to_owned());
        }
        match &mut self.body {
            Body::Multipart(form) => Some(form),
            _ => None,
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn multipart_field(&mut self, name: &str, value: Value) {
        if let Some(form) = self.multipart() {
            for text in text::of_form(value) {
                form.text(name, text);
            }
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn multipart_json(&mut self, name: &str, value: &Value) {
        if let Some(form) = self.multipart()
            && !value.is_null()
        {
            form.text(name, value.to_string());
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn file(&mut self, name: &str, file: Upload, default_content_type: &'static str) {
        if let Some(form) = self.multipart() {
            form.file(name, file, default_content_type);
        }
    }

    /// Every field of an object as a form field.
    pub(crate) fn form_object(&mut self, value: Value) {
        match value {
            Value::Object(fields) => fields
                .into_iter()
                .for_each(|(name, value)| self.form(&name, value)),
            _ => self.problem("a form must be a struct or a map".to_owned()),
        }
    }

    pub(crate) fn json<T: Serialize + ?Sized>(&mut self, body: &T) {
        let mut json = Wiped::default();
        let written = serde_json::to_writer(&mut json, body).map(|()| json);
        self.json_bytes(written);
    }

    fn json_bytes(&mut self, json: serde_json::Result<Wiped>) {
        match json {
            Err(error) => self.problem(format!(
                "the body cannot be written as JSON: {}",
                decode::reason(&error)
            )),
            Ok(_) if matches!(self.body, Body::Form(_)) => {
                self.problem("both a JSON body and form fields were given".to_owned());
            }
            #[cfg(feature = "multipart")]
            Ok(_) if matches!(self.body, Body::Multipart(_)) => {
                self.problem(SECOND_BODY.to_owned());
            }
            Ok(json) => self.body = Body::Json(json),
        }
    }
}
