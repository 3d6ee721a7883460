//! Setters and arguments accept the types that callers have, and the values are sent unchanged.

use std::collections::{BTreeMap, HashMap};

use engagement_clients::engage::types::{NewUser, TrackEvent, UserUpdate};
use engagement_clients::engagebay::types::NewContact;
use engagement_clients::engageone::types::TransactionalCampaignRequest;
use engagement_clients::engagespot::types::{
    JsonPatchOperation, NotificationData, NotificationOverride, ProfileAttributes, ProfilePatch,
    SendNotification,
};
use engagement_clients::webengage::types::{EventTrack, UserUpsert};
use engagement_clients::{
    Attributes, Error, ErrorKind, Scalar, engage, engagebay, engageone, engagespot, webengage,
};
use engagement_faults::{FaultServer, Response};
use serde_json::{Value, json};

const SECRET: &str = "ada@example.com";

/// A struct of a caller.
#[derive(serde::Serialize)]
struct Plan {
    name: &'static str,
    seats: u32,
    ends: Option<&'static str>,
}

const PLAN: Plan = Plan {
    name: "pro",
    seats: 5,
    ends: None,
};

/// The same as it is sent.
const PLAN_JSON: &str = r#"{"ends":null,"name":"pro","seats":5}"#;

struct Provider(FaultServer);

