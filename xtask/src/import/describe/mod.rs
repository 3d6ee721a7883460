//! Describes the API by our rules. In: the source in terms of OpenAPI 3.0. Out: a document whose schemas are still those of
//! the source.

mod bodies;
mod context;
mod credentials;
mod errors;
mod head;
mod operations;
mod parameters;
mod paths;
mod responses;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::codegen::names;
use crate::import::common::json::{items, text};
use crate::import::common::report::{DOCUMENT, OPERATIONS, Report};
use crate::import::common::{Failure, Options, naming};
use context::{Context, SourceOperation};
use credentials::Credentials;

/// The document: head, operations, credentials and the schema of errors.
pub(crate) fn document(
    source: &Value,
    options: &Options,
    ours: bool,
    report: &mut Report,
) -> Result<Value, Failure> {
    let mut head = head::read(source, options, ours, report)?;
    let mut credentials = Credentials::read(source, &options.provider().to_uppercase(), report);
    let security = credentials.requirement(source.get("security"), "", report);
    let main_url = text(&head["servers"][0], "url");
    let declared_url = declared_url(source);
    let relative = options.server.is_some() && !declared_url.contains("://");
    let mut context = Context {
        relative_to: relative.then(|| origin(&main_url)),
        declared_url,
        docs_url: docs_url(source, &main_url),
        security: security.clone().unwrap_or_default(),
        hosts: Vec::new(),
        source,
        options,
        ours,
        main_url,
    };
    let found = operations::find(source, report);
    let (paths, groups) = paths_of(&mut context, &mut credentials, &found, report);
    if let Some(security) = security {
        head.insert("security".into(), Value::Array(security));
    }
    head.insert("tags".into(), tags_of(source, &groups, report));
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
    errors::schema(source, &mut document, &found, report);
    for part in ["webhooks", "x-webhooks"] {
        if source.get(part).is_some() && !ours {
            report.leave_out(
                DOCUMENT,
                &format!("/{part}"),
                "the client makes calls and doesn't receive them",
            );
        }
    }
    Ok(document)
}

/// The operations under their paths, and the groups with the tags that they are made from.
fn paths_of(
    context: &mut Context<'_>,
    credentials: &mut Credentials,
    found: &[SourceOperation<'_>],
    report: &mut Report,
) -> (Map<String, Value>, Vec<(String, String)>) {
    let mut taken = BTreeSet::new();
    let mut paths = Map::new();
    let mut groups: Vec<(String, String)> = Vec::new();
    for found in found {
        let (tag, group, id) = operations::name(context, found, &mut taken, report);
        match operations::build(context, credentials, found, &group, &id, report) {
            Ok((template, operation)) => {
                paths::insert(&mut paths, &template, found.method, operation);
                if !groups.iter().any(|(known, _)| *known == group) {
                    if !context.ours {
                        report_module(&group, &found.pointer, report);
                    }
                    groups.push((group, tag));
                }
            }
            Err(reason) => {
                report.leave_out(OPERATIONS, &found.pointer, format!("`{id}`: {reason}"));
            }
        }
    }
    (paths, groups)
}

/// The first URL of the document, with the defaults of its variables.
fn declared_url(source: &Value) -> String {
    let server = items(source, "servers").next().unwrap_or(&Value::Null);
    let url = head::without_variables(server, "", &mut Report::default());
    url.trim_end_matches('/').to_owned()
}

/// Scheme and host of a URL.
fn origin(url: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    url[..end].to_owned()
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
        let known_tag = items(source, "tags").find(|known| text(known, "name") == *tag);
        let mut description = known_tag
            .map(|tag| text(tag, "description"))
            .unwrap_or_default();
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
