//! Users, searches and uploads of an account, against the sandbox.

use engagement_sandbox::{Sandbox, WebEngage, WebEngageChannel};
use serde_json::{Value, json};
use webengage_client::enums::{ContainerStatus, MultiTransactionMode};
use webengage_client::ids::{SubjectRequestId, UserId};
use webengage_client::types::{
    BulkUsers, CatalogUploadEnvelope, DedupeWindow, EventTrack, FeedbackFilter, FeedbackQuery,
    MultiTransactionRequest, OverrideContext, OverrideData, QueuedContainer, QueuedEnvelope,
    SubjectIdentity, SubjectRequest, TransactionRequest, UserUpsert,
};
use webengage_client::{
    Client, Error, ErrorKind, PROVIDER, Response, ResumePoint, Stream, Timestamp, Upload,
};

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    (sandbox, client)
}

fn client(sandbox: &Sandbox) -> Client {
    let side = sandbox.webengage();
    let mut builder = Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY);
    for server in PROVIDER.servers {
        builder = builder.server_url(server.name, side.server_url(server.name).unwrap());
    }
    builder.build().unwrap()
}

#[tokio::test]
async fn a_user_is_created_updated_and_deleted() {
    let (sandbox, client) = start().await;
    let side = sandbox.webengage();
    let born: Timestamp = "1985-03-14T00:00Z".parse().unwrap();
    let ada = UserUpsert::new()
        .user_id("#13 ~")
        .first_name("Ada")
        .birth_date(&born)
        .gender("female")
        .email("ada@example.com")
        .phone("+15555550101")
        .attributes(json!({"Plan": "starter", "Seats": 3, "Since": Value::from(born)}));
    let queued = client.users().track(ada).response().await.unwrap();
    assert_eq!(queued.value().status, Some(ContainerStatus::Queued));
    assert_eq!(
        queued.full_body::<QueuedEnvelope>().unwrap().response,
        *queued.value()
    );
    let more = UserUpsert::new()
        .user_id("#13 ~")
        .company("Example Ltd")
        .whatsapp_opt_in(true);
    client.users().track(more).send().await.unwrap();
    let users = side.users();
    let [user] = &users[..] else {
        panic!("{users:?}")
    };
    assert_eq!(
        [
            &user["firstName"],
            &user["company"],
            &user["birthDate"],
            &user["attributes"]["Since"]
        ],
        [
            "Ada",
            "Example Ltd",
            "1985-03-14T00:00:00+0000",
            "1985-03-14T00:00:00+0000"
        ]
    );

    let time = Timestamp::from_unix_seconds(1_777_867_200)
        .unwrap()
        .with_offset(330)
        .unwrap();
    let order = EventTrack::new("Order placed")
        .user_id("#13 ~")
        .event_time(time)
        .event_data(json!({"Amount": 49.5, "Items": ["sku-1"]}));
    client.events().track(order).send().await.unwrap();
    let events = side.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["eventTime"], "2026-05-04T09:30:00+0530");

    side.add_campaign("~2camp9", WebEngageChannel::Email);
    side.add_campaign("~3camp1", WebEngageChannel::Sms);
    let data = OverrideData::new()
        .context(OverrideContext::new().token(json!({"orderId": "order-2001"})))
        .email("ada@example.com")
        .phone("+15555550101");
    let request = TransactionRequest::new("#13 ~")
        .ttl(60)
        .dedupe(DedupeWindow::new().ttl(600))
        .override_data(data.clone());
    let transactions = client.transactions();
    let sent = transactions.trigger("~2camp9", request).send().await;
    let sent = sent.unwrap().unwrap();
    assert_eq!(
        (sent.experiment_id, sent.ttl),
        (Some("~2camp9".into()), Some(60))
    );
    assert_eq!(side.messages().len(), 1);
    let several = MultiTransactionRequest::new("#13 ~", data).txn_id("t1");
    let campaigns = ["~2camp9", "~3camp1"];
    transactions
        .trigger_multi(campaigns, MultiTransactionMode::All, several)
        .send()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(side.messages().len(), 3);
    let unknown = TransactionRequest::new("nobody");
    let error = transactions.trigger("~2camp9", unknown).send().await;
    assert!(error.unwrap_err().is_not_found());

    let ada = SubjectIdentity::new("cuid", UserId::from("#13 ~"));
    let erasure = SubjectRequest::new("r1", "erasure", [ada]);
    let receipt = client.gdpr().create_request(erasure).send().await.unwrap();
    assert_eq!(receipt.subject_request_id, SubjectRequestId::from("r1"));
    // The other calls accept the id of the receipt.
    let id = &receipt.subject_request_id;
    client.gdpr().cancel_request(id).send().await.unwrap();
    let state = client.gdpr().get_request(id).send().await.unwrap();
    assert_eq!(
        state.status.as_ref().map(|status| status.as_str()),
        Some("CANCELLED")
    );
}

