//! Multipart bodies.

use std::convert::Infallible;

use bytes::Bytes;
use engagement_document::{Body, Schemas};
use futures_util::{future, stream};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;

use crate::accounts::call::{Refused, UploadedFile, bad, refused};
use crate::http::form;

/// The parts of a body, or why it has none that can be read.
pub(crate) async fn parts(
    headers: &HeaderMap,
    bytes: Bytes,
) -> Result<Vec<UploadedFile>, multer::Error> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let boundary = multer::parse_boundary(media)?;
    let whole = stream::once(future::ready(Ok::<_, Infallible>(bytes)));
    let mut fields = multer::Multipart::new(whole, boundary);
    let mut found = Vec::new();
    while let Some(field) = fields.next_field().await? {
        found.push(UploadedFile {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().unwrap_or_default().to_owned(),
            content_type: field
                .content_type()
                .map(ToString::to_string)
                .unwrap_or_default(),
            bytes: field.bytes().await?,
        });
    }
    Ok(found)
}

/// Turns parts into an object to validate, and picks the files out of them.
///
/// In the object a file is its text, or empty text where it has none.
pub(crate) fn object(
    schemas: &Schemas,
    body: &Body,
    parts: &[UploadedFile],
) -> Result<(Value, Vec<UploadedFile>), Refused> {
    let mut pairs = Vec::new();
    let mut files = Vec::new();
    for part in parts {
        if part.name.is_empty() {
            return Err(bad("the body has a part without a name"));
        }
        fitting(body, part)?;
        let text = std::str::from_utf8(&part.bytes);
        let text = if !part.file_name.is_empty() || is_binary(schemas, &body.schema, &part.name) {
            files.push(part.clone());
            text.unwrap_or_default()
        } else {
            text.map_err(|_| bad(format!("body/{}: the part is not UTF-8", part.name)))?
        };
        pairs.push((part.name.clone(), text.to_owned()));
    }
    let value = form::object(schemas, &body.schema, pairs.into_iter())?;
    Ok((value, files))
}

/// The files that an object stands for.
pub(crate) fn files(schemas: &Schemas, body: &Body, value: &Value) -> Vec<UploadedFile> {
    let members = value.as_object().into_iter().flatten();
    let files = members.filter(|(name, _)| is_binary(schemas, &body.schema, name));
    let file = |(name, value): (&String, &Value)| UploadedFile {
        name: name.clone(),
        file_name: String::new(),
        content_type: wanted(body, name).unwrap_or_default().to_owned(),
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

fn wanted<'a>(body: &'a Body, name: &str) -> Option<&'a str> {
    let found = body.part_types.iter().find(|(known, _)| known == name);
    found.map(|(_, media)| media.as_str())
}

/// Checks that a part which names its media type has one of those documented for it.
fn fitting(body: &Body, part: &UploadedFile) -> Result<(), Refused> {
    let given = essence(&part.content_type);
    let Some(wanted) = wanted(body, &part.name).filter(|_| !given.is_empty()) else {
        return Ok(());
    };
    if wanted.split(',').any(|one| covers(&essence(one), &given)) {
        return Ok(());
    }
    Err(refused(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!(
            "the Content-Type of the part `{}` is another: it takes {wanted}",
            part.name
        ),
    ))
}

/// A media type without parameters.
fn essence(media: &str) -> String {
    let media = media.split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}

/// Whether a type is meant by another, which may be `*/*` or `text/*`.
fn covers(wanted: &str, given: &str) -> bool {
    let family = wanted.strip_suffix('*');
    wanted == "*/*" || wanted == given || family.is_some_and(|family| given.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_can_stand_for_many() {
        assert!(covers("text/csv", "text/csv"));
        assert!(covers("text/*", "text/csv") && covers("*/*", "image/png"));
        assert!(!covers("text/*", "image/png") && !covers("text/csv", "text/csv2"));
        assert_eq!(essence(" Text/CSV; charset=utf-8"), "text/csv");
    }
}
