//! The generator with the documents of the tests: output of every pass, and errors of invalid documents.

mod support;

use engagement_tests::generated::passes::types::{MailStep, Step, WordOrStep};
use engagement_tests::providers;
use serde_json::json;

fn fixture() -> String {
    std::fs::read_to_string(providers::root().join("tests/fixtures/passes.yaml")).unwrap()
}

/// The output for a document with every construct is `tests/src/generated/passes/`, which is compiled in this package.
#[test]
fn output() {
    let files = xtask::codegen::modules("passes.yaml", &fixture()).unwrap();
    for (name, text) in files {
        let path = providers::root().join("tests/src/generated/passes");
        let compiled = std::fs::read_to_string(path.join(&name)).unwrap();
        assert_eq!(
            compiled.replace("\r\n", "\n"),
            text,
            "{name} differs from the compiled file: run `cargo xtask codegen`"
        );
    }
}

#[test]
fn a_discriminator_selects_the_member_and_other_objects_are_kept_as_json() {
    let read = |text: &str| -> Step { serde_json::from_str(text).unwrap() };
    for text in [
        r#"{"level":"mail","subject":"Hi"}"#,
        r#"{"level":2,"subject":"Hi"}"#,
        r#"{"inner":{"level":"mail","subject":"Hi"},"level":"group"}"#,
        r#"{"level":"call","subject":"Hi"}"#,
        r#"{"subject":"Hi"}"#,
        "[7]",
    ] {
        let step = read(text);
        let kind = match &step {
            Step::MailStep(step) => step.subject.as_deref() == Some("Hi"),
            Step::GroupStep(step) => matches!(step.inner, Some(Step::MailStep(_))),
            Step::Other(value) => {
                assert!(!text.contains("mail") && !text.contains('2'), "{text}");
                *value == serde_json::from_str::<serde_json::Value>(text).unwrap()
            }
            other => panic!("{other:?}"),
        };
        assert!(kind, "{text}: {step:?}");
        assert_eq!(serde_json::to_string(&step).unwrap(), text);
    }
    let read = |text: &str| -> WordOrStep { serde_json::from_str(text).unwrap() };
    assert!(matches!(read("\"word\""), WordOrStep::String(_)));
    let mail = read(r#"{"level":"mail"}"#);
    assert!(matches!(mail, WordOrStep::Step(Step::MailStep(_))));
    assert!(matches!(
        Step::from(MailStep::new("mail")),
        Step::MailStep(_)
    ));
    // Any JSON may be personal.
    let printed = format!("{:?}", read(r#"{"level":"call","name":"Ada"}"#));
    assert!(!printed.contains("Ada"), "{printed}");
}

#[test]
fn output_is_the_same_every_time() {
    assert_eq!(
        xtask::codegen::modules("a.yaml", &fixture()).unwrap(),
        xtask::codegen::modules("a.yaml", &fixture()).unwrap()
    );
}

/// The fixture with a text replaced.
fn with(from: &str, to: &str) -> String {
    let text = fixture();
    assert!(text.contains(from), "the fixture has no `{from}`");
    text.replace(from, to)
}

/// Invalid documents: the mistake, a text of the fixture, and the text that replaces it.
const MISTAKES: &str = r"
broken YAML | tags: [things] | tags: [things
a duplicate field | x-sends-message: true | x-sends-message: true\n      x-sends-message: false
an unknown extension | x-sends-message | x-sends-mesage
an empty body beside another one, of a type that none has | x-sends-message: true | x-sends-message: true\n      x-empty-body: text/plain
an id that is used twice | operationId: things_tag | operationId: things_list
ids that differ in underscores only | operationId: things_tag | operationId: things_l_ist
a reserved id | operationId: things_tag | operationId: things_new
an id without its group | operationId: things_tag | operationId: tag_things
a missing example of a body | example: {email: ada@example.com, ids: [1, 2], tags: [a]} |
a missing example of a parameter | description: Cursor, example: c | description: Cursor
a missing example of a response | , example: {data: []} |
a success that would be read as a failure | example: {data: []} | example: {status: {word: failed}}
a failure that nobody can find | pointer: /status/word | pointer: status
schemas that get the same name | LabelObject: | labels: {type: string}\n    LabelObject:
properties that get the same name | x-rust-name: created_time_text,  |
a reference that does not resolve | '#/components/schemas/Page' | '#/components/schemas/Pages'
a path parameter that is none | /things/{id}: | /things/{key}:
OpenAPI 3.1 | openapi: 3.0.3 | openapi: 3.1.0
no evidence | x-evidence: {level: inferred, source: guess, note: 'not documented <at all> [sic]'} |
an unknown level of evidence | level: inferred | level: rumour
a shared limit with the name of an operation | shared: files, | shared: files_list,
a shared limit with another value elsewhere | operationId: operations_add | operationId: operations_add\n      x-rate-limit: {requests: 7, per: minute, shared: files}
an unknown style of pages | style: cursor | style: curser
two media types | application/x-www-form-urlencoded: | text/plain: {schema: {type: string}}\n          application/x-www-form-urlencoded:
a media type that is not supported | application/x-www-form-urlencoded: | text/csv:
an object in a form | email: {type: string, description: Address} | email: {type: object, description: Address}
two schemas for success | '200': {description: ok, content: {application/json: {schema: {} | '201': {description: ok, content: {application/json: {schema: {type: string}, example: a}}}\n        '200': {description: ok, content: {application/json: {schema: {}
a region without a URL | eu-west-1: 'https://api.eu.passes.test/v1' | eu-west-1: ''
a server that is in none of its regions | us: 'https://api.passes.test/v1' | us: 'https://us.passes.test'
an API without its page | , docs_url: 'https://docs.passes.test/vault' |
a limit that is none | requests: 5000, per: minute | requests: 5000, per: fortnight
an envelope that isn't in the response | x-envelope: /response/data | x-envelope: /response/date
an envelope that is no pointer | x-envelope: /response/data | x-envelope: response
a client's value that is no part of the path | name: X-Key, in: header, | name: X-Key, in: header, x-client-value: {env: PASSES_X, label: x},
bytes beside JSON | '200': {description: ok, content: {application/octet-stream: {schema: {type: string, format: binary}}}} | '200': {description: ok, content: {application/octet-stream: {schema: {type: string, format: binary}}}}\n        '201': {description: ok, content: {application/json: {schema: {}, example: 1}}}
numbered pages whose total is nowhere | total: /paging/total | total: /paging/totals
a parameter that progenitor can't take | description: Older paging, example: b, schema: {type: string} | description: Older paging, example: {a: b}, schema: {type: object, properties: {a: {type: string, description: A}}}
";

/// Errors of invalid documents contain the position and what to do.
#[test]
fn errors_of_invalid_documents() {
    let mut out = String::new();
    for [what, from, to] in support::rows(MISTAKES) {
        let text = with(from, &to.replace("\\n", "\n"));
        let error = match xtask::codegen::modules("specs/passes.yaml", &text) {
            Ok(_) => panic!("{what}: no error"),
            Err(error) => error,
        };
        out.push_str(&format!("# {what}\n{error}\n\n"));
    }
    insta::assert_snapshot!(out);
}

/// A JSON value is checked in the same way.
#[test]
fn an_empty_document_has_every_error() {
    let error = engagement_document::Document::from_value(json!({})).unwrap_err();
    insta::assert_snapshot!(error);
}
