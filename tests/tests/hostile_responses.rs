//! Any response and any webhook: nothing panics, no value is lost, and no error contains a value. The fuzz targets check the
//! same.

use engagement_tests::mutation::{HIDDEN, mutated};
use engagement_tests::properties::{self, CASES, response};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        Just(Value::from(HIDDEN)),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("id|data|response|status|[a-z]{1,3}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Checks a number of values for each type of response.
fn for_each_type<S: Strategy>(
    cases: u32,
    strategy: impl Fn() -> S,
    check: impl Fn(&properties::Case, S::Value),
) {
    assert!(CASES.len() > 60, "{}", CASES.len());
    for case in CASES.iter() {
        let config = Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        };
        let run = TestRunner::new(config).run(&strategy(), |value| {
            check(case, value);
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
}

#[test]
fn any_bytes() {
    for_each_type(
        16,
        || prop::collection::vec(any::<u8>(), 0..64),
        |case, body| response(case, &body),
    );
}

#[test]
fn any_json_values() {
    for_each_type(24, any_json, |case, body| {
        response(case, body.to_string().as_bytes());
    });
}

#[test]
fn damaged_examples() {
    let script = || (any::<prop::sample::Index>(), any::<[u8; 16]>());
    for_each_type(48, script, |case, (seed, script)| {
        response(case, &mutated(seed.get(&case.seeds), &script));
    });
}

#[test]
fn any_webhook() {
    #[rustfmt::skip]
    const TOKENS: &[&str] = &[
        "\n", r#"{"event":""#, "contact.", "company.", "deal.", "email.", r#"created""#, r#","entity":"#, r#"{"id":"#, "7",
        "\"", "}", "eventType=", "FEEDBACK_SUBMIT", "FEEDBACK_REPLY_SUBMIT", "SURVEY_RESPONSE_SUBMIT", "&licenseCode=%",
        r#"{"resource":"#, r#"{"category":"system""#, "<xml>", "\u{feff}", "null", "[",
    ];
    let token = prop_oneof![
        4 => prop::sample::select(TOKENS).prop_map(|token| token.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    let config = Config {
        cases: 1024,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(token, 0..12), |tokens| {
            properties::any_webhook(&tokens.concat());
            Ok(())
        })
        .unwrap();
}
