//! Mistakes that the compiler finds. Each has a twin that differs in one token and compiles, so that it fails for the
//! reason that is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use engagement_tests::providers::root;
use serde_json::Value;

struct Mistake {
    name: &'static str,
    /// The body of a function that has a `client` and, of any record, its id. `@` stands for the token.
    code: &'static str,
    wrong: &'static str,
    right: &'static str,
    /// What rustc calls the mistake.
    error: &'static str,
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "an id of another kind",
        code: "let _ = client.contacts().get(@);",
        wrong: "deal",
        right: "contact",
        error: "E0277",
    },
    Mistake {
        name: "an id that is no part of the union",
        code: "let _ = engagebay_client::types::NewNote::new(@, \"text\");",
        wrong: "track",
        right: "deal",
        error: "E0277",
    },
    Mistake {
        name: "a missing value of the path",
        code: "let _ = client.contacts().get(@);",
        wrong: "",
        right: "7",
        error: "E0061",
    },
    Mistake {
        name: "a missing body",
        code: "let _ = client.tracks().create(@);",
        wrong: "",
        right: "track_to_create",
        error: "E0061",
    },
    Mistake {
        name: "a missing required field",
        code: "let _ = engagebay_client::types::NewTrack::new(@);",
        wrong: "",
        right: "\"Sales\"",
        error: "E0061",
    },
    Mistake {
        name: "a flag for a number",
        code: "let _ = client.contacts().list().page_size(@);",
        wrong: "true",
        right: "50",
        error: "E0308",
    },
    Mistake {
        name: "an id for a score",
        code: "let _ = client.contacts().add_score(\"ada@example.com\", @);",
        wrong: "contact",
        right: "7",
        error: "E0308",
    },
    Mistake {
        name: "an id compared with a number",
        code: "let _ = contact == @;",
        wrong: "7",
        right: "other",
        error: "E0308",
    },
    Mistake {
        name: "an id as a number of another width",
        code: "let _ = client.contacts().get(@);",
        wrong: "7_i32",
        right: "7_i64",
        error: "E0277",
    },
    Mistake {
        name: "milliseconds for seconds",
        code: "let _ = engagebay_client::types::NewEvent::new(\"Review\", @, 1_719_914_400);",
        wrong: "engagebay_client::EpochMillis(1_719_910_800_000)",
        right: "engagebay_client::EpochSeconds(1_719_910_800)",
        error: "E0277",
    },
    Mistake {
        name: "milliseconds for a deal's date",
        code: "let _ = engagebay_client::types::DealUpdate::new(7).closed_date(@);",
        wrong: "engagebay_client::EpochMillis(1_725_000_000_000)",
        right: "engagebay_client::EpochSeconds(1_725_000_000)",
        error: "E0277",
    },
    Mistake {
        name: "a time for an amount",
        code: "let _ = engagebay_client::types::NewDeal::new().amount(@);",
        wrong: "engagebay_client::EpochSeconds(1_725_000_000)",
        right: "1_725_000_000_i64",
        error: "E0277",
    },
    Mistake {
        name: "a stream of a blocking client",
        code: "let _ = blocking.contacts().list().@();",
        wrong: "stream",
        right: "iter",
        error: "E0599",
    },
];

fn program(mistake: &Mistake, token: &str) -> String {
    let code = mistake.code.replace('@', token);
    format!(
        "use engagebay_client::{{Client, blocking, ids, types}};\n\n\
         #[allow(unused_variables)]\n\
         pub fn run(client: &Client, blocking: &blocking::Client, contact: ids::ContactId, other: ids::ContactId, \
         deal: ids::DealId, track: ids::TrackId, track_to_create: types::NewTrack) {{\n    {code}\n}}\n\nfn main() {{}}\n"
    )
}

#[test]
fn mistakes_do_not_compile_and_corrected_code_does() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("must-not-compile");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut manifest = format!(
        "[package]\nname = \"mistakes\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nengagebay-client = {{ path = {:?}, default-features = false, features = [\"blocking\"] }}\n",
        root().join("crates/engagebay-client")
    );
    for (number, mistake) in MISTAKES.iter().enumerate() {
        for (kind, token) in [("wrong", mistake.wrong), ("right", mistake.right)] {
            let file = format!("{kind}{number}.rs");
            std::fs::write(folder.join(&file), program(mistake, token)).unwrap();
            let _ = write!(
                manifest,
                "\n[[bin]]\nname = \"{kind}{number}\"\npath = \"{file}\"\n"
            );
        }
    }
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    // The versions of the workspace, so that nothing has to be fetched.
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "check",
            "--offline",
            "--quiet",
            "--keep-going",
            "--message-format=json",
        ])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.with_file_name("import-target"))
        .output()
        .unwrap();

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
            errors
                .entry(target.to_owned())
                .or_default()
                .insert(code.to_owned());
        }
    }
    for (number, mistake) in MISTAKES.iter().enumerate() {
        let (wrong, right) = (format!("wrong{number}"), format!("right{number}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            built.contains(&right),
            "{}: `{}` should compile: {:?}\n{said}",
            mistake.name,
            mistake.right,
            errors.get(&right)
        );
        let want = BTreeSet::from([mistake.error.to_owned()]);
        assert_eq!(errors.get(&wrong), Some(&want), "{}", mistake.name);
    }
}
