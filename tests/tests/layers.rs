//! The order of modules: in `engagement-core` and in `cargo xtask import`, a module imports only earlier modules of the order.
//! No crate has cyclic imports. A folder counts as one module.
//!
//! Imports are `crate::…` and `$crate::…` anywhere in the code. A name at the crate's root counts as the module that it is
//! re-exported from.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use engagement_tests::providers;
use syn::{Item, UseTree};

/// The layers of `engagement-core`, as `ARCHITECTURE.md` lists them.
const CORE: &[&[&str]] = &[
    &["provider", "secret"],
    &["http", "redact"],
    &["types", "decode"],
    &["error"],
    &["auth", "retry"],
    &["telemetry", "rate_limit"],
    &["client"],
    &["request", "response"],
    &["send"],
    &["call", "testing"],
    &["blocking"],
];

/// The stages of `cargo xtask import`, as its module documentation lists them.
const IMPORT: &[&str] = &[
    "common", "source", "describe", "schemas", "pages", "examples", "accept", "adapt", "project",
    "command",
];

/// An import of a module, with file and line.
struct Import {
    from: String,
    to: String,
    position: String,
}

#[test]
fn core_modules_import_only_earlier_layers() {
    assert_order(&Crate::read("crates/engagement-core"), &CORE.concat());
}

#[test]
fn an_import_stage_imports_only_earlier_stages() {
    let stages = Crate::read_module("xtask", "import");
    assert!(!stages.imports().is_empty());
    assert_order(&stages, IMPORT);
    let mut files = stages.files.iter();
    let (_, _, text) = files.find(|(module, ..)| module == "mod").unwrap();
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next());
    assert_eq!(rows.collect::<Vec<_>>(), IMPORT);
}

/// Panics if the modules differ from those of the order, or if one imports a later one.
fn assert_order(krate: &Crate, order: &[&str]) {
    let at = |module: &str| order.iter().position(|known| *known == module);
    let mut listed = order.to_vec();
    listed.sort_unstable();
    assert_eq!(krate.modules.iter().collect::<Vec<_>>(), listed);

    let wrong: Vec<String> = krate
        .imports()
        .iter()
        .filter(|import| at(&import.from) < at(&import.to))
        .map(|import| format!("{}: {} imports {}", import.position, import.from, import.to))
        .collect();
    assert!(wrong.is_empty(), "against the order:\n{}", wrong.join("\n"));
}

#[test]
fn the_architecture_lists_the_same_layers() {
    let text = std::fs::read_to_string(providers::root().join("ARCHITECTURE.md")).unwrap();
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        cells.next()?.parse::<usize>().ok()?;
        let modules = cells.next()?.split(", ");
        Some(
            modules
                .map(|name| name.trim_matches('`'))
                .collect::<Vec<_>>(),
        )
    });
    assert_eq!(rows.collect::<Vec<_>>(), CORE);
}

