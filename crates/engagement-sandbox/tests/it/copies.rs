//! Snapshots of a sandbox, and sandboxes that start as copies of another.

use std::time::Duration;

use engagement_sandbox::{Sandbox, Snapshot, WebEngageChannel};
use serde_json::{Value, json};

use crate::http::{Http, Payload};

fn create(sandbox: &Sandbox, name: &str) {
    let properties = json!([
        { "name": "name", "value": name }, { "name": "email", "value": format!("{name}@example.com") },
    ]);
    let body = json!({ "properties": properties });
    sandbox
        .perform("engagebay", "contacts_create", &[], body)
        .expect("a valid contact");
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    let page = json!({ "page_size": 100 });
    let contacts = sandbox.perform("engagebay", "contacts_list", &[], page);
    let contacts = contacts.expect("a valid call");
    let contacts = contacts.as_array().expect("a list").iter();
    contacts
        .map(|contact| contact["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn track(sandbox: &Sandbox, user: &str) {
    let parameters = [("licenseCode", "sandbox0")];
    let body = json!({ "userId": user });
    let done = sandbox.perform("webengage", "users_track", &parameters, body);
    done.expect("a valid user");
}

#[tokio::test]
async fn a_snapshot_brings_back_what_the_accounts_held() {
    let sandbox = Sandbox::start().await.expect("a free port");
    create(&sandbox, "Ada");
    track(&sandbox, "u1");
    sandbox
        .webengage()
        .add_campaign("c1", WebEngageChannel::Sms);
    let token = sandbox.engageone().token();
    let snapshot: Snapshot = sandbox.snapshot();

    create(&sandbox, "Grace");
    sandbox
        .perform("engagebay", "tags_create", &[], json!({ "tag": "Later" }))
        .expect("a valid tag");
    track(&sandbox, "u2");
    sandbox.engageone().expire_tokens();
    sandbox
        .set_fault("contacts_get: status=500")
        .expect("a valid fault");
    for _ in 0..2 {
        sandbox.restore(&snapshot.clone());
        assert_eq!(names(&sandbox), ["Ada"]);
        assert_eq!(sandbox.webengage().users().len(), 1);
        create(&sandbox, "Alan");
        track(&sandbox, "u3");
        assert_eq!(
            names(&sandbox),
            ["Ada", "Alan"],
            "the snapshot stays as it is"
        );
    }
    assert_eq!(sandbox.faults().len(), 1, "faults are not in it");
    let tags = sandbox.perform("engagebay", "tags_list", &[], Value::Null);
    assert_eq!(tags.expect("a valid call"), json!([]));

    // Tokens and what handles set are in it.
    let http = Http::new(
        &sandbox,
        sandbox.engageone().base_url(),
        format!("Bearer {token}"),
    );
    let (status, ..) = http
        .header("pb-customer-id", "sandbox-customer")
        .call("GET", "/data", Payload::None)
        .await;
    assert_eq!(status, 200);
    sandbox.reset();
    assert_eq!(names(&sandbox), [""; 0]);
}

#[tokio::test]
async fn a_snapshot_of_another_sandbox_can_be_restored() {
    let (first, second) = (Sandbox::start().await, Sandbox::start().await);
    let (first, second) = (first.expect("a free port"), second.expect("a free port"));
    create(&first, "Ada");
    second.restore(&first.snapshot());
    create(&second, "Grace");
    create(&first, "Alan");
    assert_eq!(names(&first), ["Ada", "Alan"]);
    assert_eq!(names(&second), ["Ada", "Grace"]);
    second.advance(Duration::from_secs(3600));
    create(&second, "Later");
    let page = json!({ "page_size": 1, "sort_key": "-created_time" });
    let newest = second.perform("engagebay", "contacts_list", &[], page);
    let created = newest.expect("a valid call")[0]["created_time"].as_u64();
    let now = second
        .now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    let ago = now.as_secs() - created.expect("a time");
    assert!(
        ago < 60,
        "the account follows the clock of its sandbox: {ago}"
    );
}

#[tokio::test]
async fn rate_limits_are_in_a_snapshot_and_in_a_fork() {
    let sandbox = Sandbox::builder()
        .rate_limit("users_track", 3)
        .start()
        .await;
    let sandbox = sandbox.expect("a free port");
    let call = async |sandbox: &Sandbox| {
        let http = Http::webengage(sandbox);
        let user = Payload::Json(json!({ "userId": "u1" }));
        http.call("POST", "/v1/accounts/sandbox0/users", user)
            .await
            .0
    };
    let before = sandbox.snapshot();
    for expected in [201, 201, 201, 429] {
        assert_eq!(call(&sandbox).await, expected);
    }
    let fork = sandbox.fork().await.expect("a free port");
    assert_eq!(call(&fork).await, 429);
    fork.restore(&before);
    assert_eq!(call(&fork).await, 201);
    assert_eq!(call(&sandbox).await, 429);
}

#[tokio::test]
async fn a_fork_has_the_records_the_settings_and_the_time() {
    let sandbox = Sandbox::builder()
        .credential("ENGAGEBAY_API_KEY", "secret")
        .log_size(3)
        .start()
        .await
        .expect("a free port");
    for number in 0..5 {
        create(&sandbox, &format!("C{number}"));
        track(&sandbox, &format!("u{number}"));
    }
    sandbox.advance(Duration::from_secs(86_400));
    let fork = sandbox.fork().await.expect("a free port");
    assert_ne!(fork.address(), sandbox.address());
    let ahead = fork.now().duration_since(sandbox.now()).unwrap_or_default();
    assert!(ahead < Duration::from_secs(60), "{ahead:?}");
    let key = |sandbox: &Sandbox| {
        let env = sandbox.engagebay().env().into_iter();
        let mut env = env.filter(|(name, _)| name == "ENGAGEBAY_API_KEY");
        env.next().map(|(_, value)| value)
    };
    assert_eq!(key(&fork).as_deref(), Some("secret"));
    assert_eq!(names(&fork), names(&sandbox));

    create(&fork, "Fork");
    create(&sandbox, "Original");
    assert_eq!(names(&fork)[5..], ["Fork"]);
    assert_eq!(names(&sandbox)[5..], ["Original"]);
    for (one, other) in [(&fork, &sandbox), (&sandbox, &fork)] {
        one.reset();
        assert_eq!(names(one), [""; 0]);
        assert_eq!(one.webengage().users().len(), 0);
        assert_eq!(other.faults().len(), 0);
    }
    fork.advance(Duration::from_secs(3600));
    let ahead = fork.now().duration_since(sandbox.now());
    assert!(ahead.expect("it is ahead") > Duration::from_secs(3000));
    fork.stop().await;
    create(&sandbox, "StillThere");
}

#[tokio::test]
async fn a_change_of_one_record_does_not_show_in_the_other_sandbox() {
    let sandbox = Sandbox::start().await.expect("a free port");
    create(&sandbox, "Ada");
    let fork = sandbox.fork().await.expect("a free port");
    let update = |sandbox: &Sandbox, name: &str| {
        let properties = json!([{ "name": "name", "value": name }]);
        let body = json!({ "id": 6_000_000_000_000_002_i64, "properties": properties });
        let done = sandbox.perform("engagebay", "contacts_update", &[], body);
        done.expect("a valid contact");
    };
    update(&fork, "Fork");
    assert_eq!(
        (names(&sandbox), names(&fork)),
        (vec!["Ada".into()], vec!["Fork".into()])
    );
    update(&sandbox, "Original");
    assert_eq!(names(&sandbox), ["Original"]);
    assert_eq!(names(&fork), ["Fork"]);
}
