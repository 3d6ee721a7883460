//! The options of the program.

use std::fs;

use engagement_sandbox::EngageBay;
use serde_json::{Value, json};

use crate::process::{Connection, Process, command, data};

const CONTACT: &str = "/engagebay/dev/api/panel/subscribers/subscriber";
const SEED: &str = r#"[
  {"provider": "engagebay", "operation": "tags_create", "body": {"tag": "Seeded"}}
]
"#;

fn create(connection: &mut Connection, name: &str) -> (u16, Value) {
    let body = json!({ "properties": [{ "name": "name", "value": name }] });
    let response = connection.call("POST", CONTACT, EngageBay::API_KEY, Some(&body));
    response.expect("a response")
}

/// The number of records of a kind in the EngageBay account.
fn count(connection: &mut Connection, kind: &str) -> Option<u64> {
    let response = connection.call("GET", "/api/records?provider=engagebay&limit=0", "", None);
    let (_, body) = response.expect("a response");
    let mut lists = body["lists"].as_array().expect("lists").iter();
    lists.find(|list| list["kind"] == kind)?["count"].as_u64()
}

#[test]
fn the_seed_is_applied_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = folder.path().join("seed.json");
    fs::write(&seed, SEED).expect("a file");
    let data = data(&folder.path().join("data"));
    let start = |arguments: &[&str]| {
        let mut command = command();
        let command = command.args(&data).arg("--seed").arg(&seed).args(arguments);
        Process::start(command).unwrap_or_else(|failed| panic!("{}", failed.message))
    };
    let mut first = start(&[]);
    let mut connection = first.connect();
    assert_eq!(count(&mut connection, "tags"), Some(1));
    assert_eq!(create(&mut connection, "Ada").0, 200);
    assert_eq!(first.kill(), "");
    let mut second = start(&[]);
    let mut connection = second.connect();
    assert_eq!(count(&mut connection, "tags"), Some(1));
    assert_eq!(count(&mut connection, "contacts"), Some(1));
    let said = second.kill();
    assert_eq!(
        said,
        "engagement-sandbox: the seed is not applied: the folder has accounts already\n"
    );
    let mut third = start(&["--reset"]);
    let mut connection = third.connect();
    assert_eq!(count(&mut connection, "tags"), Some(1));
    assert_eq!(count(&mut connection, "contacts"), Some(0));
    let said = third.kill();
    assert!(
        said.ends_with("the accounts start anew; the old ones are in accounts.redb.old\n"),
        "{said}"
    );
}

#[test]
fn a_wrong_seed_starts_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = folder.path().join("seed.json");
    fs::write(&seed, SEED.replace("tags_create", "tags_crate")).expect("a file");
    let saved = folder.path().join("data");
    let mut command = command();
    let command = command.args(data(&saved)).arg("--seed").arg(&seed);
    let failed = Process::start(command).err().expect("it doesn't start");
    assert!(!failed.success);
    assert_eq!(
        failed.message,
        format!(
            "engagement-sandbox: {}: entry 1 in line 2: engagebay has no operation `tags_crate`: did you mean `tags_create` or `tasks_create` or `tags_list`?\n",
            seed.display()
        )
    );
    assert!(
        !saved.join("accounts.redb").exists(),
        "the next start is the first"
    );
}

#[test]
fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || Process::start(command().args(data(folder.path())));
    let first = start().ok().expect("it starts");
    let failed = start().err().expect("the folder is in use");
    assert!(!failed.success);
    let path = folder.path().display();
    assert_eq!(
        failed.message,
        format!(
            "engagement-sandbox: {path} is in use by another sandbox: stop it, or use another folder\n"
        )
    );
    drop(first);
    assert!(
        start().is_ok(),
        "the system unlocks it when the process is killed"
    );
}

#[test]
fn a_reset_by_the_api_lasts() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || Process::start(command().args(data(folder.path()))).ok();
    let mut first = start().expect("it starts");
    let mut connection = first.connect();
    assert_eq!(create(&mut connection, "Ada").0, 200);
    let reset = connection.call("POST", "/api/reset", "", None);
    assert_eq!(reset.expect("a response").0, 204);
    assert_eq!(create(&mut connection, "Grace").0, 200);
    first.kill();
    let second = start().expect("it starts");
    assert_eq!(count(&mut second.connect(), "contacts"), Some(1));
}

/// A limit for the size of files stands in for a full disk.
#[test]
fn a_change_that_cannot_be_written_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = env!("CARGO_BIN_EXE_engagement-sandbox");
    let script = r#"trap "" XFSZ; ulimit -f 8000; exec "$0" "$@""#;
    let mut limited = std::process::Command::new("sh");
    let limited = limited
        .args(["-c", script, program, "--log", "none"])
        .args(data(folder.path()));
    let mut process = Process::start(limited).unwrap_or_else(|failed| panic!("{}", failed.message));
    let mut connection = process.connect();
    let long = "n".repeat(10_000);
    let mut created = 0;
    let refused = loop {
        match create(&mut connection, &format!("n{created}{long}")) {
            (200, _) => created += 1,
            other => break other,
        }
        assert!(created < 10_000, "the file can't grow");
    };
    let reason = |(status, body): (u16, Value)| {
        assert_eq!(status, 500);
        let text = body.to_string();
        assert!(
            text.contains(
                "the sandbox can't save this change, and refuses others until it is started again"
            ),
            "{text}"
        );
        assert!(text.contains("File too large"), "{text}");
    };
    reason(refused);
    reason(create(&mut connection, "later"));
    let list = "/engagebay/dev/api/panel/tags";
    let read = connection.call("GET", list, EngageBay::API_KEY, None);
    assert_eq!(read.expect("a response").0, 200, "reading goes on");
    let said = process.kill();
    assert!(
        said.contains("Changes are refused until the next start"),
        "{said}"
    );

    let second = Process::start(command().args(data(folder.path())));
    let mut second = second.unwrap_or_else(|failed| panic!("{}", failed.message));
    assert_eq!(count(&mut second.connect(), "contacts"), Some(created));
    assert_eq!(second.kill(), "");
}

#[test]
fn a_damaged_file_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || Process::start(command().args(data(folder.path()))).ok();
    let mut first = start().expect("it starts");
    assert_eq!(create(&mut first.connect(), "Ada").0, 200);
    first.kill();
    let file = folder.path().join("accounts.redb");
    fs::write(&file, "nothing").expect("a file");
    let mut second = start().expect("it starts");
    assert_eq!(count(&mut second.connect(), "contacts"), Some(1));
    let said = second.kill();
    assert_eq!(
        said,
        format!(
            "engagement-sandbox: {} is damaged and is made anew from {}: it is not a database. The damaged file is kept as \
             accounts.redb.damaged-1\n",
            file.display(),
            folder.path().join("accounts-copy.redb").display()
        )
    );
}
