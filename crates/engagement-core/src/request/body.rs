//! The body of a request: JSON, a form, a multipart form, or bytes.

use bytes::Bytes;
use reqwest::header::HeaderValue;
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::builder::RequestBuilder;
use crate::decode;
use crate::http::text::{self, ValueStyle};
use crate::redact::json_path;
#[cfg(feature = "multipart")]
use crate::request::upload::{Multipart, Upload};
use crate::secret::zeroizing::Wiped;

const JSON_AND_FORM: &str = "both a JSON body and form fields are set";
const BYTES_AND_OTHER: &str = "both a body of bytes and another body are set";
#[cfg(feature = "multipart")]
const MULTIPART_AND_OTHER: &str = "both a multipart form and another body are set";

pub(super) enum Body {
    None,
    Json(Wiped),
    Form(FormFields),
    #[cfg(feature = "multipart")]
    Multipart(Multipart),
    /// Bytes of the caller, and their content type.
    Bytes(Bytes, HeaderValue),
}

impl Body {
    /// The error if this and `other` are both set, unless they can be combined.
    fn conflict(&self, other: &Self) -> Option<&'static str> {
        match (self, other) {
            _ if std::mem::discriminant(self) == std::mem::discriminant(other) => None,
            (Self::None, _) => None,
            (Self::Bytes(..), _) | (_, Self::Bytes(..)) => Some(BYTES_AND_OTHER),
            #[cfg(feature = "multipart")]
            (Self::Multipart(_), _) | (_, Self::Multipart(_)) => Some(MULTIPART_AND_OTHER),
            _ => Some(JSON_AND_FORM),
        }
    }
}

impl RequestBuilder {
    /// Sets the body, unless one of another type is set.
    fn set_body(&mut self, body: Body) {
        match self.body.conflict(&body) {
            Some(reason) => self.problem(reason.to_owned()),
            None => self.body = body,
        }
    }

    /// The form, unless another body is set.
    fn form_body(&mut self) -> Option<&mut FormFields> {
        if !matches!(self.body, Body::Form(_)) {
            self.set_body(Body::Form(FormFields::default()));
        }
        match &mut self.body {
            Body::Form(form) => Some(form),
            _ => None,
        }
    }

    pub(crate) fn form(&mut self, name: &str, value: Value) {
        if let Some(form) = self.form_body() {
            text::each_of_form(value, |text| form.add(name, text));
        }
    }

    /// Adds a form field that is written in a way of its own.
    pub(crate) fn form_styled(&mut self, name: &str, value: Value, style: ValueStyle) {
        if let Some(form) = self.form_body() {
            text::each_styled(name, value, style, &mut |name, texts, sign| {
                let mut buffer = [0; 4];
                form.add(name, texts.join(sign.encode_utf8(&mut buffer)));
            });
        }
    }

    pub(crate) fn form_json(&mut self, name: &str, value: &Value) {
        if let Some(form) = self.form_body()
            && !value.is_null()
        {
            form.add(name, value.to_string());
        }
    }

    /// The multipart form, unless another body is set.
    #[cfg(feature = "multipart")]
    fn multipart(&mut self) -> Option<&mut Multipart> {
        if !matches!(self.body, Body::Multipart(_)) {
            self.set_body(Body::Multipart(Multipart::default()));
        }
        match &mut self.body {
            Body::Multipart(form) => Some(form),
            _ => None,
        }
    }

