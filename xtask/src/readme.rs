//! From the text that rustdoc tests (`docs/README.md`) to the `README.md` that a repository host or a registry shows.
//!
//! Rustdoc hides lines that start with `# `, knows words such as `no_run` behind the language of a code block, and resolves
//! links to items. Nothing else does. So the README is written without hidden lines, with `rust` as the only word, and with
//! links to docs.rs.

/// The file that is written by hand, below the folder of the crate.
pub(crate) const SOURCE: &str = "docs/README.md";

/// Words behind the fence of a code block that rustdoc compiles.
const RUST: &[&str] = &[
    "rust",
    "no_run",
    "ignore",
    "should_panic",
    "compile_fail",
    "edition2021",
    "edition2024",
];

/// What a host shows of `source`. `package` names the crate on docs.rs that links lead to; without one, only their text
/// stays.
///
/// # Errors
/// If a link to an item doesn't say what kind of item it is, or a block of code is not closed or has nothing to show; the
/// text begins with the number of the line.
pub(crate) fn shown(source: &str, package: Option<&str>) -> Result<String, String> {
    let mut out = String::new();
    let mut block: Option<Block> = None;
    for (at, line) in source.lines().enumerate() {
        let number = at + 1;
        let fence = line.trim_start().starts_with("```");
        match block.take() {
            Some(open) if fence => out.push_str(&open.close(line)?),
            Some(mut open) => {
                open.lines.push(line.to_owned());
                block = Some(open);
            }
            None if fence => block = Some(Block::open(line, number)),
            None => {
                out.push_str(&with_links(line, package).map_err(|e| format!("{number}: {e}"))?);
                out.push('\n');
            }
        }
    }
    match block {
        Some(open) => Err(format!("{}: this block of code is not closed", open.number)),
        None => Ok(out),
    }
}

/// The text with a line of badges of a published crate below its title: its version with a link to its pages, the oldest
/// toolchain, and the licence.
pub(crate) fn with_badges(text: &str, package: &str, rust: &str, license: &str) -> String {
    // In the address of a badge, `-` separates the parts and `_` is a space.
    let escaped = |text: &str| {
        let text = text.replace('-', "--").replace('_', "__");
        text.replace(' ', "_").replace('+', "%2B")
    };
    let (oldest, licence) = (escaped(&format!("{rust}+")), escaped(license));
    let badges = [
        format!(
            "[![documentation](https://docs.rs/{package}/badge.svg)](https://docs.rs/{package})"
        ),
        format!("![Rust {rust} or later](https://img.shields.io/badge/rust-{oldest}-blue)"),
        format!("![licence: {license}](https://img.shields.io/badge/licence-{licence}-blue)"),
    ];
    match text.split_once("\n\n") {
        Some((title, rest)) if title.starts_with("# ") => {
            format!("{title}\n\n{}\n\n{rest}", badges.join("\n"))
        }
        _ => text.to_owned(),
    }
}

/// A block of code that is being read.
struct Block {
    fence: String,
    number: usize,
    is_rust: bool,
    lines: Vec<String>,
}

impl Block {
    fn open(line: &str, number: usize) -> Self {
        let ticks = line.trim_end().trim_end_matches(|c| c != '`');
        let info = line[ticks.len()..].trim();
        let is_rust = info
            .split([',', ' '])
            .all(|word| word.is_empty() || RUST.contains(&word));
        let fence = if is_rust {
            format!("{ticks}rust")
        } else {
            line.to_owned()
        };
        Self {
            fence,
            number,
            is_rust,
            lines: Vec::new(),
        }
    }

    fn close(self, end: &str) -> Result<String, String> {
        let mut shown: Vec<String> = Vec::new();
        for line in self.lines {
            let code = line.trim_start();
            if self.is_rust && (code == "#" || code.starts_with("# ")) {
                continue;
            }
            // Hidden lines leave no gaps behind.
            let blank = code.is_empty();
            if self.is_rust && blank && shown.last().is_none_or(|last| last.trim().is_empty()) {
                continue;
            }
            // `##` is a line of the code itself that begins with `#`.
            shown.push(if self.is_rust && code.starts_with("##") {
                line.replacen("##", "#", 1)
            } else {
                line
            });
        }
        while shown.last().is_some_and(|last| last.trim().is_empty()) {
            shown.pop();
        }
        if shown.is_empty() {
            return Err(format!("{}: this block of code shows nothing", self.number));
        }
        Ok(format!("{}\n{}\n{end}\n", self.fence, shown.join("\n")))
    }
}

