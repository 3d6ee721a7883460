//! Reads the vendor's file. In: its text. Out: JSON in terms of OpenAPI 3.0.

pub(crate) mod overlay;
mod swagger2;
pub(crate) mod yaml;

use serde_json::Value;

use crate::import::common::Failure;
use crate::import::common::report::{DOCUMENT, Report};

/// The source in terms of OpenAPI 3.0.
pub(crate) fn as_openapi3(source: Value, report: &mut Report) -> Result<Value, Failure> {
    if !source.is_object() {
        return Err(Failure::new(
            "",
            "is no object: give an OpenAPI or Swagger document",
        ));
    }
    let version = |key: &str| match source.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (swagger, openapi) = (version("swagger"), version("openapi"));
    if swagger.starts_with('2') {
        report.source = format!("Swagger {swagger}");
        return Ok(swagger2::convert(&source, report));
    }
    if openapi.starts_with("3.") {
        report.source = format!("OpenAPI {openapi}");
        if !openapi.starts_with("3.0") {
            report.at(DOCUMENT, "/openapi").change(format!(
                "{openapi} is read as far as OpenAPI 3.0 can say the same"
            ));
        }
        return Ok(source);
    }
    let found = if !swagger.is_empty() {
        format!("`swagger: {swagger}`")
    } else if !openapi.is_empty() {
        format!("`openapi: {openapi}`")
    } else {
        "neither `swagger` nor `openapi`".to_owned()
    };
    Err(Failure::new(
        "",
        format!(
            "the document has {found}: only Swagger 2.0 and OpenAPI 3 can be imported. If this is a page with links to several documents, import one of those"
        ),
    ))
}
