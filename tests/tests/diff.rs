//! `cargo xtask diff`: pairs of documents that differ in one thing, and documents in git.

mod support;

use std::path::Path;
use std::process::{Command, ExitCode};

use engagement_tests::providers::root;
use serde_json::json;
use xtask::diff::Class::{self, Additive, Breaking, Documentation, WireOnly};
use xtask::diff::{self, Arguments, Document, Format, ProviderChanges, between, compare, markdown};

/// A name, the edits of the base document, and the changes. An edit replaces a text that the document has once.
type Pair = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [(Class, &'static str)],
);

#[rustfmt::skip]
const PAIRS: &[Pair] = &[
    ("same", &[], &[]),
    ("new required query parameter", &[("        - {name: state, in: query,", "        - {name: account, in: query, required: true, description: The account, example: a, schema: {type: string}}\n        - {name: state, in: query,")], &[(Breaking, "users_list: query parameter `account` is new and required; pass it as argument 1 of `users().list(account)` (new:27)")]),
    ("type of a field", &[("        score: {type: number, description: Its score}\n        state", "        score: {type: string, description: Its score}\n        state")], &[(Breaking, "types::User (of users_list, users_create, users_get): field `score` is `String`, was `f64`; use `String` (new:121)")]),
    ("request field required", &[("required: [name]", "required: [name, score]")], &[(Breaking, "types::NewUser (of users_create): field `score` is required now; it is no `Option`: remove the handling of `None`; pass it as argument 2 of `types::NewUser::new(name, score)` (new:129)")]),
    ("new required request field", &[("required: [name]\n      properties:\n", "required: [name, mail]\n      properties:\n        mail: {type: string, x-personal: true, description: Its address}\n")], &[(Breaking, "types::NewUser (of users_create): new required field `mail`; pass it as argument 1 of `types::NewUser::new(mail, name)` (new:128)")]),
    ("operation removed and added", &[("operationId: users_get", "operationId: people_get"), ("  /users/{id}:\n    get", "  /people/{id}:\n    get"), ("tags: [users]\n      summary: Fetch", "tags: [people]\n      summary: Fetch"), ("  - {name: messages", "  - {name: people, description: People}\n  - {name: messages")], &[(Breaking, "users_get: the operation is gone; remove calls of `users().get(id)` (old:60)"), (Additive, "people_get: new operation: `people().get(id)` (new:61)")]),
    ("operation renamed", &[("operationId: users_get", "operationId: users_fetch")], &[(Breaking, "users_fetch: renamed, was `users_get`; call `users().fetch(id)` instead of `users().get(id)` (new:60)")]),
    ("order of the arguments", &[("        - {name: to, in: query, required: true, description: Id of the user, example: 7, schema: {$ref: '#/components/schemas/UserId'}}\n", ""), ("        - {name: version", "        - {name: to, in: query, required: true, description: Id of the user, example: 7, schema: {$ref: '#/components/schemas/UserId'}}\n        - {name: version")], &[(Breaking, "messages_send: the order of the arguments is `messages().send(text, to)`, was `messages().send(to, text)`; reorder the arguments of its calls (new:79)")]),
    ("argument optional", &[("{name: text, in: query, required: true,", "{name: text, in: query,")], &[(Breaking, "messages_send: query parameter `text` is optional now; set it with `.text(…)`; the arguments are `messages().send(to)` (new:89)")]),
    ("argument required", &[("{name: state, in: query,", "{name: state, in: query, required: true,")], &[(Breaking, "users_list: query parameter `state` is required now; pass it as argument 1 of `users().list(state)` instead of `.state(…)` (new:27)")]),
    ("type of an argument", &[("{name: text, in: query, required: true, description: The text, example: Hello, schema: {type: string}", "{name: text, in: query, required: true, description: The text, example: 5, schema: {type: integer, format: int64}")], &[(Breaking, "messages_send: query parameter `text` is `i64`, was `String`; pass `i64` (new:89)")]),
    ("response may be empty", &[("        '201':\n", "        '202': {description: later}\n        '201':\n")], &[(Breaking, "users_create: returns `Option<types::User>`, was `types::User`; handle `None`: the response may be empty (new:50)")]),
    ("response of an operation that had none", &[("        '204': {description: sent}", "        '200': {description: sent, content: {application/json: {schema: {$ref: '#/components/schemas/User'}, example: {id: 7}}}}")], &[(Breaking, "messages_send: returns `types::User`, was `()`; use `types::User`, which the call returns (new:91)")]),
    ("response field required", &[("      required: [id]\n", "      required: [id, score]\n")], &[(Breaking, "types::User (of users_list, users_create, users_get): field `score` is required now; it is no `Option`: remove the handling of `None`; pass it as argument 2 of `types::User::new(id, score)` (new:121)")]),
    ("response field optional", &[("      required: [id]\n", "")], &[(Breaking, "types::User (of users_list, users_create, users_get): field `id` is optional now; handle `None` (new:118)")]),
    ("field added", &[("    UserPage:\n      type: object\n      description: A page of users\n      properties:\n", "    UserPage:\n      type: object\n      description: A page of users\n      properties:\n        total: {type: integer, format: int64, description: Number}\n")], &[(Additive, "types::UserPage (of users_list): new field `total`: `i64` (new:134)")]),
    ("field removed", &[("        score: {type: number, description: Its score}\n        state", "        state")], &[(Breaking, "types::User (of users_list, users_create, users_get): field `score` is gone; read `extra.get(\"score\")` if the provider still sends it (old:121)")]),
    ("name of a field in Rust", &[("score: {type: number, description: Its score}\n        state", "score: {type: number, x-rust-name: points, description: Its score}\n        state")], &[(Breaking, "types::User (of users_list, users_create, users_get): field `score` has another name in Rust; write `points` instead of `score` (new:121)")]),
    ("name of a field on the wire", &[("next: /next,", "next: /nextUrl,"), ("next: {type: string", "nextUrl: {x-rust-name: next, type: string")], &[(WireOnly, "users_list: pagination: next `cursor` at /nextUrl, elements at /data, was next `cursor` at /next, elements at /data (new:17)"), (WireOnly, "types::UserPage (of users_list): field `next` on the wire: `nextUrl`, was `next` (new:135)")]),
    ("enum value added", &[("[active, blocked]", "[active, blocked, gone]")], &[(Additive, "enums::State (of users_list, users_create, users_get): new value `gone`: `enums::State::Gone` (new:110)")]),
    ("enum value removed", &[("[active, blocked]", "[active]")], &[(Breaking, "enums::State (of users_list, users_create, users_get): value `blocked` is gone; remove `enums::State::Blocked`; `enums::State::from(\"blocked\")` still makes it (new:110)")]),
    ("constant becomes an argument", &[("enum: [two]", "enum: [two, three]")], &[(Breaking, "messages_send: query parameter `version` is new and required; pass it as argument 3 of `messages().send(to, text, version)` (new:90)")]),
    ("value of a constant", &[("example: two, schema: {type: string, enum: [two]}", "example: three, schema: {type: string, enum: [three]}")], &[(WireOnly, "messages_send: query parameter `version`: three, was two (new:79)")]),
    ("path", &[("  /messages:\n", "  /v2/messages:\n")], &[(WireOnly, "messages_send: path: /v2/messages, was /messages (new:79)")]),
    ("method", &[("  /messages:\n    post:", "  /messages:\n    put:")], &[(WireOnly, "messages_send: method: PUT, was POST (new:79)"), (WireOnly, "messages_send: idempotent, so that it is retried: yes, was no (new:79)")]),
    ("host", &[("url: https://eu.acme.test/v1\n", "url: https://us.acme.test/v1\n")], &[(WireOnly, "client: URL of the host `api`: https://us.acme.test/v1, was https://eu.acme.test/v1 (new:7)")]),
    ("region removed", &[(", us: 'https://us.acme.test/v1'}", "}")], &[(Breaking, "client: region `us` is gone; choose another `Region` than `us` (old:6)")]),
    ("more credentials", &[("      operationId: users_create\n", "      operationId: users_create\n      security: [{key: [], admin: []}]\n")], &[(Breaking, "users_create: credentials: `key` and `admin`, was `key`; give the client `key` and `admin` (new:37)")]),
    ("another credential", &[("      operationId: users_create\n", "      operationId: users_create\n      security: [{key: []}, {admin: []}]\n")], &[(WireOnly, "users_create: credentials: `key` or `admin`, was `key` (new:37)")]),
    ("environment variable", &[("env: [ACME_KEY]", "env: [ACME_TOKEN]")], &[(Breaking, "client: environment variables of `key`: ACME_TOKEN, was ACME_KEY; set ACME_TOKEN (new:97)")]),
    ("header of a credential", &[("name: X-Admin", "name: X-Root")], &[(WireOnly, "client: credential `admin`: header `X-Root`, was header `X-Admin` (new:98)")]),
    ("idempotent", &[("      operationId: users_create\n", "      operationId: users_create\n      x-idempotent: true\n")], &[(WireOnly, "users_create: idempotent, so that it is retried: yes, was no (new:37)")]),
    ("idempotency key", &[("      operationId: users_create\n", "      operationId: users_create\n      x-idempotency-key: {header: x-key}\n")], &[(WireOnly, "users_create: header of the idempotency key: x-key, was none (new:37)"), (WireOnly, "users_create: idempotency key documented, so that it is retried: yes, was no (new:37)")]),
    ("rate limit", &[("requests: 10,", "requests: 20,")], &[(WireOnly, "messages_send: rate limit: 20 per 60 s, was 10 per 60 s (new:79)")]),
    ("sends a message", &[("      operationId: messages_send\n", "      operationId: messages_send\n      x-sends-message: true\n")], &[(WireOnly, "messages_send: sends a message, so that it is not retried once sent: yes, was no (new:79)")]),
    ("no pages", &[("      x-pagination: {style: cursor, param: cursor, next: /next, items: /data}\n", "")], &[(Breaking, "users_list: can't be read page by page; call `send` of `users().list` for each page instead of `pages`, `items` and `resume` (new:17)")]),
    ("personal mark", &[("        name: {type: string, x-personal: true, description: Its name}\n        score: {type: number, description: Its score}\n        state", "        name: {type: string, description: Its name}\n        score: {type: number, description: Its score}\n        state")], &[(WireOnly, "types::User (of users_list, users_create, users_get): field `name`, personal, so that `Debug` hides it: no, was yes (new:120)")]),
    ("media type", &[("          application/json:\n            schema: {$ref: '#/components/schemas/NewUser'}", "          application/merge-patch+json:\n            schema: {$ref: '#/components/schemas/NewUser'}")], &[(WireOnly, "users_create: media type of the body: application/merge-patch+json, was application/json (new:37)")]),
    ("description", &[("Sends a text to a user.", "Sends a text.")], &[(Documentation, "messages_send: changed texts: description (new:79)")]),
    ("deprecated", &[("      operationId: users_get\n", "      operationId: users_get\n      deprecated: true\n")], &[(Additive, "users_get: deprecated: callers get a warning (new:60)")]),
];

fn base() -> String {
    std::fs::read_to_string(root().join("tests/fixtures/diff/base.yaml")).unwrap()
}

fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = base();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    text
}

