//! `Unredacted` prints one value of a client in full, and nothing else.

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

/// Prints, and lets another thread print meanwhile.
#[test]
fn what_other_threads_log_stays_redacted() {
    let (ask, asked) = mpsc::channel::<()>();
    let (response, responded) = mpsc::channel::<String>();
    let other = thread::spawn(move || {
        for () in asked {
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

    let pair = (user(), Meanwhile(&ask, &responded), user());
    let printed = format!("{:?}", Unredacted(&pair));
    assert_eq!(
        printed.matches("email: Some(Redacted)").count(),
        1,
        "{printed}"
    );
    assert_eq!(
        printed.matches(r#"email: Some("ada@example.com")"#).count(),
        2,
        "{printed}"
    );
    drop(ask);
    other.join().unwrap();
}
