//! Operations.

use super::findings::{Findings, Subject};
use super::values;
use crate::codegen::surface::{Fact, OperationSurface, Surface};

pub(super) fn operations(old: &Surface, new: &Surface, findings: &mut Findings) {
    let has = |surface: &Surface, id: &str| surface.operations.iter().any(|known| known.id == id);
    let removed = || old.operations.iter().filter(|known| !has(new, &known.id));
    let is_renamed = |old: &OperationSurface, new: &OperationSurface| {
        (&old.http, &old.path, &old.variant) == (&new.http, &new.path, &new.variant)
    };
    for operation in &new.operations {
        let subject = Subject::new(&operation.id, &operation.place);
        let same = old.operations.iter().find(|known| known.id == operation.id);
        let renamed = removed().find(|known| same.is_none() && is_renamed(known, operation));
        if let Some(was) = renamed {
            let change = format!("renamed, was `{}`", was.id);
            let action = format!(
                "call `{}` instead of `{}`",
                signature(operation),
                signature(was)
            );
            findings.breaking(&subject, change, action);
        }
        match same.or(renamed) {
            Some(was) => operation_changes(was, operation, &subject, findings),
            None => findings.additive(
                &subject,
                format!("new operation: `{}`", signature(operation)),
            ),
        }
    }
    for operation in removed() {
        let added = new.operations.iter().filter(|known| !has(old, &known.id));
        if !added.into_iter().any(|known| is_renamed(operation, known)) {
            let subject = Subject::new(&operation.id, "").at_old(&operation.place);
            let action = format!("remove calls of `{}`", signature(operation));
            findings.breaking(&subject, "the operation is gone", action);
        }
    }
}

/// A call with the names of its arguments: `users().update(uid, body)`.
pub(super) fn signature(operation: &OperationSurface) -> String {
    let names = operation.arguments.iter().map(|value| value.name.as_str());
    format!(
        "{}({})",
        operation.call,
        names.collect::<Vec<_>>().join(", ")
    )
}

fn operation_changes(
    old: &OperationSurface,
    new: &OperationSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    values::values(old, new, subject, findings);
    form(old, new, subject, findings);
    response(old, new, subject, findings);
    pages(old, new, subject, findings);
    constants(old, new, subject, findings);
    security(old, new, subject, findings);
    match (old.deprecated, new.deprecated) {
        (false, true) => findings.additive(subject, "deprecated: callers get a warning"),
        (true, false) => findings.additive(subject, "no longer deprecated"),
        _ => {}
    }
    findings.facts(subject, "", &old.facts, &new.facts);
    let texts = |operation: &OperationSurface| {
        let values = operation.arguments.iter().chain(&operation.setters);
        let values = values.map(|value| Fact {
            name: format!("description of `{}`", value.wire),
            value: value.text.clone(),
        });
        operation
            .texts
            .iter()
            .cloned()
            .chain(values)
            .collect::<Vec<_>>()
    };
    findings.texts(subject, &texts(old), &texts(new));
}

fn form(
    old: &OperationSurface,
    new: &OperationSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    match (old.any_field, new.any_field) {
        (false, true) => findings.additive(subject, "the form takes any other field: `.field(…)`"),
        (true, false) => findings.breaking(
            subject,
            "the form takes no other fields",
            format!("remove `.field(…)` from calls of `{}`", new.call),
        ),
        _ => {}
    }
}

fn response(
    old: &OperationSurface,
    new: &OperationSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let subject = subject.at(&format!("{}/responses", new.place));
    if old.response != new.response {
        let (is, was) = (&new.response, &old.response);
        let action = if *is == format!("Option<{was}>") {
            "handle `None`: the response may be empty".to_owned()
        } else if *was == format!("Option<{is}>") {
            "remove the handling of `None`".to_owned()
        } else if is == "()" {
            "stop using the value that the call returned".to_owned()
        } else {
            format!("use `{is}`, which the call returns")
        };
        findings.breaking(&subject, format!("returns `{is}`, was `{was}`"), action);
    }
    if old.full_response == new.full_response {
        return;
    }
    match (&old.full_response, &new.full_response) {
        (None, Some(full)) => {
            findings.additive(
                &subject,
                format!("`full_body()` gives the full response, `{full}`"),
            );
        }
        (Some(_), None) => findings.breaking(
            &subject,
            "`full_body()` has nothing to give",
            "use the value that the call returns",
        ),
        (Some(was), Some(is)) => findings.breaking(
            &subject,
            format!("`full_body()` gives `{is}`, was `{was}`"),
            format!("use `{is}`"),
        ),
        (None, None) => {}
    }
}

fn pages(
    old: &OperationSurface,
    new: &OperationSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let call = &new.call;
    match (&old.elements, &new.elements) {
        (None, Some(ty)) => findings.additive(
            subject,
            format!("can be read page by page: `pages()`, and `items()` of `{ty}`"),
        ),
        (Some(_), None) => findings.breaking(
            subject,
            "can't be read page by page",
            format!(
                "call `send` of `{call}` for each page instead of `pages`, `items` and `resume`"
            ),
        ),
        (Some(was), Some(is)) if was != is => findings.breaking(
            subject,
            format!("elements of its pages are `{is}`, were `{was}`"),
            format!("use `{is}`"),
        ),
        _ => {}
    }
}

/// Values that are sent without an argument. One that becomes an argument, or was one, is a change of the arguments.
fn constants(
    old: &OperationSurface,
    new: &OperationSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let find = |facts: &[Fact], name: &str| facts.iter().any(|fact| fact.name == name);
    let is_value = |operation: &OperationSurface, name: &str| {
        let mut values = operation.arguments.iter().chain(&operation.setters);
        values.any(|value| format!("{} `{}`", value.kind, value.wire) == name)
    };
    for fact in &new.constants {
        if !find(&old.constants, &fact.name) && !is_value(old, &fact.name) {
            findings.wire_only(
                subject,
                format!("{} is always sent: {}", fact.name, fact.value),
            );
        }
    }
    for fact in &old.constants {
        if !find(&new.constants, &fact.name) && !is_value(new, &fact.name) {
            findings.wire_only(subject, format!("{} is not sent", fact.name));
        }
    }
    findings.facts(subject, "", &old.constants, &new.constants);
}

/// Alternatives of credentials. A client that could call must still be able to.
fn security(
    old: &OperationSurface,
    new: &OperationSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    if old.security == new.security {
        return;
    }
    let alternatives = |operation: &OperationSurface| match operation.security.is_empty() {
        true => vec![Vec::new()],
        false => operation.security.clone(),
    };
    let (was, is) = (alternatives(old), alternatives(new));
    let sentence = format!("credentials: {}, was {}", shown(&is), shown(&was));
    let enough = |had: &Vec<String>| {
        let mut needed = is.iter();
        needed.any(|needed| needed.iter().all(|scheme| had.contains(scheme)))
    };
    if was.iter().all(enough) {
        findings.wire_only(subject, sentence);
    } else {
        findings.breaking(subject, sentence, format!("give the client {}", shown(&is)));
    }
}

fn shown(alternatives: &[Vec<String>]) -> String {
    let all = alternatives.iter().map(|schemes| match schemes.as_slice() {
        [] => "none".to_owned(),
        schemes => format!("`{}`", schemes.join("` and `")),
    });
    all.collect::<Vec<_>>().join(" or ")
}
