//! Prints tokens as code.

use proc_macro2::TokenStream;

use crate::codegen::Failure;

/// Prints tokens as a file.
pub(super) fn print(tokens: TokenStream) -> Result<String, Failure> {
    let file: syn::File = syn::parse2(tokens.clone()).map_err(|error| {
        Failure::new(format!(
            "xtask made code that doesn't parse ({error}): this is a defect of xtask\n{tokens}"
        ))
    })?;
    Ok(spaced(&prettyplease::unparse(&file)))
}

/// Puts an empty line between items and between functions, where the printer leaves none.
fn spaced(code: &str) -> String {
    let mut out = String::with_capacity(code.len() + code.len() / 20);
    let mut previous = "";
    for line in code.lines() {
        let closes = matches!(previous, "}" | "};" | "    }" | ");");
        let opens = !line.trim_start().starts_with('}') && !line.is_empty();
        let own_level =
            previous.len() - previous.trim_start().len() == line.len() - line.trim_start().len();
        let use_ends =
            previous.starts_with("use ") && !line.starts_with("use ") && !line.is_empty();
        if (closes && opens && own_level) || use_ends {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        previous = line;
    }
    out
}
