//! `enums.rs`: enums to which the provider may add values.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::source::Source;
use crate::codegen::{Failure, docs, names};

pub(super) fn enums(source: Source<'_>) -> Result<String, Failure> {
    let document = source.document;
    let mut out = format!(
        "//! Enumerations of the {}. A value that is newer than this crate is read as `Unknown` and written back unchanged.\n",
        document.title
    );
    let enums = source.normalised.enums.iter();
    for (name, open) in enums.filter(|(name, _)| source.parsed.used.contains(*name)) {
        out.push('\n');
        out.push_str("engagement_core::open_enum! {\n");
        let description = docs::prose(&open.description);
        let description = docs::or_else(&description, || format!("Values of `{name}`."));
        for line in description.lines() {
            let _ = writeln!(out, "    {}", format!("/// {line}").trim_end());
        }
        let _ = writeln!(out, "    pub enum {name} {{");
        let mut seen = BTreeSet::from(["Unknown".to_owned()]);
        for value in &open.values {
            let mut variant = names::pascal(value);
            while !seen.insert(variant.clone()) {
                variant.push('_');
            }
            if variant.ends_with('_') {
                return Err(Failure::new(format!(
                    "specs/{}.yaml: two values of the enum {name} get the name `{}`: leave one out, it is read as `Unknown`",
                    document.provider,
                    variant.trim_end_matches('_')
                )));
            }
            let _ = writeln!(out, "        /// `{value}`\n        {variant} = {value:?},");
        }
        out.push_str("    }\n}\n");
    }
    Ok(out)
}
