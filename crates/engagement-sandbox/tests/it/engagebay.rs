//! An EngageBay account over HTTP.

use std::collections::BTreeSet;

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::http::{Http, Payload, error_message};

const PANEL: &str = "/dev/api/panel";

fn person(name: &str, email: &str) -> Value {
    json!({ "properties": [{ "name": "name", "value": name }, { "name": "email", "value": email }] })
}

async fn contact(http: &Http<'_>, name: &str, email: &str) -> i64 {
    let (status, body) = http
        .post(
            &format!("{PANEL}/subscribers/subscriber"),
            person(name, email),
        )
        .await;
    assert_eq!(status, 200, "{body}");
    body["id"].as_i64().expect("an id")
}

#[tokio::test]
async fn a_contact_is_created_changed_and_deleted() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engagebay(&sandbox);
    let mut body = person("Ada", "ada@example.com");
    body["score"] = json!(5);
    body["tags"] = json!(["one", { "tag": "two" }]);
    let created = http
        .ok(
            "POST",
            &format!("{PANEL}/subscribers/subscriber"),
            Payload::Json(body),
        )
        .await;
    let id = created["id"].as_i64().expect("an id");
    assert_eq!(id.to_string().len(), 16);
    assert_eq!(
        (
            &created["fullname"],
            &created["updated_time"],
            &created["score"]
        ),
        (&json!("Ada "), &json!(0), &json!(5))
    );
    assert_eq!(created["status"], "CONFIRMED");

    let (status, again) = http
        .post(
            &format!("{PANEL}/subscribers/subscriber"),
            person("Eve", "ada@example.com"),
        )
        .await;
    assert_eq!(status, 400);
    assert!(
        error_message(&again).contains("A Contact with this email address")
            && error_message(&again).contains("already exists"),
        "{again}"
    );
    let (status, nobody) = http
        .post(
            &format!("{PANEL}/subscribers/subscriber"),
            json!({ "score": 1 }),
        )
        .await;
    assert_eq!(
        (status, error_message(&nobody)),
        (
            400,
            "Invalid input. Please provide all the required fields."
        )
    );

    let update = json!({ "id": id.to_string(), "score": 99, "properties": [
        { "name": "last_name", "value": "Example" },
        { "name": "phone", "subtype": "work", "value": "1" },
        { "name": "phone", "subtype": "home", "value": "2" },
        { "name": "email", "subtype": "primary", "value": "ada2@example.com" },
        { "name": "email", "subtype": "secondary", "value": "ada3@example.com" },
    ] });
    let updated = http
        .ok(
            "PUT",
            &format!("{PANEL}/subscribers/update-partial"),
            Payload::Json(update),
        )
        .await;
    assert_eq!(
        (&updated["fullname"], &updated["email"]),
        (&json!("Ada Example"), &json!("ada2@example.com"))
    );
    assert_eq!(updated["score"], 5, "the score is not changed here");
    assert_eq!(updated["properties"].as_array().map(Vec::len), Some(6));
    assert_ne!(updated["updated_time"], 0);

    let read = http
        .ok("GET", &format!("{PANEL}/subscribers/{id}"), Payload::None)
        .await;
    assert_eq!(read, updated);
    let by_email = http
        .ok(
            "GET",
            &format!("{PANEL}/subscribers/contact-by-email/ada2%40example.com"),
            Payload::None,
        )
        .await;
    assert_eq!(by_email, updated);
    let (status, unknown) = http
        .get(&format!(
            "{PANEL}/subscribers/contact-by-email/ada%40example.com"
        ))
        .await;
    assert_eq!(status, 400);
    assert!(error_message(&unknown).contains("There is no contact exists with email"));
    assert_eq!(
        http.get(&format!("{PANEL}/subscribers/getByEmail/ada%40example.com"))
            .await,
        (204, Value::Null)
    );

    let (status, owned) =
        http.call("POST", &format!("{PANEL}/subscribers/update-owner-by-email?subscriberId={id}&ownerEmail=owner%40example.com"), Payload::None).await;
    assert_eq!(
        (status, &owned["owner"]["email"]),
        (200, &json!("owner@example.com"))
    );
    let path = format!(
        "{PANEL}/subscribers/update-owner-by-email?subscriberId={id}&ownerEmail=nobody%40example.com"
    );
    assert_eq!(http.call("POST", &path, Payload::None).await.0, 400);

    assert_eq!(
        http.delete(&format!("{PANEL}/subscribers/{id}")).await,
        (204, Value::Null)
    );
    assert_eq!(
        http.get(&format!("{PANEL}/subscribers/{id}")).await,
        (204, Value::Null)
    );
    assert_eq!(
        http.put(
            &format!("{PANEL}/subscribers/update-partial"),
            json!({ "id": id })
        )
        .await
        .0,
        400
    );
}

