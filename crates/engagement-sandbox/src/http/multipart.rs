//! Multipart bodies.

use std::convert::Infallible;

use bytes::Bytes;
use engagement_document::{Body, Schemas};
use futures_util::{future, stream};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;

use super::form;
use crate::accounts::call::UploadedFile;
use crate::accounts::response::{ApiError, bad_request};

/// Parses a multipart body.
pub(crate) async fn parts(
    headers: &HeaderMap,
    bytes: Bytes,
) -> Result<Vec<UploadedFile>, multer::Error> {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let boundary = multer::parse_boundary(media_type)?;
    let body = stream::once(future::ready(Ok::<_, Infallible>(bytes)));
    let mut fields = multer::Multipart::new(body, boundary);
    let mut parts = Vec::new();
    while let Some(field) = fields.next_field().await? {
        parts.push(UploadedFile {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().unwrap_or_default().to_owned(),
            content_type: field
                .content_type()
                .map(ToString::to_string)
                .unwrap_or_default(),
            bytes: field.bytes().await?,
        });
    }
    Ok(parts)
}

/// Converts parts to an object that can be validated, and to files.
///
/// In the object a file is represented by its text, or by empty text if it isn't UTF-8.
pub(crate) fn object(
    schemas: &Schemas,
    body: &Body,
    parts: &[UploadedFile],
) -> Result<(Value, Vec<UploadedFile>), ApiError> {
    let mut pairs = Vec::new();
    let mut files = Vec::new();
    for part in parts {
        if part.name.is_empty() {
            return Err(bad_request("the body has a part without a name"));
        }
        check_media_type(body, part)?;
        let text = std::str::from_utf8(&part.bytes);
        let text = if !part.file_name.is_empty() || is_binary(schemas, &body.schema, &part.name) {
            files.push(part.clone());
            text.unwrap_or_default()
        } else {
            text.map_err(|_| bad_request(format!("body/{}: the part is not UTF-8", part.name)))?
        };
        pairs.push((part.name.clone(), text.to_owned()));
    }
    let value = form::object(schemas, &body.schema, pairs.into_iter())?;
    Ok((value, files))
}

/// The files that the fields of an object represent, for a call without HTTP.
pub(crate) fn files(schemas: &Schemas, body: &Body, value: &Value) -> Vec<UploadedFile> {
    let fields = value.as_object().into_iter().flatten();
    let files = fields.filter(|(name, _)| is_binary(schemas, &body.schema, name));
    let file = |(name, value): (&String, &Value)| UploadedFile {
        name: name.clone(),
        file_name: String::new(),
        content_type: documented_type(body, name).unwrap_or_default().to_owned(),
        bytes: Bytes::from(value.as_str().unwrap_or_default().to_owned()),
    };
    files.map(file).collect()
}

fn is_binary(schemas: &Schemas, schema: &Value, name: &str) -> bool {
    let properties = schemas.properties(schema);
    let schema = properties.iter().find(|(known, _)| *known == name);
    schema.is_some_and(|(_, schema)| {
        schemas
            .resolve(schema)
            .get("format")
            .and_then(Value::as_str)
            == Some("binary")
    })
}

fn documented_type<'a>(body: &'a Body, name: &str) -> Option<&'a str> {
    let found = body.part_types.iter().find(|(known, _)| known == name);
    found.map(|(_, media)| media.as_str())
}

/// Checks that the media type of a part, if it has one, is documented for it (415).
fn check_media_type(body: &Body, part: &UploadedFile) -> Result<(), ApiError> {
    let given = essence(&part.content_type);
    let Some(documented) = documented_type(body, &part.name).filter(|_| !given.is_empty()) else {
        return Ok(());
    };
    if documented
        .split(',')
        .any(|range| covers(&essence(range), &given))
    {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!(
            "the Content-Type of the part `{}` is wrong: it takes {documented}",
            part.name
        ),
    ))
}

/// A media type without parameters, in lower case.
fn essence(media: &str) -> String {
    let media = media.split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}

/// Whether a media range, such as `*/*` or `text/*`, includes a media type.
fn covers(range: &str, media_type: &str) -> bool {
    let prefix = range.strip_suffix('*');
    range == "*/*"
        || range == media_type
        || prefix.is_some_and(|prefix| media_type.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_ranges_include_media_types() {
        assert!(covers("text/csv", "text/csv"));
        assert!(covers("text/*", "text/csv") && covers("*/*", "image/png"));
        assert!(!covers("text/*", "image/png") && !covers("text/csv", "text/csv2"));
        assert_eq!(essence(" Text/CSV; charset=utf-8"), "text/csv");
    }
}
