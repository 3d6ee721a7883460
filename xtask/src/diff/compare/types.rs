//! Types that both documents have. A type that only one has comes or goes with a value, a field or a response.

use std::collections::BTreeMap;

use super::findings::{Findings, Subject};
use crate::codegen::surface::{
    Fact, FieldSurface, ObjectSurface, Surface, TypeKind, TypeSurface, UnionSurface,
};

pub(super) fn types(
    old: &Surface,
    new: &Surface,
    users: &BTreeMap<&str, Vec<String>>,
    findings: &mut Findings,
) {
    for (name, is) in &new.types {
        let Some(was) = old.types.get(name) else {
            continue;
        };
        let subject = Subject {
            operations: users.get(name.as_str()).cloned().unwrap_or_default(),
            ..Subject::new(&format!("{}::{name}", is.module), &is.place)
        };
        type_changes(was, is, &subject, findings);
    }
}

fn type_changes(was: &TypeSurface, is: &TypeSurface, subject: &Subject, findings: &mut Findings) {
    let name = &subject.name;
    match (&was.kind, &is.kind) {
        (TypeKind::Object(was_object), TypeKind::Object(object)) => {
            object_changes(was_object, object, subject, findings);
            findings.texts(subject, &texts(was, was_object), &texts(is, object));
            return;
        }
        (TypeKind::Enum(was), TypeKind::Enum(is)) => values(was, is, subject, findings),
        (TypeKind::Union(was), TypeKind::Union(is)) => variants(was, is, subject, findings),
        (TypeKind::Newtype(was), TypeKind::Newtype(is)) => {
            if was != is {
                let change = format!("contains `{is}`, was `{was}`");
                findings.breaking(subject, change, format!("make `{name}` of `{is}`"));
            }
        }
        (
            TypeKind::Id {
                form: was,
                personal: hidden,
            },
            TypeKind::Id { form, personal },
        ) => {
            if was != form {
                let change = format!("is {form}, was {was}");
                findings.breaking(subject, change, format!("make `{name}` of {form}"));
            }
            if hidden != personal {
                let effect = if *personal { "hides" } else { "prints" };
                findings.wire_only(subject, format!("`Debug` {effect} it"));
            }
        }
        (was, is) => {
            let change = format!("is {}, was {}", kind(is), kind(was));
            findings.breaking(subject, change, format!("use `{name}` as {}", kind(is)));
        }
    }
    let text = |ty: &TypeSurface| {
        vec![Fact {
            name: "description".to_owned(),
            value: ty.text.clone(),
        }]
    };
    findings.texts(subject, &text(was), &text(is));
}

fn kind(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Object(_) => "a struct",
        TypeKind::Enum(_) => "an enum of texts",
        TypeKind::Union(_) => "a union",
        TypeKind::Newtype(_) => "a newtype",
        TypeKind::Id { .. } => "an id",
    }
}

fn texts(ty: &TypeSurface, object: &ObjectSurface) -> Vec<Fact> {
    let own = Fact {
        name: "description".to_owned(),
        value: ty.text.clone(),
    };
    let fields = object.fields.iter().map(|field| Fact {
        name: format!("description of `{}`", field.wire),
        value: field.text.clone(),
    });
    std::iter::once(own).chain(fields).collect()
}

fn object_changes(
    was: &ObjectSurface,
    is: &ObjectSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let name = &subject.name;
    match (was.sent, is.sent) {
        (false, true) => findings.additive(subject, "has setters, since it is part of a request"),
        (true, false) => findings.breaking(
            subject,
            "has no setters, since it is part of no request",
            format!("set fields of `{name}` by name"),
        ),
        _ => {}
    }
    match (was.must_use, is.must_use) {
        (false, true) => findings.additive(
            subject,
            "may report a failure: callers that ignore it get a warning",
        ),
        (true, false) => findings.additive(subject, "can be ignored without a warning"),
        _ => {}
    }
    let mut left: Vec<&FieldSurface> = was.fields.iter().collect();
    let mut kept = Vec::new();
    for field in &is.fields {
        let same = left.iter().position(|known| known.wire == field.wire);
        // A name on the wire that changes while the name in Rust stays.
        let moved = || {
            left.iter().position(|known| {
                known.name == field.name && !is.fields.iter().any(|other| other.wire == known.wire)
            })
        };
        match same.or_else(moved) {
            Some(at) => {
                let known = left.remove(at);
                field_changes(known, field, is, subject, findings);
                if !known.optional && !field.optional {
                    kept.push((&known.wire, &field.wire));
                }
            }
            None => new_field(field, is, subject, findings),
        }
    }
    for field in left {
        gone_field(field, is, subject, findings);
    }
    let place =
        |(wire, _): &(&String, &String)| was.fields.iter().position(|known| known.wire == **wire);
    if !kept.iter().map(place).is_sorted() {
        let change = format!(
            "the order of the arguments is `{}`, was `{}`",
            made(name, is),
            made(name, was)
        );
        findings.breaking(subject, change, "reorder them where you make one");
    }
}

/// The function that makes a value: `types::NewUser::new(id, name)`.
fn made(name: &str, object: &ObjectSurface) -> String {
    let required = object.fields.iter().filter(|field| !field.optional);
    let names: Vec<&str> = required.map(|field| field.name.as_str()).collect();
    format!("{name}::new({})", names.join(", "))
}

