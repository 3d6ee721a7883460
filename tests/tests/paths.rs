//! Whatever text is given as a path value: an error and no request, or the server decodes exactly that text.

use std::cell::Cell;

use engagement_sandbox::Sandbox;
use engagement_tests::providers::{engage_client, engagebay_client};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Texts that have broken clients before, and anything else.
fn texts() -> impl Strategy<Value = String> {
    let known = prop_oneof![
        Just(String::new()),
        Just(".".into()),
        Just("..".into()),
        Just("...".into()),
        Just("%2e%2e".into()),
        Just("%2E.".into()),
        Just("a/b".into()),
        Just("/".into()),
        Just("\\".into()),
        Just("..\\x".into()),
        Just("a?b=c".into()),
        Just("a#b".into()),
        Just("a b+c".into()),
        Just("é ü 漢 🦀".into()),
        Just("a\r\nX: y".into()),
        Just("\0".into()),
        Just("%".into()),
        Just("%zz".into()),
        Just("ada+new@example.com".into()),
        Just("ExponentPushToken[abc:def]".into()),
        Just(";v=1".into()),
        Just(" ".into()),
    ];
    prop_oneof![2 => known, 3 => any::<String>(), 1 => "[./%\\\\ a]{0,6}"]
}

/// The rule of the clients: these never leave the process.
fn refused(text: &str) -> bool {
    matches!(text, "" | "." | "..") || text.chars().any(char::is_control)
}

#[test]
fn any_text_is_refused_or_arrives_as_it_is() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sandbox = runtime
        .block_on(Sandbox::builder().examples_only().start())
        .unwrap();
    let bay = engagebay_client(&sandbox);
    let engage = engage_client(&sandbox);
    let (sent, kept) = (Cell::new(0_u32), Cell::new(0_u32));
    let mut runner = TestRunner::new(Config {
        cases: 512,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&(texts(), texts()), |(first, second)| {
            runtime.block_on(async {
                sandbox.clear_requests();
                // One value in the last segment, one in the middle, and two in one path.
                let results = [
                    bay.contacts()
                        .get_by_email(first.as_str())
                        .send()
                        .await
                        .map(drop),
                    engage
                        .users()
                        .archive(first.as_str())
                        .send()
                        .await
                        .map(drop),
                    engage
                        .lists()
                        .remove_subscriber(first.as_str(), second.as_str())
                        .send()
                        .await
                        .map(drop),
                ];
                let allowed = [
                    !refused(&first),
                    !refused(&first),
                    !refused(&first) && !refused(&second),
                ];
                let wanted = [
                    vec![
                        "engagebay",
                        "dev",
                        "api",
                        "panel",
                        "subscribers",
                        "contact-by-email",
                        &first,
                    ],
                    vec!["engage", "v1", "users", &first, "archive"],
                    vec!["engage", "v1", "lists", &first, "subscribers", &second],
                ];
                let requests = sandbox.requests();
                prop_assert_eq!(
                    requests.len(),
                    allowed.iter().filter(|allowed| **allowed).count()
                );
                let mut arrived = requests.iter();
                for ((result, allowed), wanted) in results.iter().zip(allowed).zip(wanted) {
                    if allowed {
                        let path = &arrived.next().expect("counted above").path;
                        let segments: Vec<String> = path
                            .trim_start_matches('/')
                            .split('/')
                            .map(decode)
                            .collect();
                        prop_assert_eq!(segments, wanted);
                        sent.set(sent.get() + 1);
                    } else {
                        let error = result.as_ref().expect_err("a refused value");
                        prop_assert_eq!(error.kind(), engagement_core::ErrorKind::InvalidRequest);
                        prop_assert!(!error.was_sent());
                        kept.set(kept.get() + 1);
                    }
                }
                Ok(())
            })
        })
        .unwrap();
    let (sent, kept) = (sent.get(), kept.get());
    println!(
        "{sent} requests arrived as they were meant, {kept} were refused before they were sent"
    );
    assert!(
        sent > 300 && kept > 100,
        "the texts are one-sided: {sent} sent, {kept} refused"
    );
}

fn decode(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = (byte == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).expect("a path holds UTF-8")
}