#[tokio::test]
async fn each_call_has_another_request_id() {
    let (sandbox, client) = start().await;
    let user = || UserUpsert::new().user_id("u13");
    let event = || EventTrack::new("Paid").user_id("u13");
    for _ in 0..2 {
        client.users().track(user()).send().await.unwrap();
        client.events().track(event()).send().await.unwrap();
    }
    let given = client
        .events()
        .track(event())
        .x_request_id("7d1f0c2ab94e4c36");
    given.clone().send().await.unwrap();
    given.send().await.unwrap();
    let requests = sandbox.requests();
    let ids: Vec<_> = requests
        .iter()
        .map(|request| request.header("x-request-id").unwrap())
        .collect();
    for (at, id) in ids[..4].iter().enumerate() {
        assert!(
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{id}"
        );
        assert!(!ids[..at].contains(id));
    }
    assert_eq!(ids[4..], ["7d1f0c2ab94e4c36"; 2]);
    // The repeated request was processed once.
    assert_eq!(sandbox.webengage().events().len(), 3);
    let few = BulkUsers::new([user()]);
    client.users().track_bulk(few).send().await.unwrap();
    let requests = sandbox.requests();
    let id = requests[6].header("x-request-id").unwrap();
    assert!(id.len() == 32 && !ids.contains(&id), "{id}");
}

#[tokio::test]
async fn rate_limit_headers_are_available() {
    let sandbox = Sandbox::builder()
        .rate_limit("users_track", 2)
        .start()
        .await
        .unwrap();
    let client = client(&sandbox);
    let user = || UserUpsert::new().user_id("u13");
    let read = |response: &Response<QueuedContainer>| {
        ["x-ratelimit-limit", "x-ratelimit-remaining"].map(|name| {
            response.headers()[name]
                .to_str()
                .unwrap()
                .parse::<u32>()
                .unwrap()
        })
    };
    for left in [1, 0] {
        let response = client.users().track(user()).response().await.unwrap();
        assert_eq!(read(&response), [2, left]);
    }
    let error = client.users().track(user()).send().await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.headers().unwrap()["x-ratelimit-remaining"], "0");
    let documented = PROVIDER
        .operations
        .iter()
        .find(|operation| operation.id == "users_track")
        .unwrap();
    assert_eq!(documented.rate_limit.unwrap().requests, 5000);
}

fn feedback(at: usize) -> Value {
    json!({
        "id": format!("~f{at}"), "licenseCode": WebEngage::LICENSE_CODE, "fields": [], "customData": {}, "replies": [],
        "action": if at.is_multiple_of(2) { "read" } else { "unread" },
        "activity": { "activityOn": format!("2026-05-04T09:{:02}:00+0000", at % 60) },
    })
}

#[tokio::test]
async fn searches_read_all_pages() {
    let (sandbox, client) = start().await;
    for at in 0..29 {
        sandbox.webengage().add_feedback(&feedback(at)).unwrap();
    }
    // The feedback of a new account is unread too.
    let query = || {
        FeedbackQuery::new()
            .page_size("4")
            .filter(FeedbackFilter::new().action("unread"))
    };
    let all = client.feedback().search_all(query()).stream();
    let all: Vec<_> = all.try_collect().await.unwrap();
    let mut ids: Vec<_> = all.iter().map(|feedback| feedback.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 15);
    let requested_pages = |sandbox: &Sandbox| {
        let requests = sandbox.requests();
        let page = |body: Value| {
            (
                body["pageNo"].clone(),
                body["pageSize"].clone(),
                body["filter"]["action"].clone(),
            )
        };
        requests
            .iter()
            .map(|request| page(request.json()))
            .collect::<Vec<_>>()
    };
    // WebEngage requires both as strings. The total shows that there is no fifth page.
    let page = |number: &str| (json!(number), json!("4"), json!("unread"));
    assert_eq!(requested_pages(&sandbox), ["1", "2", "3", "4"].map(page));

    sandbox.clear_requests();
    let pages = client.feedback().search_all(query().page_no("3")).pages();
    let pages: Vec<_> = pages.try_collect().await.unwrap();
    let sizes = pages
        .iter()
        .map(|page| page.contents.as_ref().map_or(0, Vec::len));
    assert_eq!(sizes.collect::<Vec<_>>(), [4, 3]);
    assert_eq!(requested_pages(&sandbox), ["3", "4", "5"].map(page));

    sandbox.clear_requests();
    let mut pages = client.feedback().search_all(query()).pages();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!(
        (first.page_no, first.total_count, first.number_of_pages),
        (Some(1), Some(15), Some(4))
    );
    assert_eq!(sandbox.request_count(), 1);

    let none = FeedbackQuery::new().filter(FeedbackFilter::new().email("nobody@example.com"));
    let pages = client.feedback().search_all(none).pages();
    let pages: Vec<_> = pages.try_collect().await.unwrap();
    assert_eq!(pages.len(), 1);
}

