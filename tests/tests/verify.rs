//! `cargo xtask verify` on fixtures that pass, fail or are skipped.

use engagement_tests::providers::root;
use engagement_tests::verify::verify;

#[test]
fn a_folder_of_payloads_is_verified() {
    let report = verify(&root().join("tests/fixtures/payloads/engage"), None).unwrap();
    let (explained, skipped) = (report.explained, report.skipped);
    let counts = [report.passed, report.failed, explained, skipped];
    assert_eq!(counts, [6, 5, 1, 3]);
    insta::assert_snapshot!(report.text);
}

#[test]
fn a_body_that_says_nothing_fits_a_call_without_one() {
    let report = verify(&root().join("tests/fixtures/payloads/engagebay"), None).unwrap();
    assert_eq!((report.passed, report.failed), (3, 1), "{}", report.text);
    let failure = "fields.form: contacts_list_tags_by_email takes no body, but one was recorded";
    assert!(report.text.contains(failure), "{}", report.text);
}

/// Clients and webhooks write the time of an event in more forms than the documented one.
#[test]
fn every_form_of_the_time_of_an_event_is_accepted() {
    let report = verify(&root().join("tests/fixtures/payloads/webengage")).unwrap();
    assert_eq!((report.passed, report.failed), (10, 1), "{}", report.text);
    assert!(report.text.contains("event-flag.json"), "{}", report.text);
}