#[tokio::test]
async fn three_pages_contain_each_of_250_contacts_once() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engagebay(&sandbox);
    for at in 0..250 {
        contact(
            &http,
            &format!("Person {at}"),
            &format!("p{at}@example.com"),
        )
        .await;
    }
    let path = format!("{PANEL}/subscribers");
    for sort_key in [
        "created_time",
        "-created_time",
        "updated_time",
        "-updated_time",
    ] {
        let (mut ids, mut cursor, mut sizes) = (Vec::new(), String::new(), Vec::new());
        loop {
            let mut pairs = vec![("page_size", "100"), ("sort_key", sort_key)];
            if !cursor.is_empty() {
                pairs.push(("cursor", &cursor));
            }
            let page = http.ok("POST", &path, Payload::Form(&pairs)).await;
            let rows = page.as_array().expect("an array");
            sizes.push(rows.len());
            ids.extend(rows.iter().filter_map(|row| row["id"].as_i64()));
            assert!(
                rows[..rows.len() - 1]
                    .iter()
                    .all(|row| row.get("cursor").is_none()),
                "only the last one may"
            );
            match rows.last().and_then(|row| row["cursor"].as_str()) {
                Some(next) => {
                    assert!((90..=130).contains(&next.len()), "{next}");
                    cursor = next.to_owned();
                }
                None => break,
            }
        }
        assert_eq!(sizes, [100, 100, 50], "{sort_key}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 250, "{sort_key}");
        assert_eq!(
            ids.is_sorted(),
            !sort_key.starts_with('-'),
            "{sort_key}: equal times are ordered by id"
        );
    }
    assert_eq!(
        http.call("POST", &path, Payload::None)
            .await
            .1
            .as_array()
            .map(Vec::len),
        Some(20),
        "the default size"
    );
    assert_eq!(http.form(&path, &[("page_size", "101")]).await.0, 400);
    assert_eq!(http.form(&path, &[("page_size", "0")]).await.0, 400);
    assert_eq!(http.form(&path, &[("cursor", "nonsense")]).await.0, 400);
    assert_eq!(http.form(&path, &[("sort_key", "name")]).await.0, 400);
    let first = http.form(&path, &[("page_size", "1")]).await.1;
    let cursor = first[0]["cursor"].as_str().expect("more");
    assert_eq!(
        http.form(&path, &[("cursor", cursor), ("sort_key", "-created_time")])
            .await
            .0,
        400,
        "another order"
    );
    assert_eq!(
        http.form(&format!("{PANEL}/companies"), &[("cursor", cursor)])
            .await
            .0,
        400,
        "another list"
    );

    let found = http
        .ok(
            "GET",
            "/dev/api/search?q=PERSON&type=Subscriber&page_size=30",
            Payload::None,
        )
        .await;
    assert_eq!(found.as_array().map(Vec::len), Some(30));
    assert_eq!(found[0]["count"], 250);
    assert!(
        found[1].get("count").is_none(),
        "only the first one has the count"
    );
    assert_eq!(
        http.get("/dev/api/search?q=p249%40&type=Subscriber")
            .await
            .1
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        http.get("/dev/api/search?q=nobody&type=Subscriber").await.1,
        json!([])
    );
    assert_eq!(
        http.get("/dev/api/search?q=person&type=Company").await.1,
        json!([])
    );
}