fn document(name: &str, text: String) -> Document {
    Document {
        name: name.to_owned(),
        text,
    }
}

fn lines(found: &ProviderChanges) -> Vec<(Class, String)> {
    let changes = found.changes.iter();
    changes
        .map(|change| (change.class, change.line()))
        .collect()
}

#[test]
fn each_edit_has_its_class_place_and_action() {
    for (name, edits, want) in PAIRS {
        let (old, new) = (document("old", base()), document("new", edited(edits)));
        let found = compare(&old, &new).unwrap();
        let want: Vec<(Class, String)> = want
            .iter()
            .map(|(class, line)| (*class, (*line).to_owned()))
            .collect();
        assert_eq!(lines(&found), want, "{name}");
        for change in &found.changes {
            assert_eq!(change.class == Breaking, change.action.is_some(), "{name}");
        }
    }
}

#[test]
fn a_document_has_no_changes_against_itself() {
    let mut files: Vec<_> = std::fs::read_dir(root().join("specs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| {
        path.extension().is_some_and(|end| end == "yaml") && !path.ends_with(".redocly.yaml")
    });
    files.push(root().join("tests/fixtures/passes.yaml"));
    assert!(files.len() > 5);
    for file in files {
        let same = document("same", std::fs::read_to_string(&file).unwrap());
        assert_eq!(
            compare(&same, &same).unwrap().changes,
            [],
            "{}",
            file.display()
        );
    }
}

