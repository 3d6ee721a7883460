//! READMEs as shown on a repository host, in a registry and on docs.rs.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use engagement_core::RetryPolicy;
use engagement_tests::providers;
use support::readme::{SECTIONS, headings, lines, section, shared_texts};
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, TraitItem, Type, UseTree};

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

#[test]
fn no_readme_contains_syntax_of_rustdoc_or_local_paths() {
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
            rustdoc.iter().all(|start| !text.contains(start)),
            "{readme} has attributes for rustdoc"
        );
    }
}

#[test]
fn every_client_has_the_same_sections_in_the_same_order() {
    for client in clients() {
        let text = read(format!("crates/{client}/README.md"));
        assert_eq!(headings(&text), SECTIONS, "{client}");
    }
}

/// Sections that are equal for all providers.
#[test]
fn shared_sections_differ_in_names_only() {
    let texts = clients().into_iter();
    let texts = texts.map(|client| shared_texts(&read(format!("crates/{client}/README.md"))));
    let all: BTreeSet<String> = texts.collect();
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
    let mebibytes = row("| size of a response").replace(" MiB", "");
    let bytes = mebibytes.parse::<usize>().unwrap() * 1024 * 1024;
    assert!(settings.contains(&format!("body: {bytes}")), "{settings}");
    let values = row("| JSON values").replace(',', "");
    let values = format!("values: {values} ");
    assert!(settings.contains(&values), "{settings}");

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
fn the_table_of_features_matches_the_manifest() {
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

/// The list contains every operation with a link to the type of its call.
#[test]
fn every_operation_links_to_its_call() {
    for provider in providers::ALL {
        let package = format!("{}-client", provider.name);
        let text = read(format!("crates/{package}/README.md"));
        let module = package.replace('-', "_");
        let docs = format!("](https://docs.rs/{package}/latest/{module}/");
        let links = section(&text, "Operations")
            .lines()
            .filter(|line| line.starts_with("| [`") && line.contains(&docs));
        let operations = provider.document().operations.len();
        assert_eq!(links.count(), operations, "{package}");
    }
}

/// The names of a `use` of `engagement_core`.
fn names(tree: &UseTree, found: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => names(&path.tree, found),
        UseTree::Name(name) => drop(found.insert(name.ident.to_string())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, found)),
        UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}

/// The lines of documentation that show `engagement_core`.
fn shown_names(attributes: &[Attribute]) -> Vec<String> {
    let docs = attributes.iter().filter_map(|attribute| {
        if let Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
            && let Expr::Lit(text) = &meta.value
            && let Lit::Str(text) = &text.lit
        {
            Some(text.value())
        } else {
            None
        }
    });
    docs.filter(|line| line.contains("engagement_core::") && !line.trim_start().starts_with("# "))
        .collect()
}

/// Users of a client don't depend on `engagement_core`, so the examples of re-exported items don't use its name.
#[test]
fn examples_of_reexported_items_do_not_use_engagement_core() {
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
    let mut seen = 0;
    for (path, text) in support::rust_files("crates/engagement-core/src") {
        // Some modules are re-exported with all items.
        let all = path
            .split(['/', '.'])
            .any(|part| exported.contains(part) || part == "testing" || part == "blocking");
        let code = syn::parse_file(&text).unwrap();
        let mut check = |name: &str, attributes: &[Attribute]| {
            if all || exported.contains(name) || name == "ClientBuilder" {
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