/// The line with its links to items as links to docs.rs. Code spans stay as they are.
fn with_links(line: &str, package: Option<&str>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = line;
    // Where the text of the innermost link that may be open begins in `out`.
    let mut open = None;
    while let Some(c) = rest.chars().next() {
        if c == '`' {
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            let mark = &rest[..ticks];
            let end = rest[ticks..].find(mark).map_or(ticks, |at| at + 2 * ticks);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        if c == '[' && !out.ends_with('\\') {
            open = Some(out.len());
        }
        if c == ']' && !out.ends_with('\\') {
            let start = open.take();
            let target = rest
                .strip_prefix("](")
                .and_then(|rest| rest.split_once(')'));
            match (start, target) {
                (Some(start), Some((target, after))) if names_an_item(target) => {
                    let text = out.split_off(start);
                    let text = text.trim_start_matches('[');
                    match package {
                        Some(package) => {
                            out.push_str(&format!("[{text}]({})", url(target, package)?))
                        }
                        None => out.push_str(text),
                    }
                    rest = after;
                    continue;
                }
                (Some(start), None) if out[start..].starts_with("[`") && out.ends_with('`') => {
                    return Err(format!(
                        "write where {}] leads, as in [`Error`](struct@crate::Error)",
                        &out[start..]
                    ));
                }
                _ => {}
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    Ok(out)
}

/// Whether the target of a link is an item and no address.
fn names_an_item(target: &str) -> bool {
    target.contains("::") && !target.contains("://")
        || target.contains('@') && !target.contains(':')
}

/// The page of an item: `struct@crate::contacts::List`.
fn url(target: &str, package: &str) -> Result<String, String> {
    let krate = package.replace('-', "_");
    let known = target.split_once('@').and_then(|(kind, path)| {
        let path = path.strip_prefix("crate::")?;
        let (folder, name) = match path.rsplit_once("::") {
            Some((modules, name)) => (format!("{}/", modules.replace("::", "/")), name),
            None => (String::new(), path),
        };
        let page = match kind {
            "mod" => format!("{folder}{name}/index.html"),
            "struct" | "enum" | "trait" | "fn" | "type" => format!("{folder}{kind}.{name}.html"),
            _ => return None,
        };
        Some(page)
    });
    let page = known.ok_or_else(|| {
        format!("the link to `{target}` needs a kind and a whole path, as in `struct@crate::Error`")
    })?;
    Ok(format!("https://docs.rs/{package}/latest/{krate}/{page}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_lines_and_words_for_rustdoc_go() {
        let source = "# Title\n\n```rust,no_run\n# fn main() {\n\nlet a = 1;\n\n# let _ = a;\n#\n\n#[cfg(x)]\n## b\n# }\n```\n\n```sh\n# a comment\n```\n\n```\nlet c = 2;\n```\n";
        let want = "# Title\n\n```rust\nlet a = 1;\n\n#[cfg(x)]\n# b\n```\n\n```sh\n# a comment\n```\n\n```rust\nlet c = 2;\n```\n";
        assert_eq!(shown(source, None).unwrap(), want);
    }

    #[test]
    fn badges_stand_below_the_title() {
        let badges = |text: &str| with_badges(text, "a-client", "1.88", "MIT OR Apache-2.0");
        let want = "# A

[![documentation](https://docs.rs/a-client/badge.svg)](https://docs.rs/a-client)
![Rust 1.88 or later](https://img.shields.io/badge/rust-1.88%2B-blue)
![licence: MIT OR Apache-2.0](https://img.shields.io/badge/licence-MIT_OR_Apache--2.0-blue)

Text.

More.
";
        assert_eq!(badges("# A\n\nText.\n\nMore.\n"), want);
        assert_eq!(badges("Text.\n\nMore.\n"), "Text.\n\nMore.\n");
    }

    #[test]
    fn links_to_items_lead_to_docs_rs() {
        let source = "| [`list`](struct@crate::contacts::List) | [a](https://a.test/x::y) [b](#b) `[x](struct@crate::X)` | [t](mod@crate::testing) \\[no\\]\n";
        let docs = "https://docs.rs/a-client/latest/a_client";
        let want = format!(
            "| [`list`]({docs}/contacts/struct.List.html) | [a](https://a.test/x::y) [b](#b) `[x](struct@crate::X)` | [t]({docs}/testing/index.html) \\[no\\]\n"
        );
        assert_eq!(shown(source, Some("a-client")).unwrap(), want);
        assert_eq!(
            shown("see [`List`](struct@crate::contacts::List).\n", None).unwrap(),
            "see `List`.\n"
        );
    }

    #[test]
    fn what_cannot_be_shown_is_named_with_its_line() {
        for (source, want) in [
            ("\n[`Error`] is\n", "2: write where [`Error`] leads"),
            (
                "[e](crate::Error)\n",
                "1: the link to `crate::Error` needs a kind",
            ),
            (
                "[e](struct@Error)\n",
                "1: the link to `struct@Error` needs a kind",
            ),
            (
                "a\n```rust\n# b\n```\n",
                "2: this block of code shows nothing",
            ),
            ("```rust\nb\n", "1: this block of code is not closed"),
        ] {
            let said = shown(source, Some("a")).unwrap_err();
            assert!(said.starts_with(want), "{said}");
        }
    }
}
