//! `enums.rs`: enums to which the provider may add values.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use engagement_document::Document;

use crate::codegen::normalise::Reduced;
use crate::codegen::parts::Parts;
use crate::codegen::{Failure, docs, names};

pub(super) fn enums(
    document: &Document,
    reduced: &Reduced,
    parts: &Parts,
) -> Result<String, Failure> {
    let mut out = format!(
        "//! Enumerations of the {}. A value that is newer than this crate is read as `Unknown` and written back unchanged.\n",
        document.title
    );
    for (name, open) in reduced
        .enums
        .iter()
        .filter(|(name, _)| parts.used.contains(*name))
    {
        out.push('\n');
        out.push_str("engagement_core::open_enum! {\n");
        let description = docs::wrap(&docs::rustdoc(&open.description));
        let description = if description.is_empty() {
            format!("Values of `{name}`.")
        } else {
            description
        };
        for line in description.lines() {
            let _ = writeln!(out, "    {}", format!("/// {line}").trim_end());
        }
        let _ = writeln!(out, "    pub enum {name} {{");
        let mut seen = BTreeSet::from(["Unknown".to_owned()]);
        for word in &open.words {
            let mut variant = names::pascal(word);
            while !seen.insert(variant.clone()) {
                variant.push('_');
            }
            if variant.ends_with('_') {
                return Err(Failure::new(format!(
                    "specs/{}.yaml: two words of the enum {name} get the name `{}`: leave one to `Unknown`",
                    document.provider,
                    variant.trim_end_matches('_')
                )));
            }
            let _ = writeln!(out, "        /// `{word}`\n        {variant} = {word:?},");
        }
        out.push_str("    }\n}\n");
    }
    Ok(out)
}
