//! `ids.rs`: the ids of each kind of record.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::source::Source;
use crate::codegen::docs;
use crate::codegen::normalise::{IdForm, id_type_name};

/// The types of ids that the client uses, and those that they convert from.
pub(crate) fn used(source: Source<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, id) in &source.normalised.ids {
        if source.parsed.used.contains(name) {
            found.insert(name.clone());
            found.extend(id.kinds.iter().map(|kind| id_type_name(&[kind])));
        }
    }
    found
}

pub(super) fn ids(source: Source<'_>) -> Option<String> {
    let names = used(source);
    if names.is_empty() {
        return None;
    }
    let title = docs::inline(super::text::provider_title(source.document));
    let mut out = format!("//! Ids of the records of {title}, a type for each kind.\n");
    for name in names {
        let id = &source.normalised.ids[&name];
        let kinds = id
            .kinds
            .iter()
            .map(|kind| docs::inline(&kind.replace('_', " ")));
        let kinds: Vec<String> = kinds.collect();
        let of = match kinds.as_slice() {
            [one] => match one.strip_suffix(" identifier") {
                Some(of) => format!("{} {of}, as text", article(of)),
                None => format!("{} {one}", article(one)),
            },
            several => format!("one of several kinds: {}", several.join(", ")),
        };
        let form = match id.form {
            IdForm::Integer => "integer",
            IdForm::Text => "text",
            IdForm::Mixed => "integer or text",
        };
        let (personal, note) = if id.personal {
            let note = " It can be personal, so `Debug` prints `Redacted`.";
            (", personal", note)
        } else {
            ("", "")
        };
        let parts: Vec<String> = id.kinds.iter().map(|kind| id_type_name(&[kind])).collect();
        let parts = match parts.len() {
            1 => String::new(),
            _ => format!(" of {}", parts.join(", ")),
        };
        let _ = write!(
            out,
            "\nengagement_core::id! {{\n    /// Id of {of}.{note}\n    pub struct {name}({form}{personal}){parts};\n}}\n"
        );
    }
    Some(out)
}

fn article(kind: &str) -> &'static str {
    super::text::article(&crate::codegen::names::pascal(kind))
}
