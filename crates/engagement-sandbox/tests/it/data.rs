//! Accounts in a folder, from a program's own point of view. The tests of the program kill it.

use std::time::Duration;

use engagement_sandbox::{Builder, Sandbox, WebEngageChannel};
use serde_json::{Value, json};

async fn start(builder: Builder, folder: &tempfile::TempDir) -> Sandbox {
    let started = builder.data(folder.path()).start().await;
    started.unwrap_or_else(|error| panic!("{error}"))
}

fn tag(sandbox: &Sandbox, name: &str) {
    let done = sandbox.perform("engagebay", "tags_create", &[], json!({ "tag": name }));
    done.expect("a valid tag");
}

fn tags(sandbox: &Sandbox) -> usize {
    let tags = sandbox.perform("engagebay", "tags_list", &[], Value::Null);
    tags.expect("a valid call")
        .as_array()
        .expect("a list")
        .len()
}

#[tokio::test]
async fn whatever_changes_an_account_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = start(Sandbox::builder(), &folder).await;
    tag(&sandbox, "A");
    sandbox
        .webengage()
        .add_campaign("c1", WebEngageChannel::Sms);
    let token = sandbox.engageone().token();
    let snapshot = sandbox.snapshot();
    tag(&sandbox, "B");
    sandbox.restore(&snapshot);
    tag(&sandbox, "C");
    sandbox.advance(Duration::from_secs(7 * 86_400));
    let now = sandbox.now();
    let fork = sandbox.fork().await.expect("a free port");
    tag(&fork, "Fork");
    sandbox.stop().await;

    let again = start(Sandbox::builder(), &folder).await;
    assert_eq!(tags(&again), 2);
    assert!(again.now() >= now, "the clock doesn't run backwards");
    let unknown = [("licenseCode", "sandbox0"), ("experimentId", "c2")];
    let refused = again.perform(
        "webengage",
        "transactions_trigger",
        &unknown,
        json!({ "userId": "u" }),
    );
    assert_eq!(refused, Err("Campaign c2 not found".to_owned()));
    assert_ne!(again.engageone().token(), token);
    again.reset();
    tag(&again, "D");
    again.stop().await;
    let last = start(Sandbox::builder(), &folder).await;
    assert_eq!(tags(&last), 1);
    assert_eq!(last.notices(), [""; 0]);
}

#[tokio::test]
async fn settings_may_differ_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Sandbox::builder()
        .credential("ENGAGEONE_SECRET", "first")
        .log_size(2);
    let sandbox = start(first, &folder).await;
    let login = |secret: &str| json!({ "customer_id": "sandbox-customer", "client_id": "sandbox-customer.client@communicate.engageone.co", "secret": secret });
    let done = sandbox.perform("engageone", "auth_login", &[], login("first"));
    done.expect("the right secret");
    sandbox.stop().await;
    let second = Sandbox::builder().credential("ENGAGEONE_SECRET", "second");
    let sandbox = start(second, &folder).await;
    assert_eq!(
        sandbox.engageone().logins(),
        1,
        "the login was right when it happened"
    );
    let wrong = sandbox.perform("engageone", "auth_login", &[], login("first"));
    assert!(wrong.is_err());
    sandbox.stop().await;
    for (secret, logins) in [("third", 2), ("fourth", 3)] {
        // Also right after a start at which nothing had changed.
        start(Sandbox::builder(), &folder).await.stop().await;
        let next = Sandbox::builder().credential("ENGAGEONE_SECRET", secret);
        let sandbox = start(next, &folder).await;
        let done = sandbox.perform("engageone", "auth_login", &[], login(secret));
        done.expect("the right secret");
        sandbox.stop().await;
        let sandbox = start(Sandbox::builder(), &folder).await;
        assert_eq!(sandbox.engageone().logins(), logins);
        sandbox.stop().await;
    }
}

#[tokio::test]
async fn a_folder_is_needed_for_a_reset_of_it() {
    let error = Sandbox::builder().reset_data().start().await.err();
    assert_eq!(
        error.expect("it doesn't start").to_string(),
        "there is no data folder to be reset: name one"
    );
}
