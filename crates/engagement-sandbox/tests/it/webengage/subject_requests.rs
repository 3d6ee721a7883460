use serde_json::{Value, json};

use super::{Account, EVENTS, queued, refused};

const PATH: &str = "/v1/accounts/sandbox0/opengdpr_requests";

fn request(id: &str, kind: &str, user: &str) -> Value {
    let identity = json!({ "identity_type": "cuid", "identity_value": user });
    json!({ "subject_request_id": id, "subject_request_type": kind, "subject_identities": [identity] })
}

impl Account {
    async fn cancel(&self, id: &str) -> (u16, Value) {
        self.call("DELETE", &format!("{PATH}/{id}"), &[], &Value::Null)
            .await
    }
}

#[tokio::test]
async fn an_erasure_is_pending_and_can_be_cancelled_once() {
    let account = Account::start().await;
    account.user(json!({ "userId": "ada" })).await;
    let receipt = |message: &str| json!({ "subject_request_id": "r-1", "subject_request_type": "erasure", "message": message });
    let state = |status: &str| json!({ "subject_request_id": "r-1", "subject_request_type": "erasure", "status": status });
    assert_eq!(
        account.post(PATH, request("r-1", "erasure", "ada")).await,
        (201, receipt("erasure request registered"))
    );
    assert_eq!(
        account.get(&format!("{PATH}/r-1")).await,
        (200, state("PENDING"))
    );
    assert_eq!(
        account.cancel("r-1").await,
        (200, receipt("The request was cancelled"))
    );
    assert_eq!(
        account.get(&format!("{PATH}/r-1")).await,
        (200, state("CANCELLED"))
    );
    assert_eq!(
        account.cancel("r-1").await,
        refused(
            400,
            "Subject request r-1 is CANCELLED and can't be cancelled"
        )
    );
    assert_eq!(account.handle().users().len(), 1);
}

#[tokio::test]
async fn an_id_is_unique_and_the_user_must_exist() {
    let account = Account::start().await;
    account.user(json!({ "userId": "ada" })).await;
    assert_eq!(
        account.post(PATH, request("r-1", "erasure", "eve")).await,
        refused(400, "User eve not found")
    );
    assert_eq!(
        account.post(PATH, request("r-1", "erasure", "ada")).await.0,
        201
    );
    assert_eq!(
        account
            .post(PATH, request("r-1", "portability", "ada"))
            .await,
        refused(400, "Subject request r-1 exists already")
    );
    let mut two = request("r-2", "erasure", "ada");
    let identity = two["subject_identities"][0].clone();
    two["subject_identities"]
        .as_array_mut()
        .expect("a list")
        .push(identity);
    for wrong in [
        two,
        request("r-2", "deletion", "ada"),
        request("", "erasure", "ada"),
    ] {
        assert_eq!(account.post(PATH, wrong).await.0, 400);
    }
}

#[tokio::test]
async fn unknown_requests_are_404() {
    let account = Account::start().await;
    let not_found = refused(404, "Subject request r-1 not found");
    assert_eq!(account.get(&format!("{PATH}/r-1")).await, not_found);
    assert_eq!(account.cancel("r-1").await, not_found);
    assert_eq!(
        account.handle().set_subject_request_status("r-1", "DONE"),
        Err("Subject request r-1 not found".to_owned())
    );
}

#[tokio::test]
async fn a_portability_request_returns_the_profile() {
    let account = Account::start().await;
    account
        .user(json!({ "userId": "ada", "firstName": "Ada" }))
        .await;
    let (status, response) = account
        .post(PATH, request("r-1", "portability", "ada"))
        .await;
    assert_eq!(
        (status, &response["message"], &response["profile"]),
        (
            201,
            &json!("portability request registered"),
            &account.handle().users()[0]
        )
    );
}

#[tokio::test]
async fn requests_other_than_erasures_are_done_immediately() {
    let account = Account::start().await;
    account.user(json!({ "userId": "ada" })).await;
    for kind in ["restriction", "re-enable", "portability"] {
        assert_eq!(account.post(PATH, request(kind, kind, "ada")).await.0, 201);
        assert_eq!(
            account.get(&format!("{PATH}/{kind}")).await.1["status"],
            "DONE"
        );
        assert_eq!(
            account.cancel(kind).await,
            refused(
                400,
                &format!("Subject request {kind} is DONE and can't be cancelled")
            )
        );
    }
}

#[tokio::test]
async fn a_completed_erasure_deletes_the_data() {
    let account = Account::start().await;
    for user in ["ada", "eve"] {
        account.user(json!({ "userId": user })).await;
        let event = json!({ "userId": user, "eventName": "Seen" });
        assert_eq!(account.post(EVENTS, event).await, queued());
    }
    assert_eq!(
        account.post(PATH, request("r-1", "erasure", "ada")).await.0,
        201
    );
    let move_on = |status: &str| account.handle().set_subject_request_status("r-1", status);
    move_on("PROCESSING").expect("a known request");
    assert_eq!(account.cancel("r-1").await.0, 400);
    assert_eq!(account.handle().users().len(), 2);
    move_on("DONE").expect("a known request");
    assert_eq!(
        account.get(&format!("{PATH}/r-1")).await.1["status"],
        "DONE"
    );
    let (users, events) = (account.handle().users(), account.handle().events());
    assert_eq!((users.len(), &users[0]["userId"]), (1, &json!("eve")));
    assert_eq!((events.len(), &events[0]["userId"]), (1, &json!("eve")));
}
