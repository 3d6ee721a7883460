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

const JSON_AND_FORM: &str = "both a JSON body and form fields were given";
#[cfg(feature = "multipart")]
const MULTIPART_AND_OTHER: &str = "both a multipart form and another body were given";

pub(super) enum Body {
    None,
    Json(Wiped),
    Form(Form),
    #[cfg(feature = "multipart")]
    Multipart(Multipart),
}

impl Draft {
    /// The form, unless there is another body.
    fn form_body(&mut self) -> Option<&mut Form> {
        if matches!(self.body, Body::None) {
            self.body = Body::Form(Form::default());
        }
        match self.body {
            Body::Json(_) => self.problem(JSON_AND_FORM.to_owned()),
            #[cfg(feature = "multipart")]
            Body::Multipart(_) => self.problem(MULTIPART_AND_OTHER.to_owned()),
            Body::None | Body::Form(_) => {}
        }
        match &mut self.body {
            Body::Form(form) => Some(form),
            _ => None,
        }
    }

    pub(crate) fn form(&mut self, name: &str, value: Value) {
        if let Some(form) = self.form_body() {
            for text in text::of_form(value) {
                form.add(name, text);
            }
        }
    }

    pub(crate) fn form_json(&mut self, name: &str, value: &Value) {
        if let Some(form) = self.form_body()
            && !value.is_null()
        {
            form.add(name, value.to_string());
        }
    }

    /// The multipart form, unless there is another body.
    #[cfg(feature = "multipart")]
    fn multipart(&mut self) -> Option<&mut Multipart> {
        if matches!(self.body, Body::None) {
            self.body = Body::Multipart(Multipart::default());
        }
        if !matches!(self.body, Body::Multipart(_)) {
            self.problem(MULTIPART_AND_OTHER.to_owned());
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
                self.problem(JSON_AND_FORM.to_owned());
            }
            #[cfg(feature = "multipart")]
            Ok(_) if matches!(self.body, Body::Multipart(_)) => {
                self.problem(MULTIPART_AND_OTHER.to_owned());
            }
            Ok(json) => self.body = Body::Json(json),
        }
    }
}

/// The fields of a form. They are written when all are known, so that the buffer never grows.
#[derive(Default)]
pub(super) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    fn add(&mut self, name: &str, text: String) {
        // It may be a password.
        self.0.push((name.to_owned(), Zeroizing::new(text)));
    }

    /// The fields as they are sent. Not by a serializer of `form_urlencoded`, whose buffer would leave passwords behind
    /// when it grows.
    pub(super) fn written(&self) -> Wiped {
        let pieces = || {
            self.0.iter().enumerate().flat_map(|(at, (name, text))| {
                let separator = if at == 0 { "" } else { "&" };
                let name = form_urlencoded::byte_serialize(name.as_bytes());
                let text = form_urlencoded::byte_serialize(text.as_bytes());
                std::iter::once(separator)
                    .chain(name)
                    .chain(["="])
                    .chain(text)
            })
        };
        let mut body = Wiped::with_capacity(pieces().map(str::len).sum());
        pieces().for_each(|piece| body.extend(piece.as_bytes()));
        body
    }
}