#[tokio::test]
async fn tags_and_scores() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engagebay(&sandbox);
    let id = contact(&http, "Ada", "ada@example.com").await;
    let names = |tags: Value| -> Vec<String> {
        tags.as_array()
            .into_iter()
            .flatten()
            .filter_map(|tag| tag["tag"].as_str())
            .map(str::to_owned)
            .collect()
    };
    let by_email = [("email", "ada@example.com"), ("tags", "[\"a\",\"b c\"]")];
    http.ok(
        "POST",
        &format!("{PANEL}/subscribers/email/tags/add"),
        Payload::Form(&by_email),
    )
    .await;
    http.ok(
        "POST",
        &format!("{PANEL}/subscribers/contact/tags/add2/{id}"),
        Payload::Json(json!([{ "tag": "d" }, "a"])),
    )
    .await;
    http.ok(
        "POST",
        &format!("{PANEL}/subscribers/contact/tags/add/{id}"),
        Payload::Form(&[("tags", "[\"e\"]")]),
    )
    .await;
    let tags = http
        .ok(
            "GET",
            &format!("{PANEL}/subscribers/get-tags-by-id/{id}"),
            Payload::None,
        )
        .await;
    assert_eq!(names(tags), ["a", "b c", "d", "e"]);
    http.ok(
        "POST",
        &format!("{PANEL}/subscribers/contact/tags/delete/{id}"),
        Payload::Json(json!(["a", "never had"])),
    )
    .await;
    http.ok(
        "POST",
        &format!("{PANEL}/subscribers/email/tags/delete"),
        Payload::Form(&[("email", "ada@example.com"), ("tags", "[\"d\"]")]),
    )
    .await;
    let pairs = [
        ("contactId", id.to_string()),
        ("tags", "[\"e\"]".to_owned()),
    ];
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    http.ok(
        "POST",
        &format!("{PANEL}/subscribers/contact/tags/delete"),
        Payload::Form(&pairs),
    )
    .await;
    let tags = http
        .ok(
            "POST",
            &format!("{PANEL}/subscribers/get-tags/ada%40example.com"),
            Payload::None,
        )
        .await;
    assert_eq!(names(tags), ["b c"]);

    let (status, body) = http
        .post(
            &format!("{PANEL}/subscribers/contact/tags/add2/{id}"),
            json!(["2nd"]),
        )
        .await;
    assert_eq!(status, 400);
    assert!(error_message(&body).contains("2nd"), "{body}");
    assert_eq!(
        http.post(
            &format!("{PANEL}/subscribers/contact/tags/add2/1"),
            json!(["ok"])
        )
        .await
        .0,
        400
    );

    for _ in 0..2 {
        http.ok(
            "POST",
            &format!("{PANEL}/tags"),
            Payload::Json(json!({ "tag": "once" })),
        )
        .await;
    }
    assert_eq!(
        names(
            http.ok("GET", &format!("{PANEL}/tags"), Payload::None)
                .await
        ),
        ["a", "b c", "d", "e", "once"]
    );
    assert_eq!(
        http.post(&format!("{PANEL}/tags"), json!({ "tag": "" }))
            .await
            .0,
        400
    );

    for _ in 0..2 {
        http.ok(
            "POST",
            &format!("{PANEL}/subscribers/add-score"),
            Payload::Form(&[("email", "ada@example.com"), ("score", "10")]),
        )
        .await;
    }
    assert_eq!(
        http.get(&format!("{PANEL}/subscribers/{id}")).await.1["score"],
        10,
        "set, not added"
    );
    http.ok(
        "POST",
        &format!("{PANEL}/subscribers/add-score/ada%40example.com/-3"),
        Payload::None,
    )
    .await;
    assert_eq!(
        http.get(&format!("{PANEL}/subscribers/{id}")).await.1["score"],
        -3
    );
}

#[tokio::test]
async fn a_batch_creates_immediately_and_has_a_limit() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engagebay(&sandbox);
    let path = format!("{PANEL}/subscribers/subscriber-batch");
    let contacts: Vec<Value> = (0..100)
        .map(|at| person("P", &format!("p{at}@example.com")))
        .collect();
    let response = http
        .ok(
            "POST",
            &path,
            Payload::Json(json!({ "contacts": contacts })),
        )
        .await;
    assert_eq!(response, json!({ "status": "success" }));
    assert_eq!(
        http.form(&format!("{PANEL}/subscribers"), &[("page_size", "100")])
            .await
            .1
            .as_array()
            .map(Vec::len),
        Some(100)
    );
    let many: Vec<Value> = (0..101)
        .map(|at| person("P", &format!("q{at}@example.com")))
        .collect();
    assert_eq!(http.post(&path, json!({ "contacts": many })).await.0, 400);
}