#[tokio::test]
async fn a_search_is_resumed_at_its_page() {
    let (sandbox, client) = start().await;
    for at in 0..9 {
        sandbox.webengage().add_feedback(&feedback(at)).unwrap();
    }
    let search = || {
        let query = FeedbackQuery::new().page_size("4");
        client.feedback().search_all(query)
    };
    let all: Vec<_> = search().stream().try_collect().await.unwrap();
    assert_eq!(all.len(), 10);
    let mut found = search().stream();
    for _ in 0..6 {
        found.try_next().await.unwrap().unwrap();
    }
    let point = found.resume_point().unwrap();
    assert_eq!(point.to_string(), "page:2");
    drop(found);
    sandbox.clear_requests();
    let rest = search().resume(point).stream();
    let rest: Vec<_> = rest.try_collect().await.unwrap();
    assert_eq!(rest, all[4..]);
    let first: ResumePoint = "start".parse().unwrap();
    let again: Vec<_> = search().resume(first).stream().try_collect().await.unwrap();
    assert_eq!(again, all);

    sandbox.clear_requests();
    for other in ["cursor:x", "after:~f1", "page:0"] {
        let mut pages = search().resume(other.parse().unwrap()).pages();
        let error = pages.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn invalid_searches_are_not_sent() {
    let (sandbox, client) = start().await;
    for page in ["0", "-1", "one", ""] {
        let query = FeedbackQuery::new().page_no(page);
        let mut feedbacks = client.feedback().search_all(query).stream();
        let error = feedbacks.try_next().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "webengage feedback_search: invalid request: `pageNo` is no number from 1"
        );
        assert!(feedbacks.next().await.is_none());
    }
    let search = |license_code: &str| {
        let search = client.feedback().search_all(FeedbackQuery::new());
        search.license_code(license_code).pages()
    };
    let error = search("..").try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.request_count(), 0);
    let error = search("other").try_next().await.unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn files_of_every_kind_are_uploaded() {
    let (sandbox, client) = start().await;
    let csv = "id,title,price\nsku-1,Lamp,19.5\n";
    let path = std::env::temp_dir().join(format!("webengage-items-{}.csv", std::process::id()));
    std::fs::write(&path, csv).unwrap();
    let upload = |file: Upload| client.catalogs().upload("catalog_7", file);
    let done = upload(path.as_path().into()).response().await.unwrap();
    assert_eq!(done.value().status, Some(ContainerStatus::Success));
    assert!(done.full_body::<CatalogUploadEnvelope>().is_ok());
    std::fs::remove_file(&path).unwrap();
    let reader = || Upload::from_reader("items.csv", csv.as_bytes());
    upload(reader().length(csv.len() as u64))
        .send()
        .await
        .unwrap();
    upload(reader()).send().await.unwrap();
    upload(Upload::from_bytes("items.csv", csv))
        .send()
        .await
        .unwrap();

    let uploads = sandbox.webengage().uploads();
    assert_eq!(uploads.len(), 4);
    for upload in &uploads {
        assert_eq!(
            (upload.slug.as_str(), upload.bytes),
            ("catalog_7", csv.len())
        );
        assert_eq!(upload.columns, ["id", "title", "price"]);
    }
    let name = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(
        (uploads[0].file_name.as_str(), uploads[1].file_name.as_str()),
        (name, "items.csv")
    );
    // The file was deleted, so nothing is sent.
    let error = upload(path.into()).send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::InvalidRequest, false)
    );
    assert_eq!(sandbox.request_count(), 4);
}

#[test]
fn calls_are_send() {
    fn spawnable<T: Send + 'static>(_: T) {}
    fn streamable<T>(_: impl Stream<Item = Result<T, Error>> + Send + Unpin + 'static) {}
    fn shareable<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::builder("demo4f2a", "key").build().unwrap();
    shareable(&client);
    // Calls, futures and streams own what they need.
    let user = || UserUpsert::new().user_id("u13");
    spawnable(client.users());
    spawnable(client.users().track(user()));
    spawnable(client.users().track(user()).send());
    spawnable(client.users().track(user()).response());
    let search = || client.feedback().search_all(FeedbackQuery::new());
    spawnable(search());
    spawnable(search().stream());
    spawnable(search().pages());
    spawnable(search().stream().try_collect::<Vec<_>>());
    streamable(search().stream());
    streamable(search().pages());
    spawnable(async move {
        client.users().track(user()).await?;
        let all = client.feedback().search_all(FeedbackQuery::new());
        all.stream().try_collect::<Vec<_>>().await.map(drop)
    });
}
