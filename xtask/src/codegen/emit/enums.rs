//! `enums.rs`: words that the provider may add to.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use engagement_document::Document;

use crate::codegen::normalise::Normalised;
use crate::codegen::parsed::ParsedOutput;
use crate::codegen::{Failure, docs, names};

pub(super) fn enums(
    document: &Document,
    normalised: &Normalised,
    parsed: &ParsedOutput,
) -> Result<String, Failure> {
    let mut out = format!(
        "//! Words of the {}. A word that is newer than this crate reads as `Unknown` and goes back out unchanged.\n",
        document.title
    );
    for (name, open) in normalised
        .enums
        .iter()
        .filter(|(name, _)| parsed.used.contains(*name))
    {
        out.push('\n');
        out.push_str("engagement_core::open_enum! {\n");
        let description = docs::wrap(&docs::rustdoc(&open.description));
        let description = if description.is_empty() {
            format!("Words of `{name}`.")
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