#[tokio::test]
async fn companies_have_contacts() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engagebay(&sandbox);
    let named = |name: &str| json!({ "properties": [{ "name": "name", "value": name }] });
    let company = http
        .ok(
            "POST",
            &format!("{PANEL}/companies/company"),
            Payload::Json(named("Engines")),
        )
        .await;
    let company = company["id"].as_i64().expect("an id");
    let (status, body) = http
        .post(&format!("{PANEL}/companies/company"), named("Engines"))
        .await;
    assert_eq!(status, 400);
    assert!(error_message(&body).contains("already exists"), "{body}");

    let (ada, eve) = (
        contact(&http, "Ada", "ada@example.com").await,
        contact(&http, "Eve", "eve@example.com").await,
    );
    let (company_text, ada_text) = (company.to_string(), ada.to_string());
    let path = format!("{PANEL}/companies/{company}/add-contact-by-contactId");
    http.ok(
        "POST",
        &path,
        Payload::Form(&[("companyId", &company_text), ("contactId", &ada_text)]),
    )
    .await;
    assert_eq!(
        http.form(&path, &[("companyId", "1"), ("contactId", &ada_text)])
            .await
            .0,
        400
    );
    assert_eq!(
        http.form(&path, &[("companyId", &company_text), ("contactId", "1")])
            .await
            .0,
        400
    );
    let by_email = format!("{PANEL}/companies/{company}/add-contact-by-contactEmail");
    http.ok(
        "POST",
        &by_email,
        Payload::Form(&[
            ("companyId", &company_text),
            ("contactEmail", "eve@example.com"),
        ]),
    )
    .await;
    assert_eq!(
        http.get(&format!("{PANEL}/companies/{company}")).await.1["contactIds"],
        json!([ada, eve])
    );
    assert_eq!(
        http.get(&format!("{PANEL}/subscribers/{ada}")).await.1["companyIds"],
        json!([company])
    );

    let update = json!({ "id": company, "properties": [{ "name": "url", "value": "https://engines.example.com" }], "tags": [{ "tag": "supplier" }] });
    let updated = http
        .ok(
            "PUT",
            &format!("{PANEL}/companies/update-partial"),
            Payload::Json(update),
        )
        .await;
    assert_eq!(
        (&updated["name"], &updated["url"]),
        (&json!("Engines"), &json!("https://engines.example.com"))
    );
    assert_eq!(
        http.get("/dev/api/search?q=engine&type=Company").await.1[0]["count"],
        1
    );
    assert_eq!(
        http.call("POST", &format!("{PANEL}/companies"), Payload::None)
            .await
            .1
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        http.delete(&format!("{PANEL}/companies/{company}")).await.0,
        204
    );
    assert_eq!(
        http.get(&format!("{PANEL}/subscribers/{ada}")).await.1["companyIds"],
        json!([])
    );
}

