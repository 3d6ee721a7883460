//! What a reader sees on a repository host, in a registry and on docs.rs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use engagement_core::RetryPolicy;
use engagement_tests::providers;
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, TraitItem, Type, UseTree};

/// What every client's README has, in this order. Sections of the provider's own may stand between them.
const SECTIONS: &[&str] = &[
    "First call",
    "Authenticate",
    "Retries, time and limits",
    "Spawning and streaming",
    "Errors",
    "Testing",
    "`Redacted` in debug output",
    "Crypto provider",
    "Blocking",
    "Features",
    "Operations",
];

fn read(path: impl AsRef<Path>) -> String {
    let path = providers::root().join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// The README of the workspace and of each crate.
fn readmes() -> Vec<String> {
    let crates = fs::read_dir(providers::root().join("crates")).unwrap();
    let mut found: Vec<String> = crates
        .map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            format!("crates/{name}/README.md")
        })
        .collect();
    found.push("README.md".into());
    found.sort();
    found
}

fn clients() -> Vec<String> {
    let names = providers::ALL.iter().map(|provider| provider.name);
    names.map(|name| format!("{name}-client")).collect()
}

/// Each line, with the language of the block of code that it stands in.
fn lines(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut block = None;
    let mut found = Vec::new();
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), block) {
            (Some(language), None) => block = Some(language),
            (Some(_), Some(_)) => block = None,
            (None, _) => found.push((block, line)),
        }
    }
    assert_eq!(block, None, "a block of code is not closed");
    found
}

/// The text of a section, without its heading.
fn section<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("\n## {name}\n"))
        .unwrap_or_else(|| panic!("there is no section `{name}`"));
    rest.split_once("\n## ")
        .map_or(rest, |(section, _)| section)
}

#[test]
fn no_readme_shows_what_is_for_rustdoc_or_for_this_machine() {
    for readme in readmes() {
        let text = read(&readme);
        for (block, line) in lines(&text) {
            if block == Some("rust") {
                let code = line.trim_start();
                assert!(
                    code != "#" && !code.starts_with("# "),
                    "{readme} shows a hidden line: {line}"
                );
            }
            for foreign in [
                "@crate::",
                "](crate::",
                "engagement_core::",
                "__private",
                "generated::",
                "/home/",
                "](/",
                "../",
            ] {
                assert!(!line.contains(foreign), "{readme} has `{foreign}`: {line}");
            }
        }
        let rustdoc = ["```rust,", "```no_run", "```ignore", "```compile_fail"];
        assert!(
            rustdoc.iter().all(|words| !text.contains(words)),
            "{readme} has words for rustdoc"
        );
    }
}

#[test]
fn every_client_has_the_same_sections_in_the_same_order() {
    for client in clients() {
        let text = read(format!("crates/{client}/README.md"));
        let headings = lines(&text).into_iter().filter_map(|(block, line)| {
            let heading = line.strip_prefix("## ")?;
            (block.is_none() && SECTIONS.contains(&heading)).then_some(heading)
        });
        assert_eq!(headings.collect::<Vec<_>>(), SECTIONS, "{client}");
    }
}

/// What is the same for all providers reads the same.
#[test]
fn shared_sections_differ_in_names_only() {
    let mut all = BTreeSet::new();
    for client in clients() {
        let text = read(format!("crates/{client}/README.md"));
        let retries = section(&text, "Retries, time and limits");
        let (_, defaults) = retries.split_once("\n| ").expect("a table");
        let (defaults, _) = defaults.split_once("to that server.").expect("the rules");
        let redacted = section(&text, "`Redacted` in debug output");
        let (redacted, _) = redacted.split_once("```").expect("an example");
        let testing = section(&text, "Testing");
        let (testing, _) = testing.split_once("](").expect("a link");
        let errors = section(&text, "Errors");
        let errors: Vec<&str> = errors
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        let kinds: Vec<&str> = errors
            .into_iter()
            .filter(|line| line.as_bytes()[3].is_ascii_uppercase())
            .collect();
        let crypto = section(&text, "Crypto provider");
        all.insert(format!("{defaults}{redacted}{testing}{kinds:?}{crypto}"));
    }
    assert_eq!(all.len(), 1, "{all:#?}");
}

