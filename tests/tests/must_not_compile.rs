//! Mistakes that do not compile. The same code with the right expression compiles, so the mistake is the only error.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use engagement_tests::providers::root;
use serde_json::Value;
use support::rows;

/// The mistake, the compiler's error, a wrong and a right expression, and the statement, in which `…` is the expression.
const MISTAKES: &str = r#"
an id of another kind | E0277 | deal | contact | client.contacts().get(…);
an id that is no part of the union | E0277 | track | deal | types::NewNote::new(…, "text");
a missing value of the path | E0061 | | 7 | client.contacts().get(…);
a missing body | E0061 | | track_to_create | client.tracks().create(…);
a missing required field | E0061 | | "Sales" | types::NewTrack::new(…);
a flag for a number | E0308 | true | 50 | client.contacts().list().page_size(…);
an id for a score | E0308 | contact | 7 | client.contacts().add_score("ada@example.com", …);
an id compared with a number | E0308 | 7 | other | contact == …;
an id as a number of another width | E0277 | 7_i32 | 7_i64 | client.contacts().get(…);
milliseconds for seconds | E0277 | EpochMillis(1_719_910_800_000) | EpochSeconds(1_719_910_800) | types::NewEvent::new("Review", …, 1_719_914_400);
milliseconds for a deal's date | E0277 | EpochMillis(1_725_000_000_000) | EpochSeconds(1_725_000_000) | types::DealUpdate::new(7).closed_date(…);
a time for an amount | E0277 | EpochSeconds(1_725_000_000) | 1_725_000_000_i64 | types::NewDeal::new().amount(…);
a stream of a blocking client | E0599 | stream | iter | blocking.contacts().list().…();
"#;

fn program(statement: &str, expression: &str) -> String {
    let statement = statement.replace('…', expression);
    format!(
        "#![allow(unused)]\n\n\
         use engagebay_client::{{Client, EpochMillis, EpochSeconds, blocking, ids, types}};\n\n\
         pub fn run(client: &Client, blocking: &blocking::Client, contact: ids::ContactId, other: ids::ContactId, \
         deal: ids::DealId, track: ids::TrackId, track_to_create: types::NewTrack) {{\n    let _ = {statement}\n}}\n\nfn main() {{}}\n"
    )
}

#[test]
fn mistakes_do_not_compile_and_corrected_code_does() {
    let folder = support::program_folder("must-not-compile");
    let mut manifest = format!(
        "[package]\nname = \"mistakes\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nengagebay-client = {{ path = {:?}, default-features = false, features = [\"blocking\"] }}\n",
        root().join("crates/engagebay-client")
    );
    let mistakes = || rows::<5>(MISTAKES).enumerate();
    for (number, [_, _, wrong, right, statement]) in mistakes() {
        for (kind, expression) in [("wrong", wrong), ("right", right)] {
            let name = format!("{kind}{number}");
            let code = program(statement, expression);
            std::fs::write(folder.join(format!("{name}.rs")), code).unwrap();
            manifest += &format!("\n[[bin]]\nname = \"{name}\"\npath = \"{name}.rs\"\n");
        }
    }
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let mut check = support::cargo("check", &folder);
    let check = check.args(["--keep-going", "--message-format=json"]);
    let output = check.output().unwrap();

    let mut errors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut built = BTreeSet::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let target = message["target"]["name"].as_str().unwrap_or_default();
        if message["reason"] == "compiler-artifact" {
            built.insert(target.to_owned());
        }
        if message["message"]["level"] == "error"
            && let Some(code) = message["message"]["code"]["code"].as_str()
        {
            let codes = errors.entry(target.to_owned()).or_default();
            codes.insert(code.to_owned());
        }
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    for (number, [name, error, _, code, _]) in mistakes() {
        let (wrong, right) = (format!("wrong{number}"), format!("right{number}"));
        let unexpected = errors.get(&right);
        assert!(
            built.contains(&right),
            "{name}: `{code}` does not compile: {unexpected:?}\n{stderr}"
        );
        let expected = BTreeSet::from([error.to_owned()]);
        assert_eq!(errors.get(&wrong), Some(&expected), "{name}");
    }
}