#[tokio::test]
async fn deals_move_along_tracks() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engagebay(&sandbox);
    let tracks = http
        .ok("GET", &format!("{PANEL}/tracks"), Payload::None)
        .await;
    let labels: Vec<_> = tracks[0]["milestones"]
        .as_array()
        .expect("five")
        .iter()
        .map(|step| step["labelName"].clone())
        .collect();
    assert_eq!(labels, ["New", "Prospect", "Proposal", "Won", "Lost"]);

    let deal = http
        .ok(
            "POST",
            &format!("{PANEL}/deals/deal"),
            Payload::Json(json!({ "name": "Two machines", "amount": "1500.5" })),
        )
        .await;
    assert_eq!(deal["track_id"], tracks[0]["id"]);
    assert_eq!(
        (&deal["milestoneLabelName"], &deal["milestoneActualName"]),
        (&json!("New"), &json!("New_Actual"))
    );
    assert_eq!(
        (
            &deal["probability"],
            &deal["amount"],
            &deal["currency_type"]
        ),
        (&json!(0.1), &json!(1500.5), &json!("USD-$"))
    );

    let milestones =
        json!([{ "labelName": "Open", "probability": "0.5" }, { "labelName": "Shut" }]);
    let track = http
        .ok(
            "POST",
            &format!("{PANEL}/tracks/track"),
            Payload::Json(json!({ "name": "Other", "milestones": milestones })),
        )
        .await;
    assert_eq!(track["milestones"][0]["probability"], 0.5);
    let change = json!({ "id": deal["id"], "track_id": track["id"].to_string(), "milestoneLabelName": "Open" });
    let moved = http
        .ok(
            "PUT",
            &format!("{PANEL}/deals/change-track"),
            Payload::Json(change),
        )
        .await;
    assert_eq!(
        (&moved["track_id"], &moved["probability"]),
        (&track["id"], &json!(0.5))
    );
    assert_eq!(
        http.call("POST", &format!("{PANEL}/deals"), Payload::None)
            .await
            .1,
        json!([]),
        "the default track's only"
    );
    let of_track = http
        .form(
            &format!("{PANEL}/deals"),
            &[("track_id", &track["id"].to_string())],
        )
        .await
        .1;
    assert_eq!(of_track.as_array().map(Vec::len), Some(1));

    let ada = contact(&http, "Ada", "ada@example.com").await;
    let path = format!("{PANEL}/deals/create-deal/ada%40example.com");
    let hers = http
        .ok(
            "POST",
            &path,
            Payload::Json(json!({ "name": "Hers", "milestoneLabelName": "Nowhere" })),
        )
        .await;
    assert_eq!(
        (&hers["contact_ids"], &hers["subscribers"][0]["email"]),
        (&json!([ada]), &json!("ada@example.com"))
    );
    assert_eq!(
        hers["milestoneLabelName"], "Nowhere",
        "any milestone is taken"
    );
    let renamed = json!({ "id": hers["id"], "name": "Hers still", "track_id": "1" });
    assert_eq!(
        http.post(&format!("{PANEL}/deals/deal"), renamed).await.0,
        400,
        "an unknown track"
    );
    let renamed = http
        .ok(
            "POST",
            &format!("{PANEL}/deals/deal"),
            Payload::Json(json!({ "id": hers["id"], "name": "Hers still" })),
        )
        .await;
    assert_eq!(
        (&renamed["id"], &renamed["milestoneLabelName"]),
        (&hers["id"], &json!("Nowhere")),
        "a known id updates"
    );
    let nameless = http
        .ok(
            "POST",
            &format!("{PANEL}/deals/deal"),
            Payload::Json(json!({ "id": hers["id"], "amount": 2 })),
        )
        .await;
    assert_eq!(
        (&nameless["name"], &nameless["amount"]),
        (&json!("Hers still"), &json!(2)),
        "an update needs no name"
    );
    let updated = http
        .ok(
            "PUT",
            &format!("{PANEL}/deals/update-partial"),
            Payload::Json(json!({ "id": hers["id"], "amount": 3 })),
        )
        .await;
    assert_eq!(
        (&updated["name"], &updated["amount"]),
        (&json!("Hers still"), &json!(3))
    );
    assert_eq!(
        http.get("/dev/api/search?q=1500&type=Deal").await.1[0]["name"],
        "Two machines"
    );

    let replacement = json!({ "id": track["id"].to_string(), "name": "Renamed" });
    let replacement = http
        .ok(
            "PUT",
            &format!("{PANEL}/tracks/track"),
            Payload::Json(replacement),
        )
        .await;
    assert_eq!(
        (&replacement["name"], &replacement["milestones"]),
        (&json!("Renamed"), &json!([]))
    );
    assert_eq!(
        http.delete(&format!("{PANEL}/tracks/{}", track["id"]))
            .await
            .0,
        204
    );
    assert_eq!(
        http.get(&format!("{PANEL}/tracks/{}", track["id"])).await.0,
        204
    );
    assert_eq!(
        http.delete(&format!("{PANEL}/tracks/{}", tracks[0]["id"]))
            .await
            .0,
        400,
        "the default track stays"
    );
    assert_eq!(
        http.delete(&format!("{PANEL}/deals/{}", deal["id"]))
            .await
            .0,
        204
    );
}