#[test]
fn no_crate_has_cyclic_imports() {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(providers::root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.push(providers::root().join("xtask"));
    folders.sort();
    let mut cycles = Vec::new();
    for folder in folders {
        let krate = Crate::read(&folder);
        let name = folder.file_name().unwrap().to_string_lossy();
        if let Some(cycle) = cycle(&krate.imports()) {
            cycles.push(format!("{name}:\n{}", cycle.join("\n")));
        }
    }
    assert!(cycles.is_empty(), "{}", cycles.join("\n\n"));
}

/// The imports of cycles, if there are any. All others are removed step by step.
fn cycle(imports: &[Import]) -> Option<Vec<String>> {
    let mut left: Vec<&Import> = imports.iter().collect();
    loop {
        let importing: BTreeSet<&str> = left.iter().map(|import| &*import.from).collect();
        let imported: BTreeSet<&str> = left.iter().map(|import| &*import.to).collect();
        let before = left.len();
        left.retain(|import| importing.contains(&*import.to) && imported.contains(&*import.from));
        if left.is_empty() {
            return None;
        }
        if left.len() == before {
            let line =
                |import: &&Import| format!("{}: {} -> {}", import.position, import.from, import.to);
            return Some(left.iter().map(line).collect());
        }
    }
}

/// The source of one crate, or of one of its modules.
struct Crate {
    /// The prefix of its paths, such as `crate::`.
    prefix: String,
    modules: BTreeSet<String>,
    /// Names at the root, with the modules that they come from.
    names: BTreeMap<String, String>,
    /// Each file's module, name and text.
    files: Vec<(String, String, String)>,
}

impl Crate {
    fn read(folder: impl AsRef<Path>) -> Self {
        Self::read_source(folder.as_ref().join("src"), "crate::".to_owned())
    }

    /// The modules inside a module of a crate.
    fn read_module(folder: &str, module: &str) -> Self {
        let source = Path::new(folder).join("src").join(module);
        Self::read_source(source, format!("crate::{module}::"))
    }

    fn read_source(folder: PathBuf, prefix: String) -> Self {
        let files = support::rust_files(folder).into_iter().map(|(file, text)| {
            let module = file.split(['/', '.']).next().unwrap().to_owned();
            (module, file, text)
        });
        let files: Vec<_> = files.collect();
        let modules = files
            .iter()
            .filter(|(module, ..)| !["lib", "main", "mod"].contains(&&**module))
            .map(|(module, ..)| module.clone())
            .collect();
        let mut names = BTreeMap::new();
        for (module, _, text) in &files {
            if module == "lib" || module == "mod" {
                exports(&syn::parse_file(text).unwrap().items, &mut names);
            }
        }
        Self {
            prefix,
            modules,
            names,
            files,
        }
    }

    fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (from, file, text) in &self.files {
            for (line, name) in paths(text, &self.prefix) {
                let module = self.names.get(&name).unwrap_or(&name);
                if from != module && self.modules.contains(module) && self.modules.contains(from) {
                    imports.push(Import {
                        from: from.clone(),
                        to: module.clone(),
                        position: format!("{file}:{line}"),
                    });
                }
            }
        }
        imports
    }
}

/// The names that the root re-exports, with their modules.
fn exports(items: &[Item], names: &mut BTreeMap<String, String>) {
    for item in items {
        match item {
            Item::Use(item) => leaves(&item.tree, &mut Vec::new(), names),
            // Items for macros are in an inline module.
            Item::Mod(item) => {
                if let Some((_, items)) = &item.content {
                    exports(items, names);
                }
            }
            _ => {}
        }
    }
}

fn leaves(tree: &UseTree, path: &mut Vec<String>, names: &mut BTreeMap<String, String>) {
    let mut leaf = |name: String| {
        let module = path.iter().find(|part| *part != "crate");
        names.insert(name, module.cloned().unwrap_or_default());
    };
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            leaves(&tree.tree, path, names);
            path.pop();
        }
        UseTree::Name(tree) => leaf(tree.ident.to_string()),
        UseTree::Rename(tree) => leaf(tree.rename.to_string()),
        UseTree::Group(group) => {
            for tree in &group.items {
                leaves(tree, path, names);
            }
        }
        UseTree::Glob(_) => {}
    }
}

/// The first name after each prefix, or each first name of a group, with its line. Names in `__private` count as the root's.
fn paths(text: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    for (at, start) in code.match_indices(prefix) {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + start.len()..];
        let rest = rest.strip_prefix("__private::").unwrap_or(rest);
        let names = match rest.strip_prefix('{') {
            Some(group) => heads(group),
            None => vec![head(rest)],
        };
        found.extend(names.into_iter().map(|name| (line, name)));
    }
    found
}

/// The first name of each path in a group.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(head(group[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn head(path: &str) -> String {
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_');
    path[..end.unwrap_or(path.len())].to_owned()
}
