//! For any text as a path value, either nothing is sent, or the server decodes exactly that text.

use std::cell::Cell;

use engagement_sandbox::Sandbox;
use engagement_tests::providers;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Texts with special characters of URLs.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "", ".", "..", "...", "%2e%2e", "%2E.", "a/b", "/", "\\", "..\\x", "a?b=c", "a#b", "a b+c", "é ü 漢 🦀", "a\r\nX: y",
    "\0", "%", "%zz", "ada+new@example.com", "ExponentPushToken[abc:def]", ";v=1", " ",
];

fn texts() -> impl Strategy<Value = String> {
    let known = prop::sample::select(KNOWN).prop_map(str::to_owned);
    prop_oneof![2 => known, 3 => any::<String>(), 1 => "[./%\\\\ a]{0,6}"]
}

/// The clients send none of these.
fn is_refused(text: &str) -> bool {
    matches!(text, "" | "." | "..") || text.chars().any(char::is_control)
}

#[test]
fn any_text_is_refused_or_sent_unchanged() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sandbox = runtime
        .block_on(Sandbox::builder().examples_only().start())
        .unwrap();
    let bay = providers::client::<engagebay_client::Client>(&sandbox, &engagebay_client::PROVIDER);
    let engage = providers::client::<engage_client::Client>(&sandbox, &engage_client::PROVIDER);
    let (sent, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let mut runner = TestRunner::new(Config {
        cases: 512,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&(texts(), texts()), |(first, second)| {
            runtime.block_on(async {
                sandbox.clear_requests();
                // A value in the last segment, one in the middle, and two in one path.
                let (users, lists) = (engage.users(), engage.lists());
                let results = [
                    bay.contacts().get_by_email(&*first).send().await.err(),
                    users.archive(&*first).send().await.err(),
                    lists
                        .remove_subscriber(&*first, &*second)
                        .send()
                        .await
                        .err(),
                ];
                let [first_allowed, second_allowed] =
                    [&first, &second].map(|text| !is_refused(text));
                let allowed = [
                    first_allowed,
                    first_allowed,
                    first_allowed && second_allowed,
                ];
                let expected = [
                    &[
                        "engagebay",
                        "dev",
                        "api",
                        "panel",
                        "subscribers",
                        "contact-by-email",
                        &first,
                    ][..],
                    &["engage", "v1", "users", &first, "archive"],
                    &["engage", "v1", "lists", &first, "subscribers", &second],
                ];
                let requests = sandbox.requests();
                let count = allowed.iter().filter(|allowed| **allowed).count();
                prop_assert_eq!(requests.len(), count);
                let mut requests = requests.iter();
                for ((error, allowed), expected) in results.iter().zip(allowed).zip(expected) {
                    if allowed {
                        let path = &requests.next().expect("counted above").path;
                        let segments = path.trim_start_matches('/').split('/').map(decode);
                        prop_assert_eq!(segments.collect::<Vec<_>>(), expected);
                        sent.set(sent.get() + 1);
                    } else {
                        let error = error.as_ref().expect("an invalid value");
                        prop_assert_eq!(error.kind(), engagement_core::ErrorKind::InvalidRequest);
                        prop_assert!(!error.was_sent());
                        refused.set(refused.get() + 1);
                    }
                }
                Ok(())
            })
        })
        .unwrap();
    let (sent, refused) = (sent.get(), refused.get());
    assert!(
        sent > 300 && refused > 100,
        "too few of one kind: {sent} sent, {refused} refused"
    );
}

fn decode(segment: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(segment).decode_utf8();
    decoded.expect("paths are UTF-8").into_owned()
}