    /// Sets a multipart form, and replaces an earlier one.
    #[cfg(feature = "multipart")]
    pub(crate) fn multipart_form(&mut self, form: super::form::Form) {
        self.set_body(Body::Multipart(form.0));
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn multipart_field(&mut self, name: &str, value: Value, content_type: &'static str) {
        if let Some(form) = self.multipart() {
            text::each_of_form(value, |text| form.typed(name, text, content_type));
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn multipart_json(&mut self, name: &str, value: &Value, content_type: &'static str) {
        if let Some(form) = self.multipart()
            && !value.is_null()
        {
            form.typed(name, value.to_string(), content_type);
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn file(&mut self, name: &str, file: Upload, default_content_type: &'static str) {
        if let Some(form) = self.multipart() {
            form.file(name, file, default_content_type);
        }
    }

    /// Adds every field of an object as a form field.
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
        let written = serde_json::to_writer(&mut json, body);
        self.json_bytes(json, written);
    }

    fn json_bytes(&mut self, json: Wiped, written: serde_json::Result<()>) {
        match written {
            Err(error) => self.problem(format!(
                "the body cannot be written as JSON{}: {}",
                at(&json),
                decode::reason(&error)
            )),
            Ok(()) => self.set_body(Body::Json(json)),
        }
    }

    /// Sets a body that is sent unchanged.
    pub(crate) fn bytes(&mut self, bytes: Bytes, content_type: &str) {
        match media_type(content_type) {
            Some(content_type) => self.set_body(Body::Bytes(bytes, content_type)),
            None => self.problem("the content type of the body is not like `text/csv`".to_owned()),
        }
    }
}

/// The path of the value that could not be serialized, such as ` at `meta.tags``, derived from the JSON before it; empty for
/// the root.
pub(super) fn at(json: &Wiped) -> String {
    let path = json_path::path_at_end(json.as_ref());
    if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    }
}

/// A media type with its parameters as the value of `Content-Type`; `None` if it is invalid.
fn media_type(text: &str) -> Option<HeaderValue> {
    let is_token = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !part.is_empty() && part.bytes().all(allowed)
    };
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    let (kind, subtype) = essence.split_once('/')?;
    let value = text::header_value(text)?;
    (is_token(kind) && is_token(subtype)).then_some(value)
}

/// A form. Its fields are encoded as they are added, while they are short. Those of a long form are encoded when their
/// length is known, because a buffer that grows takes several times the memory.
#[derive(Default)]
pub(super) struct FormFields {
    encoded: Wiped,
    pending: Vec<(String, Zeroizing<String>)>,
}

impl FormFields {
    /// The most that is encoded before the length of the form is known.
    const MAX_GROWING: usize = 4096;

    fn add(&mut self, name: &str, text: String) {
        // It may be a password.
        let text = Zeroizing::new(text);
        let length = self.encoded.as_ref().len() + name.len() + text.len();
        if length > Self::MAX_GROWING || !self.pending.is_empty() {
            return self.pending.push((name.to_owned(), text));
        }
        encode_field(name, &text, &mut self.encoded);
    }

    /// The form as it is sent.
    #[inline]
    pub(super) fn written(self) -> Wiped {
        if self.pending.is_empty() {
            self.encoded
        } else {
            self.written_long()
        }
    }

    #[cold]
    fn written_long(&self) -> Wiped {
        let lengths = self.pending.iter().map(|(name, text)| {
            let pieces = [name, text.as_str()].map(form_pieces);
            pieces.into_iter().flatten().map(str::len).sum::<usize>() + "=&".len()
        });
        let mut form = Wiped::with_capacity(self.encoded.as_ref().len() + lengths.sum::<usize>());
        form.extend(self.encoded.as_ref());
        for (name, text) in &self.pending {
            encode_field(name, text, &mut form);
        }
        form
    }
}

/// Not by the serializer of `form_urlencoded`, whose buffer would leave passwords behind when it grows.
#[inline(always)]
fn encode_field(name: &str, text: &str, form: &mut Wiped) {
    if !form.as_ref().is_empty() {
        form.extend(b"&");
    }
    form_pieces(name).for_each(|piece| form.extend(piece.as_bytes()));
    form.extend(b"=");
    form_pieces(text).for_each(|piece| form.extend(piece.as_bytes()));
}

fn form_pieces(text: &str) -> form_urlencoded::ByteSerialize<'_> {
    form_urlencoded::byte_serialize(text.as_bytes())
}
