//! Operations: what they are called, and the parts that they are put together from.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::import::common::json::{METHODS, entries, flag, follow, list, step, strings, text};
use crate::import::common::naming;
use crate::import::common::report::{DOCUMENT, OPERATIONS, Report};
use crate::import::describe::context::{Context, SourceOperation};
use crate::import::describe::parameters::HeaderCredentials;
use crate::import::describe::{bodies, head, parameters, paths, responses};

/// The operations of the source, in its order.
pub(crate) fn find<'a>(source: &'a Value, report: &mut Report) -> Vec<SourceOperation<'a>> {
    let mut found = Vec::new();
    for (key, item) in entries(source, "paths") {
        let pointer = step("/paths", key);
        if key.starts_with("x-") {
            continue;
        }
        let Some(item) = follow(source, item) else {
            report
                .at(OPERATIONS, &pointer)
                .leave_out("the path refers to another file, or to nothing");
            continue;
        };
        for (name, raw) in item.as_object().into_iter().flatten() {
            let small = name.to_ascii_lowercase();
            let method = METHODS.into_iter().find(|method| *method == small);
            match method {
                Some(method) if raw.is_object() => found.push(SourceOperation {
                    pointer: step(&pointer, name),
                    key: key.clone(),
                    method,
                    raw,
                    item,
                }),
                Some(_) => {}
                None => {
                    let known = ["parameters", "summary", "description", "servers", "$ref"];
                    if !name.starts_with("x-") && !known.contains(&name.as_str()) {
                        report.at(DOCUMENT, &pointer).change(format!(
                            "`{name}` is neither a method nor a field of a path item; ignored"
                        ));
                    }
                }
            }
        }
    }
    found
}

/// The tag of an operation, and the group that it becomes.
fn group_of(found: &SourceOperation<'_>) -> (String, String) {
    let tag = match strings(found.raw, "tags").first() {
        Some(tag) if !tag.trim().is_empty() => tag.clone(),
        _ => paths::first_segment(&found.key),
    };
    let group = naming::group(&tag);
    (tag, group)
}

/// Ids without the group's name in the action, where no other operation has or would get the same.
pub(crate) fn short_ids(found: &[SourceOperation<'_>]) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for operation in found {
        let (_, group) = group_of(operation);
        let action = action_of(&text(operation.raw, "operationId"), &group, operation);
        let names = BTreeSet::from([naming::without_group(&action, &group), action]);
        for name in names {
            *counts.entry(format!("{group}_{name}")).or_default() += 1;
        }
    }
    counts.retain(|_, count| *count == 1);
    counts.into_keys().collect()
}

/// Gives an operation its tag, group and id.
pub(crate) fn name(
    context: &mut Context<'_>,
    found: &SourceOperation<'_>,
) -> (String, String, String) {
    let tags = strings(found.raw, "tags");
    let (tag, group) = group_of(found);
    let given = text(found.raw, "operationId");
    let action = action_of(&given, &group, found);
    let mut wanted = format!("{group}_{action}");
    // `parcels().list()` and not `parcels().list_parcels()`.
    let short = format!("{group}_{}", naming::without_group(&action, &group));
    if !context.ours && context.short_ids.contains(&short) {
        wanted = short;
    }
    if context.taken.contains(&naming::folded(&wanted)) {
        let words = paths::action_words(&found.key, found.method, &group);
        wanted = format!("{group}_{}", naming::action(&words.join("_")));
    }
    let id = naming::unique(&wanted, "_", &mut context.taken);
    let ours = context.ours;
    let mut place = context.at(OPERATIONS, &found.pointer);
    if given.is_empty() {
        place.change(format!("has no operationId; it is `{id}`, after its path"));
    } else if given != id {
        place.change(format!("operationId `{given}` is `{id}`"));
    }
    let count = tags.len();
    if count > 1 {
        place.change(format!(
            "has {count} tags; the first one, `{tag}`, is its group"
        ));
    } else if !ours && count == 0 {
        place.change(format!(
            "has no tag; its group is `{group}`, after its path"
        ));
    }
    (tag, group, id)
}

/// The action in an operationId of the source, without the group's name; that of the path if there is none.
fn action_of(given: &str, group: &str, found: &SourceOperation<'_>) -> String {
    // An id that has the right form stays, so that a document can be imported again.
    let own = given.strip_prefix(group);
    let own = own.and_then(|rest| rest.strip_prefix('_'));
    let fits = |action: &&str| !action.is_empty() && naming::action(action) == *action;
    if let Some(action) = own.filter(fits) {
        return action.to_owned();
    }
    let mut words = naming::words(given);
    // As Spring's tools write it: `getUserUsingGET_1`.
    if let Some(at) = words.iter().rposition(|word| word == "using") {
        let method = words
            .get(at + 1)
            .is_some_and(|word| METHODS.contains(&word.as_str()));
        if at > 0 && method && words.len() <= at + 3 {
            words.truncate(at);
        }
    }
    let group_words = naming::words(group);
    if words.len() > group_words.len() && words.starts_with(&group_words) {
        words.drain(..group_words.len());
    }
    if words.is_empty() {
        words = paths::action_words(&found.key, found.method, group);
    }
    naming::action(&words.join("_"))
}

