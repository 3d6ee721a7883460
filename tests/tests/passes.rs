//! The generator on documents of the tests: full output of every pass, and errors of invalid documents.

use engagement_tests::generated::passes::types::{MailStep, Step, WordOrStep};
use engagement_tests::providers;
use serde_json::json;

fn fixture() -> String {
    std::fs::read_to_string(providers::root().join("tests/fixtures/passes.yaml")).unwrap()
}

/// The output for a document with every construct is the text in `tests/src/generated/passes/`, which
/// compiles as a part of this package.
#[test]
fn output() {
    let files = xtask::codegen::modules("passes.yaml", &fixture()).unwrap();
    for (name, text) in files {
        let compiled = std::fs::read_to_string(
            providers::root()
                .join("tests/src/generated/passes")
                .join(&name),
        )
        .unwrap();
        assert_eq!(
            compiled.replace("\r\n", "\n"),
            text,
            "{name} is not what compiles: run `cargo xtask codegen`"
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

/// The fixture with a text exchanged.
fn with(from: &str, to: &str) -> String {
    let text = fixture();
    assert!(text.contains(from), "the fixture has no `{from}`");
    text.replace(from, to)
}

/// Errors of invalid documents name the place and say what to do.
#[test]
fn complaints() {
    let cases = [
        ("broken YAML", with("tags: [things]", "tags: [things")),
        (
            "a duplicate field",
            with(
                "x-sends-message: true",
                "x-sends-message: true\n      x-sends-message: false",
            ),
        ),
        (
            "an unknown extension",
            with("x-sends-message", "x-sends-mesage"),
        ),
        (
            "an id that is used twice",
            with("operationId: things_tag", "operationId: things_list"),
        ),
        (
            "ids that differ in underscores only",
            with("operationId: things_tag", "operationId: things_l_ist"),
        ),
        (
            "a reserved id",
            with("operationId: things_tag", "operationId: things_new"),
        ),
        (
            "an id without its group",
            with("operationId: things_tag", "operationId: tag_things"),
        ),
        (
            "a missing example of a body",
            with(
                "            example: {email: ada@example.com, ids: [1, 2], tags: [a]}\n",
                "",
            ),
        ),
        (
            "a missing example of a parameter",
            with("description: Cursor, example: c", "description: Cursor"),
        ),
        (
            "a missing example of a response",
            with(", example: {data: []}", ""),
        ),
        (
            "a success that would be read as a failure",
            with("example: {data: []}", "example: {status: {word: failed}}"),
        ),
        (
            "a failure that nobody can find",
            with("pointer: /status/word", "pointer: status"),
        ),
        (
            "schemas that get the same name",
            with(
                "    LabelObject:",
                "    labels: {type: string}\n    LabelObject:",
            ),
        ),
        (
            "properties that get the same name",
            with("x-rust-name: created_time_text, ", ""),
        ),
        (
            "a reference that does not resolve",
            with(
                "'#/components/schemas/Page'",
                "'#/components/schemas/Pages'",
            ),
        ),
        (
            "a path parameter that is none",
            with("  /things/{id}:", "  /things/{key}:"),
        ),
        ("OpenAPI 3.1", with("openapi: 3.0.3", "openapi: 3.1.0")),
        (
            "no evidence",
            with(
                "      x-evidence: {level: inferred, source: guess, note: 'not documented <at all> [sic]'}\n",
                "",
            ),
        ),
        (
            "an unknown level of evidence",
            with("level: inferred", "level: rumour"),
        ),
        (
            "a shared limit with the name of an operation",
            with("shared: files,", "shared: files_list,"),
        ),
        (
            "a shared limit with another value elsewhere",
            with(
                "      operationId: operations_add\n",
                "      operationId: operations_add\n      x-rate-limit: {requests: 7, per: minute, shared: files}\n",
            ),
        ),
        (
            "an unknown style of pages",
            with("style: cursor", "style: curser"),
        ),
        (
            "two media types",
            with(
                "application/x-www-form-urlencoded:",
                "text/plain: {schema: {type: string}}\n          application/x-www-form-urlencoded:",
            ),
        ),
        (
            "a media type that is not supported",
            with("application/x-www-form-urlencoded:", "text/csv:"),
        ),
        (
            "an object in a form",
            with(
                "email: {type: string, description: Address}",
                "email: {type: object, description: Address}",
            ),
        ),
        (
            "values of an enum that get the same name",
            with("[big, small, '>=', USD-$]", "[big, BIG]"),
        ),
        (
            "two schemas for success",
            with(
                "'200': {description: ok, content: {application/json: {schema: {}",
                "'201': {description: ok, content: {application/json: {schema: {type: string}, example: a}}}\n        '200': {description: ok, content: {application/json: {schema: {}",
            ),
        ),
        (
            "a region without a URL",
            with(
                "eu-west-1: 'https://api.eu.passes.test/v1'",
                "eu-west-1: ''",
            ),
        ),
        (
            "a server that is in none of its regions",
            with(
                "us: 'https://api.passes.test/v1'",
                "us: 'https://us.passes.test'",
            ),
        ),
        (
            "an API without its page",
            with(", docs_url: 'https://docs.passes.test/vault'", ""),
        ),
        (
            "a limit that is none",
            with(
                "requests: 5000, per: minute",
                "requests: 5000, per: fortnight",
            ),
        ),
        (
            "an envelope that isn't in the response",
            with("x-envelope: /response/data", "x-envelope: /response/date"),
        ),
        (
            "an envelope that is no pointer",
            with("x-envelope: /response/data", "x-envelope: response"),
        ),
        (
            "a client's value that is no part of the path",
            with(
                "name: X-Key, in: header,",
                "name: X-Key, in: header, x-client-value: {env: PASSES_X, label: x},",
            ),
        ),
        (
            "bytes beside JSON",
            with(
                "'200': {description: ok, content: {application/octet-stream: {schema: {type: string, format: binary}}}}",
                "'200': {description: ok, content: {application/octet-stream: {schema: {type: string, format: binary}}}}\n        '201': {description: ok, content: {application/json: {schema: {}, example: 1}}}",
            ),
        ),
        (
            "numbered pages whose total is nowhere",
            with("total: /paging/total", "total: /paging/totals"),
        ),
        (
            "a parameter that progenitor can't take",
            with(
                "description: Older paging, example: b, schema: {type: string}",
                "description: Older paging, example: {a: b}, schema: {type: object, properties: {a: {type: string, description: A}}}",
            ),
        ),
    ];
    let mut out = String::new();
    for (what, text) in cases {
        let complaint = match xtask::codegen::modules("specs/passes.yaml", &text) {
            Ok(_) => panic!("{what}: was accepted"),
            Err(failure) => failure.to_string(),
        };
        out.push_str(&format!("# {what}\n{complaint}\n\n"));
    }
    insta::assert_snapshot!(out);
}

/// JSON that the documents' reader gets from elsewhere is checked in the same way.
#[test]
fn an_empty_document_gets_every_error() {
    let error = engagement_document::Document::from_value(json!({})).unwrap_err();
    insta::assert_snapshot!(error);
}
