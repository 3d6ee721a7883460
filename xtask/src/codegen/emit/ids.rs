//! `ids.rs`: the ids of each kind of record.

use std::fmt::Write as _;

use engagement_document::Document;

use crate::codegen::normalise::{IdForm, Normalised, id_type_name};
use crate::codegen::parsed::ParsedOutput;

/// The types of ids that the client uses, and those that they convert from.
pub(super) fn used<'a>(normalised: &'a Normalised, parts: &ParsedOutput) -> Vec<&'a str> {
    let used = |name: &str| parts.used.contains(name);
    let wanted = |name: &str| {
        let several = normalised
            .ids
            .iter()
            .filter(|(of, id)| id.kinds.len() > 1 && used(of));
        let mut parts = several.flat_map(|(_, id)| &id.kinds);
        used(name) || parts.any(|kind| id_type_name(&[kind]) == name)
    };
    let names = normalised.ids.keys().map(String::as_str);
    names.filter(|name| wanted(name)).collect()
}

pub(super) fn ids(
    document: &Document,
    normalised: &Normalised,
    parts: &ParsedOutput,
) -> Option<String> {
    let names = used(normalised, parts);
    if names.is_empty() {
        return None;
    }
    let title = super::text::provider_title(document);
    let mut out = format!("//! Ids of the records of {title}, a type for each kind.\n");
    for name in names {
        let id = &normalised.ids[name];
        let kinds: Vec<String> = id.kinds.iter().map(|kind| kind.replace('_', " ")).collect();
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
        let personal = if id.personal { ", personal" } else { "" };
        let parts = if id.kinds.len() > 1 {
            let parts: Vec<String> = id.kinds.iter().map(|kind| id_type_name(&[kind])).collect();
            format!(" of {}", parts.join(", "))
        } else {
            String::new()
        };
        let note = if id.personal {
            " It can be personal, so `Debug` prints `Redacted`."
        } else {
            ""
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
