//! `Unredacted` prints one value of a client in full, and no other.

use std::sync::mpsc;
use std::thread;

use engagement_core::Unredacted;
use serde::Deserialize as _;
use serde_json::json;

const EMAIL: &str = "ada@example.com";

fn user() -> engage_client::types::User {
    let user = json!({ "id": "1", "email": EMAIL, "new_field": EMAIL });
    engage_client::types::User::deserialize(user).unwrap()
}

#[test]
fn one_value_of_any_client_is_printed_in_full() {
    let user = user();
    let full = format!("{:?}", Unredacted(&user));
    assert!(full.contains(r#"email: Some("ada@example.com")"#), "{full}");
    assert!(
        full.contains(r#""new_field": String("ada@example.com")"#),
        "{full}"
    );

    let contact = engagebay_client::types::Property::email(EMAIL);
    let many = format!("{:#?}", Unredacted(vec![Some(&contact)]));
    assert!(many.contains(EMAIL), "{many}");

    let plain = format!("{user:?} {contact:?}");
    assert!(
        plain.contains("email: Some(Redacted)") && !plain.contains(EMAIL),
        "{plain}"
    );
}

/// Another thread prints a value while this thread prints one in full.
#[test]
fn values_printed_by_other_threads_stay_redacted() {
    let (request, requests) = mpsc::channel::<()>();
    let (response, responses) = mpsc::channel::<String>();
    let other = thread::spawn(move || {
        for () in requests {
            response.send(format!("{:?}", user())).unwrap();
        }
    });

    struct Meanwhile<'a>(&'a mpsc::Sender<()>, &'a mpsc::Receiver<String>);

    impl std::fmt::Debug for Meanwhile<'_> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.send(()).unwrap();
            f.write_str(&self.1.recv().unwrap())
        }
    }

    let pair = (user(), Meanwhile(&request, &responses), user());
    let printed = format!("{:?}", Unredacted(&pair));
    let count = |text: &str| printed.matches(text).count();
    assert_eq!(count("email: Some(Redacted)"), 1, "{printed}");
    assert_eq!(count(r#"email: Some("ada@example.com")"#), 2, "{printed}");
    drop(request);
    other.join().unwrap();
}