#[tokio::test]
async fn notes_events_tasks_products_tickets_and_custom_fields() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engagebay(&sandbox);
    let ada = contact(&http, "Ada", "ada@example.com").await;

    // Notes, in descending order on request, and none for unknown contacts.
    for subject in ["one", "two", "three"] {
        let note = json!({ "parentId": ada.to_string(), "subject": subject });
        http.ok("POST", &format!("{PANEL}/notes"), Payload::Json(note))
            .await;
    }
    let page = http
        .ok(
            "GET",
            &format!("{PANEL}/notes/{ada}?page_size=2&sort_key=-created_time"),
            Payload::None,
        )
        .await;
    assert_eq!(
        (&page[0]["subject"], &page[1]["subject"]),
        (&json!("three"), &json!("two"))
    );
    let cursor = page[1]["cursor"].as_str().expect("one more");
    let rest = http
        .ok(
            "GET",
            &format!("{PANEL}/notes/{ada}?page_size=2&sort_key=-created_time&cursor={cursor}"),
            Payload::None,
        )
        .await;
    assert_eq!(rest.as_array().map(Vec::len), Some(1));
    assert_eq!(
        http.get(&format!("{PANEL}/notes/1")).await,
        (200, json!([]))
    );
    assert_eq!(
        http.get(&format!("{PANEL}/call-logs?contact_id=1")).await,
        (200, json!([]))
    );
    assert_eq!(
        http.post(
            &format!("{PANEL}/notes"),
            json!({ "parentId": 1, "subject": "lost" })
        )
        .await
        .0,
        400
    );

    // Events: times are sent in seconds and returned in milliseconds.
    let event = json!({ "name": "Review", "start_time": "1542868560", "end_time": 1_542_868_600, "contact_ids": [ada] });
    let event = http
        .ok(
            "POST",
            &format!("{PANEL}/calendar/event/normal"),
            Payload::Json(event),
        )
        .await;
    assert_eq!(
        (&event["start_time"], &event["end_time"]),
        (&json!(1_542_868_560_000_i64), &json!(1_542_868_600_000_i64))
    );
    let event_url = format!("{PANEL}/calendar/event/normal");
    let error = |field: &str| json!({ "error": format!("`{field}` must be seconds since 1970, and this looks like milliseconds") });
    let late =
        json!({ "name": "Review", "start_time": 99_999_999_999_i64, "end_time": "100000000000" });
    assert_eq!(http.post(&event_url, late).await, (400, error("end_time")));
    let late = json!({ "id": event["id"], "start_time": 1_542_868_560_000_i64 });
    assert_eq!(http.put(&event_url, late).await, (400, error("start_time")));
    let event = json!({ "id": event["id"], "name": "Renamed" });
    http.ok(
        "PUT",
        &format!("{PANEL}/calendar/event/normal"),
        Payload::Json(event),
    )
    .await;
    let path = format!(
        "{PANEL}/calendar/event/list?start_time=1542868590000&end_time=1542868700000&source_type=API"
    );
    assert_eq!(
        http.ok("GET", &path, Payload::None).await[0]["name"],
        "Renamed"
    );
    let hers = http
        .ok(
            "POST",
            &format!("{PANEL}/calendar/event/contact/{ada}/events"),
            Payload::Json(json!({})),
        )
        .await;
    assert_eq!(hers.as_array().map(Vec::len), Some(1));

    // Tasks are filtered.
    http.ok(
        "POST",
        &format!("{PANEL}/tasks"),
        Payload::Json(json!({ "name": "A", "type": "CALL", "closed_date": "1719997200" })),
    )
    .await;
    let task = http
        .ok(
            "POST",
            &format!("{PANEL}/tasks"),
            Payload::Json(json!({ "name": "B" })),
        )
        .await;
    http.ok(
        "PUT",
        &format!("{PANEL}/tasks"),
        Payload::Json(json!({ "id": task["id"], "task_milestone": "completed" })),
    )
    .await;
    for (filter, names) in [
        (("taskType", "CALL"), json!(["A"])),
        (("taskType", "ALL"), json!(["A", "B"])),
        (("taskStatus", "completed"), json!(["B"])),
    ] {
        let tasks = http
            .ok("POST", &format!("{PANEL}/tasks"), Payload::Form(&[filter]))
            .await;
        let found: Value = tasks
            .as_array()
            .expect("an array")
            .iter()
            .map(|task| task["name"].clone())
            .collect();
        assert_eq!(found, names, "{filter:?}");
    }
    assert_eq!(
        http.delete(&format!("{PANEL}/tasks/{}", task["id"]))
            .await
            .0,
        204
    );

    // Products: replaced or merged.
    let product = json!({ "name": "Engine", "price": 5, "quantity": 3 });
    let product = http
        .ok(
            "POST",
            &format!("{PANEL}/products/product"),
            Payload::Json(product),
        )
        .await;
    let merged = json!({ "id": product["id"], "price": "7.5" });
    let merged = http
        .ok(
            "PUT",
            &format!("{PANEL}/products/update-partial"),
            Payload::Json(merged),
        )
        .await;
    assert_eq!(
        (&merged["price"], &merged["quantity"]),
        (&json!(7.5), &json!(3))
    );
    let replaced = json!({ "id": product["id"], "name": "Engine 2" });
    let replaced = http
        .ok(
            "PUT",
            &format!("{PANEL}/products/product"),
            Payload::Json(replaced),
        )
        .await;
    assert_eq!(
        (&replaced["price"], &replaced["quantity"]),
        (&json!(0.0), &json!(0))
    );
    assert_eq!(
        http.get(&format!("{PANEL}/products/getByName/Engine%202"))
            .await
            .1["id"],
        product["id"]
    );
    let path = format!("{PANEL}/products/add-product-to-contact/{ada}");
    assert_eq!(
        http.post(&path, json!({ "productId": product["id"].to_string() }))
            .await
            .1["id"],
        ada
    );
    let path = format!(
        "{PANEL}/products/delete-product-to-contact/{ada}/{}",
        product["id"]
    );
    assert_eq!(http.delete(&path).await.0, 200);
    assert_eq!(
        http.delete(&format!("{PANEL}/products/{}", product["id"]))
            .await
            .0,
        204
    );
    assert_eq!(
        http.get(&format!("{PANEL}/products/{}", product["id"]))
            .await
            .0,
        204
    );

    // Ids of tickets start at 1, and an unknown requester becomes a contact.
    let ticket = json!({ "requester_name": "Eve", "requester_email": "eve@example.com", "subject": "Help", "group_id": "7", "html_body": "<p>x</p>" });
    let ticket = http
        .ok(
            "POST",
            &format!("{PANEL}/tickets/ticket"),
            Payload::Json(ticket),
        )
        .await;
    assert_eq!(
        (&ticket["id"], &ticket["html_body"]),
        (&json!(1), &json!(""))
    );
    assert_eq!(
        http.get(&format!(
            "{PANEL}/subscribers/contact-by-email/eve%40example.com"
        ))
        .await
        .1["id"],
        ticket["subscriber_id"]
    );
    assert_eq!(
        http.get(&format!("{PANEL}/tickets/ticket/1")).await.1,
        ticket
    );
    assert_eq!(http.delete(&format!("{PANEL}/tickets/1")).await.0, 204);

    // Custom fields belong to a scope.
    let field = json!({ "scope": "DEAL", "field_label": "Contract number", "field_description": "x", "field_type": "TEXT", "is_required": "true" });
    let field = http
        .ok(
            "POST",
            &format!("{PANEL}/customfields/"),
            Payload::Json(field),
        )
        .await;
    assert_eq!(
        (&field["is_required"], field.get("field_name")),
        (&json!(true), None)
    );
    let fields = http
        .ok(
            "GET",
            &format!("{PANEL}/customfields/list/DEAL"),
            Payload::None,
        )
        .await;
    assert_eq!(fields[0]["field_name"], "Contract_number");
    assert_eq!(
        http.get(&format!("{PANEL}/customfields/list/CONTACT"))
            .await
            .1,
        json!([])
    );
    assert_eq!(
        http.delete(&format!("{PANEL}/customfields/DEAL/{}", field["id"]))
            .await
            .0,
        204
    );

    // Contact lists.
    let list = http
        .ok("GET", &format!("{PANEL}/contactlist"), Payload::None)
        .await[0]["id"]
        .clone();
    http.ok(
        "POST",
        &format!("{PANEL}/contactlist/add-subscriber/ada%40example.com/{list}"),
        Payload::None,
    )
    .await;
    assert_eq!(
        http.get(&format!("{PANEL}/subscribers/{ada}")).await.1["listIds"],
        json!([list])
    );
    assert_eq!(
        http.call(
            "POST",
            &format!("{PANEL}/contactlist/add-subscriber/ada%40example.com/1"),
            Payload::None
        )
        .await
        .0,
        400
    );
}