/// Puts an operation together; `Err` says why it is left out.
pub(crate) fn build(
    context: &mut Context<'_>,
    found: &SourceOperation<'_>,
    group: &str,
    id: &str,
) -> Result<(paths::Template, Value), String> {
    let mut template = paths::template(&found.key)?;
    let (list, carried) = parameters::read(context, found, &mut template);
    let body = bodies::read(context, found)?;
    let responses = responses::read(context, found, id);
    let server = server(context, found)?;
    if let Some(note) = template.note.take() {
        context.at(OPERATIONS, &found.pointer).change(note);
    }
    let raw = found.raw;
    let mut new = json!({ "operationId": id, "tags": [group] });
    prose(context, found, &template.path, &mut new);
    if flag(raw, "deprecated") {
        new["deprecated"] = json!(true);
    }
    if context.ours {
        for (key, value) in raw.as_object().into_iter().flatten() {
            if key.starts_with("x-") {
                new[key] = value.clone();
            }
        }
    }
    if new.get("x-evidence").is_none() {
        new["x-evidence"] = json!({ "level": "docs", "source": context.options.source });
    }
    if let Some(security) = security(context, found, &carried) {
        new["security"] = json!(security);
    }
    if let Some(server) = server {
        new["servers"] = json!([server]);
    }
    if !list.is_empty() {
        new["parameters"] = Value::Array(list);
    }
    if let Some(body) = body {
        new["requestBody"] = body;
    }
    new["responses"] = responses;
    for key in ["callbacks", "links"] {
        if raw.get(key).is_some() {
            context
                .at(OPERATIONS, &step(&found.pointer, key))
                .leave_out("the client makes calls and doesn't receive them");
        }
    }
    Ok((template, new))
}

/// The security of an operation where it differs from the document's.
fn security(
    context: &mut Context<'_>,
    found: &SourceOperation<'_>,
    carried: &HeaderCredentials,
) -> Option<Vec<Value>> {
    let credentials = &mut context.credentials;
    let own = found.raw.get("security");
    let own = credentials.requirement(own, &found.pointer, context.report);
    let mut security = own.clone().unwrap_or_else(|| context.security.clone());
    for (header, description) in carried {
        security = credentials.hoist(header, description, security, context.report);
    }
    let differs = own.is_some() || !carried.is_empty() && security != context.security;
    differs.then_some(security)
}

/// Summary, description and page; what the source lacks is filled in.
fn prose(context: &mut Context<'_>, found: &SourceOperation<'_>, path: &str, new: &mut Value) {
    let one_line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut summary = one_line(text(found.raw, "summary"));
    let mut description = text(found.raw, "description");
    if description.is_empty() {
        description = text(found.item, "description");
    }
    if summary.is_empty() {
        context.report.fill_in("summaries");
        let first = one_line(description.clone());
        let first = first.split(". ").next().unwrap_or_default();
        let first = first.trim_end_matches('.');
        summary = if first.is_empty() || first.chars().count() > 80 {
            format!("{} {path}", found.method.to_uppercase())
        } else {
            first.to_owned()
        };
    }
    if description.is_empty() {
        context.report.fill_in("descriptions of operations");
        description = "The provider says no more about it.".to_owned();
    }
    let docs = found.raw.get("externalDocs").unwrap_or(&Value::Null);
    let mut url = text(docs, "url");
    if url.is_empty() {
        context.report.fill_in("links to the provider's page");
        url.clone_from(&context.docs_url);
    }
    new["summary"] = json!(summary);
    new["description"] = json!(description);
    new["externalDocs"] = json!({ "url": url });
}

/// A host of the operation's own, with a name; `None` if its calls go to the main one. `Err` if the host is not known: the
/// body and the credentials must not go to another one.
fn server(context: &mut Context<'_>, found: &SourceOperation<'_>) -> Result<Option<Value>, String> {
    let own = list(found.raw, "servers");
    let (holder, servers) = match own {
        [] => ("path", list(found.item, "servers")),
        own => ("operation", own),
    };
    let Some(server) = servers.first() else {
        return Ok(None);
    };
    if context.ours && server.get("x-name").is_some() {
        return Ok(Some(server.clone()));
    }
    let written = text(server, "url");
    let url = head::without_variables(server, &found.pointer, context.report);
    let url = url.trim_end_matches('/');
    if url == context.main_url || url == context.declared_url {
        return Ok(None);
    }
    let url = match context.relative_to.as_deref() {
        Some(origin) if url.starts_with('/') || url.is_empty() => format!("{origin}{url}"),
        _ => url.to_owned(),
    };
    if !head::is_full(&url) {
        return Err(format!(
            "its calls go to a host of the {holder}'s own, and `{written}` is no full URL: write the URL in the document and import again"
        ));
    }
    if url == context.main_url {
        return Ok(None);
    }
    let known = context.hosts.iter().position(|host| *host == url);
    let number = known.unwrap_or_else(|| {
        context.hosts.push(url.clone());
        context.hosts.len() - 1
    });
    let name = format!("host{}", number + 2);
    let mut note = format!("its own host `{url}` is called `{name}`");
    for other in &servers[1..] {
        note.push_str(&format!("; `server_url` reaches `{}`", text(other, "url")));
    }
    context.at(OPERATIONS, &found.pointer).change(note);
    Ok(Some(json!({ "url": url, "x-name": name })))
}
