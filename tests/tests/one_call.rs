//! `ARCHITECTURE.md` lists the files of one call in the order in which the call enters them.
//!
//! The test copies `engagement-core` and a client, inserts a statement that prints the file into every function, and builds
//! and runs a program with these copies.

mod support;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use engagement_sandbox::{EngageBay, Sandbox};
use engagement_tests::providers::root;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn, parse_quote};

/// The prefix of a printed file.
const ENTERED: &str = "entered ";

const PROGRAM: &str = r#"
fn main() {
    let (url, key) = (std::env::var("URL").unwrap(), std::env::var("KEY").unwrap());
    let client = engagebay_client::Client::builder(key).base_url(url).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    eprintln!("call");
    let contact = runtime.block_on(client.contacts().get(7).send());
    println!("{}", contact.unwrap().id);
}
"#;

/// Inserts a statement that prints the file into every function except `const` ones.
struct Printing;

impl Printing {
    fn print(signature: &Signature, body: &mut Block) {
        if signature.constness.is_none() {
            let print = parse_quote!(::std::eprintln!("entered {}", ::core::file!()););
            body.stmts.insert(0, print);
        }
    }
}

impl VisitMut for Printing {
    fn visit_item_fn_mut(&mut self, function: &mut ItemFn) {
        visit_mut::visit_item_fn_mut(self, function);
        Self::print(&function.sig, &mut function.block);
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        visit_mut::visit_impl_item_fn_mut(self, function);
        Self::print(&function.sig, &mut function.block);
    }

    fn visit_trait_item_fn_mut(&mut self, function: &mut TraitItemFn) {
        visit_mut::visit_trait_item_fn_mut(self, function);
        if let Some(body) = &mut function.default {
            Self::print(&function.sig, body);
        }
    }
}

/// Copies a crate's code with these statements, and its manifest without sections for tests and examples.
fn copy_crate(name: &str, workspace: &Path) {
    let [from, to] = [&root(), workspace].map(|folder| folder.join("crates").join(name));
    copy_folder(&from.join("src"), &to.join("src"));
    copy_folder(&from.join("docs"), &to.join("docs"));
    let manifest = fs::read_to_string(from.join("Cargo.toml")).unwrap();
    let mut included = true;
    let mut lines = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            included = !["[dev-dependencies", "[[test]]", "[[example]]"]
                .iter()
                .any(|section| line.starts_with(section));
        }
        if included {
            lines.push(line);
        }
    }
    fs::write(to.join("Cargo.toml"), lines.join("\n")).unwrap();
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.is_dir() {
            copy_folder(&from, &to);
        } else if from.extension().is_some_and(|extension| extension == "rs") {
            let mut code = syn::parse_file(&fs::read_to_string(&from).unwrap()).unwrap();
            Printing.visit_file_mut(&mut code);
            fs::write(to, prettyplease::unparse(&code)).unwrap();
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// Builds the program with the copies.
fn build() -> PathBuf {
    let workspace = support::program_folder("one-call");
    for name in ["engagement-core", "engagebay-client"] {
        copy_crate(name, &workspace);
    }
    let program = workspace.join("crates/one-call");
    fs::create_dir_all(program.join("src")).unwrap();
    fs::write(program.join("src/main.rs"), PROGRAM).unwrap();
    let manifest = "[package]\nname = \"one-call\"\nedition = \"2024\"\n\n[dependencies]\n\
                    engagebay-client = { workspace = true, default-features = true }\n\
                    tokio = { workspace = true, features = [\"rt\"] }\n";
    fs::write(program.join("Cargo.toml"), manifest).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (members, _) = manifest.split_once("members = [").unwrap();
    let (_, rest) = manifest.split_once("xtask\"]").unwrap();
    let manifest = format!("{members}members = [\"crates/*\"]{rest}");
    fs::write(workspace.join("Cargo.toml"), manifest).unwrap();
    support::run(support::cargo("build", &workspace).args(["-p", "one-call"]));
    let file = format!("debug/one-call{}", std::env::consts::EXE_SUFFIX);
    support::program_target().join(file)
}

/// The files that a call enters, in order. Those of `engagement-core` have their path below `src/`.
fn entered() -> Vec<String> {
    let sandbox = Sandbox::builder().examples_only();
    let sandbox = sandbox.start_on_thread().unwrap();
    let output = Command::new(build())
        .env("URL", sandbox.engagebay().base_url())
        .env("KEY", EngageBay::API_KEY)
        .env("NO_PROXY", "*")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{printed}");
    assert_eq!(sandbox.request_count(), 1);
    let (_, call) = printed.split_once("call\n").unwrap();
    let files = call.lines().filter_map(|line| line.strip_prefix(ENTERED));
    files.map(|file| short(&file.replace('\\', "/"))).collect()
}

fn short(file: &str) -> String {
    let file = file.strip_prefix("crates/").unwrap_or(file);
    let core = file.strip_prefix("engagement-core/src/");
    core.unwrap_or(file).to_owned()
}

/// The files and folders in the section about one call, each at its first position. A folder ends with a slash.
fn named() -> Vec<String> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, section) = text.split_once("\n## One call\n").unwrap();
    let (_, steps) = section.split_once("\n1. ").unwrap();
    let (steps, _) = steps.split_once("\n## ").unwrap();
    let code = steps.split('`').skip(1).step_by(2);
    let paths = code
        .map(|path| path.trim_end_matches('…'))
        .filter(|path| path.ends_with(".rs") || path.ends_with('/'));
    deduplicated(paths.map(short))
}

fn deduplicated(files: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    files.filter(|file| seen.insert(file.clone())).collect()
}

#[test]
fn a_call_enters_the_files_in_the_order_of_the_architecture() {
    let named = named();
    assert!(named.len() > 10, "{named:?}");
    let is_in =
        |file: &str, named: &str| file == named || named.ends_with('/') && file.starts_with(named);
    let entered = entered();
    let entered = entered
        .iter()
        .filter_map(|file| named.iter().find(|named| is_in(file, named)).cloned());
    assert_eq!(deduplicated(entered), named);
}
