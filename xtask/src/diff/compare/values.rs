//! Arguments and setters of a call.

use super::findings::{Findings, Subject};
use super::operations::signature;
use crate::codegen::surface::{OperationSurface, ValueSurface};

/// A value of both calls: as it was, as it is.
type Pair<'a> = (&'a ValueSurface, &'a ValueSurface);

pub(super) fn values(
    old: &OperationSurface,
    new: &OperationSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let pairs = pairs(old, new);
    let is_old = |value: &ValueSurface| pairs.iter().any(|(was, _)| std::ptr::eq(*was, value));
    let is_new = |value: &ValueSurface| pairs.iter().any(|(_, is)| std::ptr::eq(*is, value));
    let required = |operation: &OperationSurface, value: &ValueSurface| {
        let at = operation.arguments.iter();
        at.into_iter().position(|known| std::ptr::eq(known, value))
    };
    let called = signature(new);
    for value in new.arguments.iter().chain(&new.setters) {
        let subject = subject.at(&value.place);
        let what = described(value);
        let at = required(new, value);
        if let Some((was, _)) = pairs.iter().find(|(_, is)| std::ptr::eq(*is, value)) {
            match (required(old, was), at) {
                (None, Some(at)) => findings.breaking(
                    &subject,
                    format!("{what} is required now"),
                    format!(
                        "pass it as argument {} of `{called}` instead of `.{}(…)`",
                        at + 1,
                        was.name
                    ),
                ),
                (Some(_), None) => findings.breaking(
                    &subject,
                    format!("{what} is optional now"),
                    format!(
                        "set it with `.{}(…)`; the arguments are `{called}`",
                        value.name
                    ),
                ),
                (was_at, _) => names(was, value, was_at.is_none(), &subject, findings),
            }
            types(was, value, &subject, findings);
            findings.facts(
                &subject,
                &format!("`{}`", value.name),
                &was.facts,
                &value.facts,
            );
        } else if !is_new(value) {
            match at {
                Some(at) => findings.breaking(
                    &subject,
                    format!("{what} is new and required"),
                    format!("pass it as argument {} of `{called}`", at + 1),
                ),
                None => findings.additive(&subject, format!("{what} is new: `.{}(…)`", value.name)),
            }
        }
    }
    for value in old.arguments.iter().chain(&old.setters) {
        if is_old(value) {
            continue;
        }
        let subject = subject.at_old(&value.place);
        let action = match required(old, value) {
            Some(_) => format!("remove the argument; the arguments are `{called}`"),
            None => format!("remove `.{}(…)` from calls of `{}`", value.name, new.call),
        };
        findings.breaking(&subject, format!("{} is gone", described(value)), action);
    }
    order(old, new, &pairs, subject, findings);
}

fn described(value: &ValueSurface) -> String {
    match value.kind {
        "body" => "the body".to_owned(),
        kind => format!("{kind} `{}`", value.wire),
    }
}

/// Values that are the same by their names on the wire, or else by their names in Rust.
fn pairs<'a>(old: &'a OperationSurface, new: &'a OperationSurface) -> Vec<Pair<'a>> {
    let all = |operation: &'a OperationSurface| {
        let values = operation.arguments.iter().chain(&operation.setters);
        values.collect::<Vec<&ValueSurface>>()
    };
    let mut left = all(old);
    let mut pairs = Vec::new();
    let mut unpaired = Vec::new();
    for value in all(new) {
        // A path and a form may both have an `id`.
        let is_same = |was: &&ValueSurface| (&was.wire, was.kind) == (&value.wire, value.kind);
        match left.iter().position(is_same) {
            Some(at) => pairs.push((left.remove(at), value)),
            None => unpaired.push(value),
        }
    }
    for value in unpaired {
        let is_same = |was: &&ValueSurface| {
            was.name == value.name && (was.kind == "body") == (value.kind == "body")
        };
        if let Some(at) = left.iter().position(is_same) {
            pairs.push((left.remove(at), value));
        }
    }
    pairs
}

/// The name in Rust. That of an argument is not written by callers.
fn names(
    was: &ValueSurface,
    is: &ValueSurface,
    setter: bool,
    subject: &Subject,
    findings: &mut Findings,
) {
    if setter && was.name != is.name {
        findings.breaking(
            subject,
            format!("{} has another name in Rust", described(is)),
            format!("call `.{}(…)` instead of `.{}(…)`", is.name, was.name),
        );
    }
}

fn types(was: &ValueSurface, is: &ValueSurface, subject: &Subject, findings: &mut Findings) {
    if was.ty != is.ty {
        findings.breaking(
            subject,
            format!("{} is `{}`, was `{}`", described(is), is.ty, was.ty),
            format!("pass `{}`", is.ty),
        );
    }
}

/// The order of the arguments that both calls have.
fn order(
    old: &OperationSurface,
    new: &OperationSurface,
    pairs: &[Pair<'_>],
    subject: &Subject,
    findings: &mut Findings,
) {
    let order: Vec<usize> = new
        .arguments
        .iter()
        .filter_map(|value| {
            let (was, _) = pairs.iter().find(|(_, is)| std::ptr::eq(*is, value))?;
            old.arguments
                .iter()
                .position(|known| std::ptr::eq(known, *was))
        })
        .collect();
    if !order.is_sorted() {
        findings.breaking(
            subject,
            format!(
                "the order of the arguments is `{}`, was `{}`",
                signature(new),
                signature(old)
            ),
            "reorder the arguments of its calls",
        );
    }
}