#[test]
fn the_defaults_in_the_readme_match_the_code() {
    let client = engagebay_client::Client::builder("key");
    let settings = format!("{client:?}");
    let text = read("crates/engagebay-client/README.md");
    let row = |start: &str| {
        let mut rows = text.lines().filter(|line| line.starts_with(start));
        let row = rows.next().unwrap_or_else(|| panic!("no row `{start}`"));
        row.split('|').nth(2).unwrap().trim().to_owned()
    };
    for (start, setting) in [
        ("| time limit of a call", "overall"),
        ("| time limit of one request", "attempt"),
        ("| time limit for connecting", "connect_timeout"),
        ("| time without progress", "stall_timeout"),
    ] {
        let shown = row(start).replace(' ', "");
        assert!(
            settings.contains(&format!("{setting}: {shown}")),
            "{start}: {shown} in {settings}"
        );
    }
    let mebibytes: usize = row("| size of a response")
        .replace(" MiB", "")
        .parse()
        .unwrap();
    let bytes = mebibytes * 1024 * 1024;
    assert!(settings.contains(&format!("body: {bytes}")), "{settings}");
    let values = row("| JSON values").replace(',', "");
    assert!(
        settings.contains(&format!("values: {values} ")),
        "{settings}"
    );

    let shown = |time: std::time::Duration| format!("{time:?}").replace("ms", " ms");
    let seconds = |time: std::time::Duration| format!("{} s", time.as_secs());
    for (start, want) in [
        (
            "| requests of a call",
            RetryPolicy::MAX_ATTEMPTS.to_string(),
        ),
        (
            "| base of the wait before a retry",
            shown(RetryPolicy::TRANSIENT_BASE),
        ),
        (
            "| the same after 429",
            seconds(RetryPolicy::RATE_LIMITED_BASE),
        ),
        ("| longest wait", seconds(RetryPolicy::MAX_BACKOFF)),
        (
            "| longest accepted `Retry-After`",
            seconds(RetryPolicy::MAX_RETRY_AFTER),
        ),
        ("| retry budget", RetryPolicy::BUDGET.to_string()),
    ] {
        assert_eq!(row(start), want, "{start}");
    }
    let costs = format!(
        "a retry takes {}, one after 429 takes {}",
        RetryPolicy::TRANSIENT_COST,
        RetryPolicy::RATE_LIMITED_COST
    );
    assert!(text.contains(&costs), "{costs}");
}

#[test]
fn every_feature_has_a_row_and_every_row_a_feature() {
    for client in clients() {
        let manifest = read(format!("crates/{client}/Cargo.toml"));
        let (_, features) = manifest.split_once("[features]\n").unwrap();
        let (features, _) = features.split_once("\n[").unwrap();
        let features: BTreeSet<&str> = features
            .lines()
            .filter_map(|line| Some(line.split_once(" = ")?.0))
            .filter(|name| *name != "default" && !name.starts_with('#'))
            .collect();
        let text = read(format!("crates/{client}/README.md"));
        let rows: BTreeSet<&str> = section(&text, "Features")
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .collect();
        assert_eq!(rows, features, "{client}");
    }
}

/// Every operation is in the list, and leads to the type of its call.
#[test]
fn every_operation_links_to_its_call() {
    for provider in providers::ALL {
        let package = format!("{}-client", provider.name);
        let text = read(format!("crates/{package}/README.md"));
        let docs = format!(
            "](https://docs.rs/{package}/latest/{}/",
            package.replace('-', "_")
        );
        let links = section(&text, "Operations")
            .lines()
            .filter(|line| line.starts_with("| [`") && line.contains(&docs));
        assert_eq!(
            links.count(),
            provider.document().operations.len(),
            "{package}"
        );
    }
}

/// The names of a `use` of the runtime.
fn names(tree: &UseTree, found: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => names(&path.tree, found),
        UseTree::Name(name) => drop(found.insert(name.ident.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, found)),
        UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What a documentation shows of the runtime's crate by name.
fn shown_names(attributes: &[Attribute]) -> Vec<String> {
    let docs = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else {
            return None;
        };
        let Expr::Lit(text) = &meta.value else {
            return None;
        };
        match &text.lit {
            Lit::Str(text) if meta.path.is_ident("doc") => Some(text.value()),
            _ => None,
        }
    });
    docs.filter(|line| line.contains("engagement_core::") && !line.trim_start().starts_with("# "))
        .collect()
}

/// A reader of a client's documentation has no crate `engagement_core`: the examples of what is re-exported don't show it.
#[test]
fn reexported_items_do_not_show_the_crate_that_they_come_from() {
    let mut exported = BTreeSet::new();
    for client in clients() {
        let library = syn::parse_file(&read(format!("crates/{client}/src/lib.rs"))).unwrap();
        for item in library.items {
            if let Item::Use(item) = item
                && let UseTree::Path(path) = &item.tree
                && path.ident == "engagement_core"
            {
                names(&path.tree, &mut exported);
            }
        }
    }
    assert!(exported.contains("RetryPolicy") && exported.contains("observe"));
    let source = providers::root().join("crates/engagement-core/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut seen = 0;
    for file in files {
        let path = file
            .strip_prefix(&source)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        // Whole modules are re-exported too.
        let whole = path
            .split(['/', '.'])
            .any(|part| exported.contains(part) || part == "testing" || part == "blocking");
        let code = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap();
        let mut check = |name: &str, attributes: &[Attribute]| {
            if whole || exported.contains(name) || name == "ClientBuilder" {
                seen += 1;
                let shown = shown_names(attributes);
                assert!(shown.is_empty(), "{path}, {name}: {shown:?}");
            }
        };
        for item in &code.items {
            match item {
                Item::Struct(item) => check(&item.ident.to_string(), &item.attrs),
                Item::Enum(item) => check(&item.ident.to_string(), &item.attrs),
                Item::Trait(item) => {
                    check(&item.ident.to_string(), &item.attrs);
                    for inner in &item.items {
                        if let TraitItem::Fn(inner) = inner {
                            check(&item.ident.to_string(), &inner.attrs);
                        }
                    }
                }
                Item::Impl(item) => {
                    let Type::Path(of) = &*item.self_ty else {
                        continue;
                    };
                    let name = of.path.segments.last().unwrap().ident.to_string();
                    for inner in &item.items {
                        if let ImplItem::Fn(inner) = inner {
                            check(&name, &inner.attrs);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    assert!(seen > 150, "{seen}");
}
