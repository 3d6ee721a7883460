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
    let credentials = Credentials::read(source, &options.provider().to_uppercase(), report);
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
        taken: BTreeSet::new(),
        short_ids: BTreeSet::new(),
        made: Map::new(),
        source,
        options,
        ours,
        main_url,
        credentials,
        report,
    };
    let found = operations::find(source, context.report);
    context.short_ids = operations::short_ids(&found);
    let (paths, groups) = paths_of(&mut context, &found);
    let Context {
        credentials,
        made,
        report,
        ..
    } = context;
    if let Some(security) = security {
        head.insert("security".into(), Value::Array(security));
    }
    head.insert("tags".into(), tags_of(source, &groups, report));
    head.insert("paths".into(), Value::Object(paths));
    let schemas = source.pointer("/components/schemas");
    let mut schemas = schemas
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    schemas.extend(made);
    head.insert(
        "components".into(),
        json!({
            "securitySchemes": credentials.schemes,
            "schemas": schemas,
        }),
    );
    if ours && let Some(error) = source.pointer("/components/responses/Error") {
        head["components"]["responses"] = json!({ "Error": error });
    }
    let mut document = Value::Object(head);
    errors::schema(source, &mut document, &found, report);
    for part in ["webhooks", "x-webhooks"] {
        if source.get(part).is_some() && !ours {
            report
                .at(DOCUMENT, &format!("/{part}"))
                .leave_out("the client makes calls and doesn't receive them");
        }
    }
    Ok(document)
}

/// The operations under their paths, and the groups with the tags that they are made from.
fn paths_of(
    context: &mut Context<'_>,
    found: &[SourceOperation<'_>],
) -> (Map<String, Value>, Vec<(String, String)>) {
    let mut paths = Map::new();
    let mut groups: Vec<(String, String)> = Vec::new();
    for found in found {
        let (tag, group, id) = operations::name(context, found);
        match operations::build(context, found, &group, &id) {
            Ok((template, operation)) => {
                paths::insert(&mut paths, &template, found.method, operation);
                if !groups.iter().any(|(known, _)| *known == group) {
                    report_module(context, found, &group);
                    groups.push((group, tag));
                }
            }
            Err(reason) => context
                .at(OPERATIONS, &found.pointer)
                .leave_out(format!("`{id}`: {reason}")),
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
    let holders = ["/externalDocs", "/info/contact"].into_iter();
    let mut known = holders.map(|at| text(source.pointer(at).unwrap_or(&Value::Null), "url"));
    let usable = |url: &String| url.starts_with("http") && !url.contains([' ', '|', '\n']);
    known.find(usable).unwrap_or_else(|| main_url.to_owned())
}

/// Says so where a group's module can't have the group's name.
fn report_module(context: &mut Context<'_>, found: &SourceOperation<'_>, group: &str) {
    let module = names::module_of_group(group);
    if module != naming::in_rust(group) && !context.ours {
        context.at(OPERATIONS, &found.pointer).change(format!(
            "the module of the group `{group}` is `{module}`, because the name is taken"
        ));
    }
}

/// The groups that have operations, with what the source says of them.
fn tags_of(source: &Value, groups: &[(String, String)], report: &mut Report) -> Value {
    let tags = groups.iter().map(|(group, tag)| {
        let known = items(source, "tags").find(|known| text(known, "name") == *tag);
        let mut description = text(known.unwrap_or(&Value::Null), "description");
        if description.is_empty() {
            report.fill_in("descriptions of groups");
            description = format!("What the provider calls `{tag}`");
        }
        json!({ "name": group, "description": description.lines().next().unwrap_or_default() })
    });
    tags.collect()
}