/// What a caller does with a field that is an argument of `new`.
fn pass(field: &FieldSurface, object: &ObjectSurface, name: &str) -> String {
    let mut required = object.fields.iter().filter(|field| !field.optional);
    let at = required
        .position(|known| known.wire == field.wire)
        .unwrap_or_default();
    format!("pass it as argument {} of `{}`", at + 1, made(name, object))
}

fn new_field(
    field: &FieldSurface,
    object: &ObjectSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let subject = subject.at(&field.place);
    let wire = &field.wire;
    if field.optional {
        findings.additive(&subject, format!("new field `{wire}`: `{}`", field.ty));
        return;
    }
    let action = pass(field, object, &subject.name);
    let change = match object.sent {
        true => format!("new required field `{wire}`"),
        false => format!("new required field `{wire}`, without which a response can't be read"),
    };
    findings.breaking(&subject, change, action);
}

fn gone_field(
    field: &FieldSurface,
    object: &ObjectSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let subject = subject.at_old(&field.place);
    let (name, wire) = (&field.name, &field.wire);
    let action = match (object.sent, field.optional) {
        (true, true) => format!("remove `.{name}(…)`, or set `.extra({wire:?}, …)`"),
        (true, false) => format!(
            "remove the argument; the arguments are `{}`",
            made(&subject.name, object)
        ),
        (false, _) => format!("read `extra.get({wire:?})` if the provider still sends it"),
    };
    findings.breaking(&subject, format!("field `{wire}` is gone"), action);
}

fn field_changes(
    was: &FieldSurface,
    is: &FieldSurface,
    object: &ObjectSurface,
    subject: &Subject,
    findings: &mut Findings,
) {
    let owner = &subject.name;
    let subject = subject.at(&is.place);
    let (name, wire) = (&is.name, &is.wire);
    if was.name != *name {
        let action = format!("write `{name}` instead of `{}`", was.name);
        findings.breaking(
            &subject,
            format!("field `{wire}` has another name in Rust"),
            action,
        );
    }
    if was.wire != *wire {
        findings.wire_only(
            &subject,
            format!("field `{name}` on the wire: `{wire}`, was `{}`", was.wire),
        );
    }
    match (was.optional, is.optional) {
        (true, false) => {
            let read = format!(
                "it is no `Option`: remove the handling of `None`; {}",
                pass(is, object, owner)
            );
            findings.breaking(&subject, format!("field `{wire}` is required now"), read);
        }
        (false, true) => {
            let action = match object.sent {
                true => format!(
                    "handle `None`, and set it with `.{name}(…)`; the arguments are `{}`",
                    made(owner, object)
                ),
                false => "handle `None`".to_owned(),
            };
            findings.breaking(&subject, format!("field `{wire}` is optional now"), action);
        }
        _ => {}
    }
    if was.ty != is.ty {
        let change = format!("field `{wire}` is `{}`, was `{}`", is.ty, was.ty);
        findings.breaking(&subject, change, format!("use `{}`", is.ty));
    }
    findings.facts(&subject, &format!("field `{wire}`"), &was.facts, &is.facts);
}

fn values(
    was: &[(String, String)],
    is: &[(String, String)],
    subject: &Subject,
    findings: &mut Findings,
) {
    let name = &subject.name;
    for (variant, value) in is {
        match was.iter().find(|(_, known)| known == value) {
            None => findings.additive(subject, format!("new value `{value}`: `{name}::{variant}`")),
            Some((known, _)) if known != variant => findings.breaking(
                subject,
                format!("value `{value}` has another name in Rust"),
                format!("write `{name}::{variant}` instead of `{name}::{known}`"),
            ),
            Some(_) => {}
        }
    }
    for (variant, value) in was {
        if !is.iter().any(|(_, known)| known == value) {
            findings.breaking(
                subject,
                format!("value `{value}` is gone"),
                format!("remove `{name}::{variant}`; `{name}::from({value:?})` still makes it"),
            );
        }
    }
}

fn variants(was: &UnionSurface, is: &UnionSurface, subject: &Subject, findings: &mut Findings) {
    let name = &subject.name;
    if was.tag != is.tag {
        findings.wire_only(
            subject,
            format!("selected by the field `{}`, was `{}`", is.tag, was.tag),
        );
    }
    for (variant, ty, values) in &is.variants {
        match was.variants.iter().find(|(known, ..)| known == variant) {
            None if is.non_exhaustive => {
                findings.additive(subject, format!("new variant `{variant}`: `{ty}`"));
            }
            None => findings.breaking(
                subject,
                format!("new variant `{variant}`: `{ty}`"),
                format!("add an arm for `{name}::{variant}` where you match it"),
            ),
            Some((_, known, _)) if known != ty => findings.breaking(
                subject,
                format!("variant `{variant}` holds `{ty}`, was `{known}`"),
                format!("use `{ty}`"),
            ),
            Some((.., known)) if known != values => findings.wire_only(
                subject,
                format!("variant `{variant}` is selected by {values}, was {known}"),
            ),
            Some(_) => {}
        }
    }
    for (variant, ty, _) in &was.variants {
        if !is.variants.iter().any(|(known, ..)| known == variant) {
            findings.breaking(
                subject,
                format!("variant `{variant}`, `{ty}`, is gone"),
                format!("remove `{name}::{variant}`"),
            );
        }
    }
}
