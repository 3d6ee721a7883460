//! The stages that make a document.

use serde_json::Value;

use crate::import::common::report::Report;
use crate::import::common::{Adapted, Failure, Options};
use crate::import::{accept, describe, examples, pages, schemas, source};

/// Makes a document by our rules of any API description.
///
/// # Errors
/// If the source is no Swagger 2.0 or OpenAPI 3, names no host, or has no operation that a client could call.
pub fn adapt(source: Value, options: &Options) -> Result<Adapted, Failure> {
    let mut report = Report::default();
    let source = source::as_openapi3(source, &mut report)?;
    // Written by an earlier import, or by hand to our rules: our extensions mean what we mean by them.
    let ours = source.get("x-provider").is_some();
    let mut document = describe::document(&source, options, ours, &mut report)?;
    schemas::rewrite(&source, &mut document, ours, &mut report);
    if !ours {
        pages::recognise(&mut document, &mut report);
    }
    examples::complete(&mut document, ours, &mut report);
    accept::until_valid(&mut document, &mut report)?;
    Ok(Adapted { document, report })
}