#[test]
fn changes_are_text_and_json() {
    let edits = [
        ("operationId: users_get", "operationId: users_fetch"),
        ("requests: 10,", "requests: 20,"),
    ];
    let found = compare(&document("old", base()), &document("new", edited(&edits))).unwrap();
    let version = "0.3.1".parse().unwrap();
    let text = diff::text(std::slice::from_ref(&found), &version);
    assert_eq!(text, "\
acme: old -> new
breaking
  users_fetch: renamed, was `users_get`; call `users().fetch(id)` instead of `users().get(id)` (new:60)
wire-only
  messages_send: rate limit: 20 per 60 s, was 10 per 60 s (new:79)

Largest change: breaking. Version 0.3.1 becomes 0.4.0.
");
    assert_eq!(
        diff::json(&[found], &version),
        json!({
            "documents": [{
                "provider": "acme", "old": "old", "new": "new",
                "changes": [
                    { "class": "breaking", "subject": "users_fetch", "change": "renamed, was `users_get`", "action": "call `users().fetch(id)` instead of `users().get(id)`", "file": "new", "line": 60 },
                    { "class": "wire-only", "subject": "messages_send", "change": "rate limit: 20 per 60 s, was 10 per 60 s", "file": "new", "line": 79 },
                ],
            }],
            "class": "breaking",
            "version": { "old": "0.3.1", "next": "0.4.0" },
        })
    );
    assert_eq!(
        diff::text(&[], &version),
        "No changes for callers or on the wire.\n"
    );
}

#[test]
fn a_broken_document_is_named() {
    let old = document("v1:old.yaml", base());
    let broken = document(
        "new.yaml",
        edited(&[("operationId: users_get", "operationId: users-get")]),
    );
    let error = compare(&old, &broken).unwrap_err().to_string();
    assert!(
        error.starts_with("new.yaml:60 users-get: `operationId: users-get` doesn't start with"),
        "{error}"
    );
    let broken = document("v1:old.yaml", "a: [".to_owned());
    let error = compare(&broken, &old).unwrap_err().to_string();
    assert!(
        error.starts_with("v1:old.yaml:2: this is no YAML: "),
        "{error}"
    );
    let end = "`git show v1:old.yaml > old.yaml`, correct old.yaml, and `cargo xtask diff old.yaml old.yaml`";
    assert!(error.ends_with(end), "{error}");
}

/// A repository with the base document under the tag `v0.1.0`. Dropping it removes it.
struct Repository(std::path::PathBuf);

impl Repository {
    fn new(name: &str) -> Self {
        let repository = Self(support::program_folder(name));
        std::fs::create_dir_all(repository.0.join("specs")).unwrap();
        repository.write("specs/acme.yaml", &base());
        repository.write(
            "specs/gone.yaml",
            &base().replace("x-provider: acme", "x-provider: gone"),
        );
        repository.write("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n");
        for arguments in [
            &["init", "-q"] as &[&str],
            &["add", "."],
            &[
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@a.test",
                "commit",
                "-qm",
                "one",
            ],
            &["tag", "v0.1.0"],
        ] {
            let status = Command::new("git")
                .arg("-C")
                .arg(&repository.0)
                .args(arguments)
                .status();
            assert!(status.unwrap().success(), "{arguments:?}");
        }
        repository
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.0.join(file), text).unwrap();
    }

    fn between(&self, old: &str, new: Option<&str>) -> Result<Vec<ProviderChanges>, String> {
        between(&self.0, old, new).map_err(|error| error.to_string())
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn documents_of_a_tag_are_compared_with_the_files() {
    let repository = Repository::new("diff-tag");
    assert_eq!(repository.between("v0.1.0", None).unwrap(), []);
    assert_eq!(diff::summary(&repository.0), "");

    repository.write(
        "specs/acme.yaml",
        &edited(&[
            ("operationId: users_get", "operationId: users_fetch"),
            ("requests: 10,", "requests: 20,"),
        ]),
    );
    std::fs::remove_file(repository.0.join("specs/gone.yaml")).unwrap();
    repository.write(
        "specs/more.yaml",
        &base().replace("x-provider: acme", "x-provider: more"),
    );
    let found = repository.between("v0.1.0", None).unwrap();
    let shown: Vec<String> = found
        .iter()
        .flat_map(|changes| lines(changes).into_iter().map(|(_, line)| line))
        .collect();
    assert_eq!(
        shown,
        [
            "users_fetch: renamed, was `users_get`; call `users().fetch(id)` instead of `users().get(id)` (specs/acme.yaml:60)",
            "messages_send: rate limit: 20 per 60 s, was 10 per 60 s (specs/acme.yaml:79)",
            "client: new client",
            "client: the document specs/gone.yaml is gone; stop using `gone-client`",
        ]
    );
    assert_eq!(repository.between("v0.1.0", Some("HEAD")).unwrap(), []);
    assert_eq!(markdown(&found), "\
- `acme-client`, breaking: users_fetch: renamed, was `users_get`; call `users().fetch(id)` instead of `users().get(id)`
- `gone-client`, breaking: client: the document specs/gone.yaml is gone; stop using `gone-client`
- `more-client`, additive: client: new client
- `acme-client`, wire-only: messages_send: rate limit: 20 per 60 s, was 10 per 60 s
");
    assert_eq!(diff::summary(&repository.0), "\
API changes against HEAD:
  breaking      acme users_fetch: renamed, was `users_get`; call `users().fetch(id)` instead of `users().get(id)` (specs/acme.yaml:60)
  breaking      gone client: the document specs/gone.yaml is gone; stop using `gone-client`
  additive      more client: new client
  wire-only     acme messages_send: rate limit: 20 per 60 s, was 10 per 60 s (specs/acme.yaml:79)");
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let repository = Repository::new("diff-no-tag");
    assert_eq!(
        repository.between("v9.9.9", None).unwrap_err(),
        "`v9.9.9` is no file and no revision of this repository: `git tag` lists the tags, `git fetch --tags` gets those of the server"
    );
    // No option of git either.
    let error = repository.between("--all", None).unwrap_err();
    assert!(
        error.starts_with("`--all` is no file and no revision"),
        "{error}"
    );
    let folder = support::program_folder("diff-no-commit");
    let init = Command::new("git")
        .args(["init", "-q"])
        .current_dir(&folder)
        .status();
    assert!(init.unwrap().success());
    let error = between(&folder, "HEAD", None).unwrap_err().to_string();
    assert!(
        error.starts_with("`HEAD` is no file and no revision"),
        "{error}"
    );
    assert_eq!(diff::summary(&folder), "");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_command_fails_for_a_denied_class_and_bad_arguments() {
    let folder = support::program_folder("diff-command");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = write("old.yaml", &base());
    let new = write(
        "new.yaml",
        &edited(&[("operationId: users_get", "operationId: users_fetch")]),
    );
    let run = |old: &str, new: Option<&str>, deny| {
        let arguments = Arguments {
            old: old.to_owned(),
            new: new.map(str::to_owned),
            format: Format::Text,
            deny,
            version: None,
        };
        diff::run(&arguments) == ExitCode::SUCCESS
    };
    assert!(run(&old, Some(&new), None));
    assert!(run(&old, Some(&new), Some(Additive)));
    assert!(!run(&old, Some(&new), Some(Breaking)));
    assert!(!run(&old, None, None));
    assert!(!run(&old, Some("HEAD"), None));
    assert!(!run("v9.9.9:specs/engage.yaml", Some(&new), None));
    assert!(!run("HEAD:specs/no-such.yaml", Some(&new), None));
    assert!(Path::new(&old).is_file());
    std::fs::remove_dir_all(folder).unwrap();
}
