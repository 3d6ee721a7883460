//! `cargo xtask import`: a vendor's own API description -> a document by our rules -> a crate of its own.
//!
//! Vendors publish Swagger 2.0 or OpenAPI 3 for other tools, and rarely without defects. [`adapt`] makes of it what
//! `engagement_document` reads and the generator takes, tells everything that it changes or leaves out, and never
//! claims more than that the document says so. Importing what it wrote changes nothing more.
//!
//! Each step has a file: `swagger2` converts, `head`, `credentials`, `operations` (with `paths`, `parameters`, `bodies`
//! and `answers`) and `errors` put the new document together, `references`, `clean` (with
//! `words` and `fields`), `inline`, `compose`, `unions` and `types` work on its schemas, `examples` fills them, `settle`
//! and `generate` take out what the rules and the generator refuse, `project` and `write` make the crate.

mod accept;
mod command;
mod common;
mod describe;
mod examples;
mod project;
mod schemas;
mod source;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

pub use accept::generate::{Generated, generate};
pub use command::{Arguments, run, to_folder};
pub use common::report::{Note, Report};
pub use common::{Adapted, Failure, Options};
pub use project::files::{Core, crate_files};
pub use source::yaml::read;

use crate::codegen::names;
use accept::settle;
use common::json::{self, entries, text};
use common::report::{DOCUMENT, OPERATIONS};
use common::{naming, references};
use describe::operations::{self, Context};
use describe::{credentials, errors, head, paths};
use schemas::{clean, compose, inline, types};
use source::swagger2;

/// Makes a document by our rules of any API description.
///
/// # Errors
/// If the source is no Swagger 2.0 or OpenAPI 3, names no host, or has no operation that a client could call.
pub fn adapt(source: Value, options: &Options) -> Result<Adapted, Failure> {
    let mut report = Report::default();
    let source = as_openapi3(source, &mut report)?;
    // Written by an earlier import, or by hand to our rules: our extensions mean what we mean by them.
    let ours = source.get("x-provider").is_some();
    let mut head = head::read(&source, options, ours, &mut report)?;
    let mut credentials =
        credentials::Credentials::read(&source, &options.provider().to_uppercase(), &mut report);
    let security = credentials.requirement(source.get("security"), "", &mut report);
    let main_url = head["servers"][0]["url"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut context = Context {
        docs_url: docs_url(&source, &main_url),
        security: security.clone().unwrap_or_default(),
        hosts: Vec::new(),
        source: &source,
        options,
        ours,
        main_url,
    };
    let found = operations::find(&source, &mut report);
    let mut taken = BTreeSet::new();
    let mut paths = Map::new();
    let mut groups: Vec<(String, String)> = Vec::new();
    for found in &found {
        let (tag, group, id) = operations::name(&context, found, &mut taken, &mut report);
        match operations::build(
            &mut context,
            &mut credentials,
            found,
            &group,
            &id,
            &mut report,
        ) {
            Ok((template, operation)) => {
                paths::insert(&mut paths, &template, found.method, operation);
                if !groups.iter().any(|(known, _)| *known == group) {
                    if !ours {
                        report_module(&group, &found.pointer, &mut report);
                    }
                    groups.push((group, tag));
                }
            }
            Err(reason) => {
                report.leave_out(OPERATIONS, &found.pointer, format!("`{id}`: {reason}"));
            }
        }
    }
    if let Some(security) = security {
        head.insert("security".into(), Value::Array(security));
    }
    head.insert("tags".into(), tags_of(&source, &groups, &mut report));
    head.insert("paths".into(), Value::Object(paths));
    let schemas = source
        .pointer("/components/schemas")
        .filter(|schemas| schemas.is_object());
    head.insert(
        "components".into(),
        json!({
            "securitySchemes": credentials.schemes,
            "schemas": schemas.cloned().unwrap_or_else(|| json!({})),
        }),
    );
    if ours && let Some(error) = source.pointer("/components/responses/Error") {
        head["components"]["responses"] = json!({ "Error": error });
    }
    let mut document = Value::Object(head);
    errors::schema(&source, &mut document, &found, &mut report);
    references::settle(&source, &mut document, &mut report);
    clean::all(&mut document, ours, &mut report);
    inline::all(&mut document, &mut report);
    compose::all(&mut document, &mut report);
    // What is left of a composition can be another name of a schema, and so on.
    while inline::all(&mut document, &mut report) {
        compose::all(&mut document, &mut report);
    }
    types::rename(&mut document, &mut report);
    types::name_inner(&mut document, &mut report);
    types::drop_unused(&mut document, &mut report);
    types::rename_properties(&mut document, ours, &mut report);
    examples::all(&mut document, &mut report);
    errors::response(&mut document, ours);
    for part in ["webhooks", "x-webhooks"] {
        if source.get(part).is_some() && !ours {
            report.leave_out(
                DOCUMENT,
                &format!("/{part}"),
                "the client makes calls and doesn't receive them",
            );
        }
    }
    settle::until_it_reads(&mut document, &mut report)?;
    Ok(Adapted { document, report })
}

/// The source in terms of OpenAPI 3.0.
fn as_openapi3(source: Value, report: &mut Report) -> Result<Value, Failure> {
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
            report.change(
                DOCUMENT,
                "/openapi",
                format!("{openapi} is read as far as OpenAPI 3.0 can say the same"),
            );
        }
        return Ok(source);
    }
    let said = if !swagger.is_empty() {
        format!("`swagger: {swagger}`")
    } else if !openapi.is_empty() {
        format!("`openapi: {openapi}`")
    } else {
        "neither `swagger` nor `openapi`".to_owned()
    };
    Err(Failure::new(
        "",
        format!(
            "the document says {said}: Swagger 2.0 and OpenAPI 3 are what can be imported. If this is a page with links to several documents, import one of those"
        ),
    ))
}

/// A page for operations that have none of their own.
fn docs_url(source: &Value, main_url: &str) -> String {
    for pointer in ["/externalDocs/url", "/info/contact/url"] {
        let url = source
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default();
        if url.starts_with("http") && !url.contains([' ', '|', '\n']) {
            return url.to_owned();
        }
    }
    main_url.to_owned()
}

/// Says so where a group's module can't have the group's name.
fn report_module(group: &str, pointer: &str, report: &mut Report) {
    let module = names::module_of_group(group);
    if module != naming::in_rust(group) {
        let text =
            format!("the module of the group `{group}` is `{module}`, because the name is taken");
        report.change(OPERATIONS, pointer, text);
    }
}

/// The groups that have operations, with what the source says of them.
fn tags_of(source: &Value, groups: &[(String, String)], report: &mut Report) -> Value {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (group, tag) in groups
        .iter()
        .filter(|(group, _)| seen.insert(group.clone()))
    {
        let said = json::items(source, "tags").find(|known| text(known, "name") == *tag);
        let mut description = said.map(|tag| text(tag, "description")).unwrap_or_default();
        if description.is_empty() {
            report.fill_in("descriptions of groups");
            description = format!("What the provider calls `{tag}`");
        }
        out.push(
            json!({ "name": group, "description": description.lines().next().unwrap_or_default() }),
        );
    }
    Value::Array(out)
}

/// The number of operations of a document, and its groups.
pub(crate) fn count(document: &Value) -> (usize, usize) {
    let operations = entries(document, "paths").map(|(_, item)| {
        json::METHODS
            .iter()
            .filter(|method| item.get(**method).is_some())
            .count()
    });
    (operations.sum(), json::items(document, "tags").count())
}