impl Provider {
    async fn start() -> Self {
        let server =
            FaultServer::start(|_| Response::json(r#"{"id":"1","status":"ok","send_id":"s1"}"#));
        Self(server.await.unwrap())
    }

    fn engage(&self) -> engage::Client {
        let builder = engage::Client::builder("key", "secret");
        builder.base_url(self.0.url()).build().unwrap()
    }

    fn engagebay(&self) -> engagebay::Client {
        let builder = engagebay::Client::builder("key");
        builder.base_url(self.0.url()).build().unwrap()
    }

    fn engagespot(&self) -> engagespot::Client {
        let builder = engagespot::Client::builder("key", "secret");
        builder.base_url(self.0.url()).build().unwrap()
    }

    fn webengage(&self) -> webengage::Client {
        let builder = webengage::Client::builder("code", "key");
        builder.base_url(self.0.url()).build().unwrap()
    }

    fn engageone(&self) -> engageone::Client {
        let builder = engageone::Client::builder_with_token("customer", "a.b.c");
        builder.base_url(self.0.url()).build().unwrap()
    }

    /// The body of the last request. The result of the call is ignored.
    fn sent<T>(&self, _: Result<T, Error>) -> String {
        let requests = self.0.requests();
        let last = requests.last().expect("a request");
        String::from_utf8(last.body().to_vec()).unwrap()
    }

    /// The text of an error of a call that was not sent.
    fn refused<T>(&self, result: Result<T, Error>) -> String {
        let Err(error) = result else {
            panic!("it was sent")
        };
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!error.was_sent());
        assert_eq!(self.0.requests().len(), 0);
        let text = format!("{error} {error:?}");
        assert!(!text.contains(SECRET), "{text}");
        error.to_string()
    }
}

#[tokio::test]
async fn every_number_is_a_scalar() {
    let written = |scalar: Scalar| serde_json::to_string(&scalar).unwrap();
    let text = String::from("x");
    for (scalar, json) in [
        (Scalar::from(i8::MIN), "-128"),
        (Scalar::from(i16::MIN), "-32768"),
        (Scalar::from(i32::MIN), "-2147483648"),
        (Scalar::from(i64::MIN), "-9223372036854775808"),
        (Scalar::from(isize::MIN), "-9223372036854775808"),
        (Scalar::from(u8::MAX), "255"),
        (Scalar::from(u16::MAX), "65535"),
        (Scalar::from(u32::MAX), "4294967295"),
        (Scalar::from(u64::MAX), "18446744073709551615"),
        (Scalar::from(usize::MAX), "18446744073709551615"),
        (Scalar::from(0.1_f32), "0.1"),
        (Scalar::from(16_777_216_f32), "16777216.0"),
        (Scalar::from(f32::NAN), r#""NaN""#),
        (Scalar::from(0.1_f64), "0.1"),
        (Scalar::from(f64::INFINITY), r#""inf""#),
        (Scalar::from(true), "true"),
        (Scalar::from("x"), r#""x""#),
        (Scalar::from(&text), r#""x""#),
        (Scalar::from(text.clone()), r#""x""#),
        (Scalar::from(17), "17"),
        (Scalar::from(0.5), "0.5"),
    ] {
        assert_eq!(written(scalar.clone()), json);
        assert_eq!(Value::from(scalar).to_string(), json);
    }

    let provider = Provider::start().await;
    let users = provider.engage().users();
    let sent = async |value: Scalar| {
        let event = TrackEvent::new("seats").value(value);
        provider.sent(users.track("u1", event).send().await)
    };
    assert_eq!(sent(7_u32.into()).await, r#"{"event":"seats","value":7}"#);
    assert_eq!(
        sent(vec![1, 2].len().into()).await,
        r#"{"event":"seats","value":2}"#
    );
    assert_eq!(
        sent(u64::MAX.into()).await,
        r#"{"event":"seats","value":18446744073709551615}"#
    );
}

#[tokio::test]
async fn an_option_is_assigned_and_a_string_is_borrowed() {
    let provider = Provider::start().await;
    let client = provider.engagebay();
    for (page_size, query) in [(Some(7), "page_size=7"), (None, "")] {
        let mut call = client.contacts().list();
        call.page_size = page_size;
        let _ = call.send().await;
        let body = String::from_utf8(provider.0.requests().last().unwrap().body().to_vec());
        assert_eq!(body.unwrap(), query);
    }
    let tag = String::from("vip");
    let contact = NewContact::new().tags([&tag]);
    let body = provider.sent(client.contacts().create(contact).send().await);
    assert_eq!(body, r#"{"tags":["vip"]}"#);
}

#[tokio::test]
async fn attributes_come_from_structs_json_maps_and_pairs() {
    let provider = Provider::start().await;
    let pairs = Attributes::from([("a", 1), ("b", 2)]);
    for same in [
        Attributes::from(BTreeMap::from([("a", 1), ("b", 2)])),
        Attributes::from(HashMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)])),
        Attributes::from(vec![("b", 2), ("a", 1)]),
        Attributes::from(json!({"b": 2, "a": 1})),
        [("a", 1_u8), ("b", 2)].into_iter().collect(),
    ] {
        assert_eq!(same, pairs);
    }
    let plan = || Attributes::from_serialize(&PLAN).unwrap();
    let json = || json!({"seats": 5, "name": "pro", "ends": null});

    let users = provider.engage().users();
    for body in [
        UserUpdate::new().meta(plan()),
        UserUpdate::new().meta(json()),
    ] {
        let body = provider.sent(users.update("u1", body).send().await);
        assert_eq!(body, format!(r#"{{"meta":{PLAN_JSON}}}"#));
    }

    let shop = provider.engagebay().shop();
    for body in [plan(), json().into()] {
        let body = provider.sent(shop.send_order_hook(body).send().await);
        assert_eq!(body, PLAN_JSON);
    }

    let users = provider.webengage().users();
    let user = || UserUpsert::new().user_id("u1");
    for body in [user().attributes(plan()), user().attributes(json())] {
        let body = provider.sent(users.track(body).send().await);
        assert_eq!(
            body,
            format!(r#"{{"attributes":{PLAN_JSON},"userId":"u1"}}"#)
        );
    }

    let notifications = provider.engagespot().notifications();
    for data in [NotificationData::from(plan()), json().into()] {
        let send = SendNotification::new("Hi").send_to("ada").data(data);
        let body = provider.sent(notifications.send(send).send().await);
        assert_eq!(
            body,
            format!(
                r#"{{"data":{PLAN_JSON},"notification":{{"title":"Hi"}},"sendTo":{{"recipients":["ada"]}}}}"#
            )
        );
    }

    let campaigns = provider.engageone().campaigns();
    for record in [plan(), json().into()] {
        let send = TransactionalCampaignRequest::new("c", [record], "email", "a@b.example", "Hi");
        let body = provider.sent(campaigns.send_transactional_v2("n", send).send().await);
        assert_eq!(
            body,
            format!(
                r#"{{"communication":"c","dataset":[{PLAN_JSON}],"email_json_path":"email","sender":"a@b.example","subject":"Hi"}}"#
            )
        );
    }
}

#[tokio::test]
async fn null_is_sent_where_it_differs_from_a_missing_field() {
    let provider = Provider::start().await;
    let users = provider.engage().users();
    let change = UserUpdate::new().meta(json!({"plan": null}));
    let body = provider.sent(users.update("u1", change).send().await);
    assert_eq!(body, r#"{"meta":{"plan":null}}"#);
    let ada = NewUser::from_attributes("u1", [("first_name", Value::Null), ("x", Value::Null)]);
    let body = provider.sent(users.create(ada.unwrap()).send().await);
    assert_eq!(body, r#"{"id":"u1","meta":{"x":null},"first_name":null}"#);

    let users = provider.webengage().users();
    let ada = UserUpsert::new().user_id("u1").attributes(Value::Null);
    let body = provider.sent(users.track(ada).send().await);
    assert_eq!(body, r#"{"attributes":null,"userId":"u1"}"#);
    let ada = UserUpsert::new()
        .user_id("u1")
        .attributes(json!({"a": null}));
    let body = provider.sent(users.track(ada).send().await);
    assert_eq!(body, r#"{"attributes":{"a":null},"userId":"u1"}"#);

    let profiles = provider.engagespot().users();
    let profile = ProfileAttributes::from(json!({"email": null, "plan": null}));
    let call = profiles.create_or_update("u1").body(profile);
    let body = provider.sent(call.send().await);
    assert_eq!(body, r#"{"email":null,"plan":null}"#);
    let patch: JsonPatchOperation =
        serde_json::from_value(json!({"op": "replace", "path": "/a", "value": null})).unwrap();
    assert_eq!(patch.value, Some(Value::Null));
    for patch in [
        ProfilePatch::from([patch]),
        json!([{"op": "replace", "path": "/a", "value": null}]).into(),
    ] {
        let body = serde_json::to_string(&patch).unwrap();
        assert_eq!(body, r#"[{"op":"replace","path":"/a","value":null}]"#);
    }
}

#[tokio::test]
async fn a_value_that_is_no_object_is_not_sent() {
    let provider = Provider::start().await;
    let body = "invalid request: the body cannot be written as JSON";
    let users = provider.engage().users();
    let change = UserUpdate::new().meta(json!(SECRET));
    assert_eq!(
        provider.refused(users.update("u1", change).send().await),
        format!("engage users_update: {body} at `meta`: invalid type: string, expected an object")
    );
    let change = UserUpdate::new().meta(Value::Null);
    assert_eq!(
        provider.refused(users.update("u1", change).send().await),
        format!("engage users_update: {body} at `meta`: invalid type: null, expected an object")
    );
    let order = json!([SECRET]);
    assert_eq!(
        provider.refused(
            provider
                .engagebay()
                .shop()
                .send_order_hook(order)
                .send()
                .await
        ),
        format!(
            "engagebay shop_send_order_hook: {body}: invalid type: sequence, expected an object"
        )
    );
    let event = EventTrack::new("Paid").user_id("u1").event_data(json!(7));
    assert_eq!(
        provider.refused(provider.webengage().events().track(event).send().await),
        format!(
            "webengage events_track: {body} at `eventData`: invalid type: number, expected an object"
        )
    );
    let send = SendNotification::new("Hi").send_to("ada");
    let data = send.clone().data(json!(SECRET));
    let notifications = provider.engagespot().notifications();
    assert_eq!(
        provider.refused(notifications.send(data).send().await),
        format!(
            "engagespot notifications_send: {body} at `data`: invalid type: string, expected an object"
        )
    );
    let over = send.override_(NotificationOverride::from(json!([SECRET])));
    assert_eq!(
        provider.refused(notifications.send(over).send().await),
        format!(
            "engagespot notifications_send: {body} at `override`: invalid type: sequence, expected an object"
        )
    );
    let records = [json!({"email": SECRET}), json!(SECRET)];
    let send = TransactionalCampaignRequest::new("c", records, "email", "a@b.example", "Hi");
    let call = provider
        .engageone()
        .campaigns()
        .send_transactional_v2("n", send);
    assert_eq!(
        provider.refused(call.send().await),
        format!(
            "engageone campaigns_send_transactional_v2: {body} at `dataset[1]`: invalid type: string, expected an object"
        )
    );
}

#[tokio::test]
async fn a_value_that_is_no_scalar_is_not_sent() {
    let provider = Provider::start().await;
    let users = provider.engage().users();
    let body = "invalid request: the body cannot be written as JSON";
    for (value, found) in [(json!([SECRET]), "sequence"), (json!({"a": SECRET}), "map")] {
        let change = UserUpdate::new().meta(json!({"name": "x", "tags": value, "z": 1}));
        assert_eq!(
            provider.refused(users.update("u1", change).send().await),
            format!(
                "engage users_update: {body} at `meta.tags`: invalid type: {found}, expected a string, number or boolean"
            )
        );
    }
    let event = TrackEvent::new("paid").properties(json!({"plan": null}));
    assert_eq!(
        provider.refused(users.track("u1", event).send().await),
        format!(
            "engage users_track: {body} at `properties.plan`: invalid type: null, expected a string, number or boolean"
        )
    );
}

#[test]
fn debug_shows_names_only() {
    let attributes = Attributes::from(json!({"email": SECRET, SECRET: 1}));
    let other = Attributes::from(json!(SECRET));
    assert_eq!(
        format!("{attributes:?}"),
        r#"{"*": Redacted, "email": Redacted}"#
    );
    assert_eq!(format!("{other:?}"), "Redacted");
    assert!(!other.is_empty() && other.iter().next().is_none());
    assert!(serde_json::from_str::<Attributes>("null").is_err());
    assert!(serde_json::from_str::<Attributes>("[]").is_err());
    assert!(Attributes::from_serialize(&[1]).is_err());
}
