//! `enums.rs`: enums to which the provider may add values.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::source::Source;
use crate::codegen::{docs, names};

/// The variants of an enum and their values. Of several values that get the same name, the second one has a 2.
pub(crate) fn variants(values: &[String]) -> Vec<(String, &String)> {
    let mut taken: BTreeSet<String> = values.iter().map(|value| names::pascal(value)).collect();
    taken.extend(["Unknown", "Self"].map(str::to_owned));
    let mut seen = BTreeSet::from(["Unknown".to_owned(), "Self".to_owned()]);
    let mut found = Vec::new();
    for value in values {
        let plain = names::pascal(value);
        let mut name = plain.clone();
        let mut number = 2;
        if !seen.insert(plain.clone()) {
            name = format!("{plain}{number}");
            while !taken.insert(name.clone()) {
                number += 1;
                name = format!("{plain}{number}");
            }
        }
        found.push((name, value));
    }
    found
}

pub(super) fn enums(source: Source<'_>) -> String {
    let document = source.document;
    let mut out = format!(
        "//! Enumerations of the {}. A value that is newer than this crate is read as `Unknown` and written back unchanged.\n",
        docs::inline(&document.title)
    );
    let enums = source.normalised.enums.iter();
    for (name, open) in enums.filter(|(name, _)| source.parsed.used.contains(*name)) {
        out.push('\n');
        out.push_str("engagement_core::open_enum! {\n");
        let description = docs::prose(&open.description);
        let description = docs::or_else(&description, || format!("Values of `{name}`."));
        out.push_str(&docs::comment("    ///", &description));
        let _ = writeln!(out, "    pub enum {name} {{");
        for (variant, value) in variants(&open.values) {
            let about = docs::code(value);
            let _ = writeln!(out, "        /// {about}\n        {variant} = {value:?},");
        }
        out.push_str("    }\n}\n");
    }
    out
}
