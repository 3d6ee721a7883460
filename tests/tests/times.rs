//! Times of `jiff` and `chrono` are sent in the exact format of the provider, and are decoded from responses.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use engagement_faults::{FaultServer, Response};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime, civil};

/// 2026-05-04T04:00:00.25Z.
const MILLIS: i64 = 1_777_867_200_250;

fn jiff() -> Timestamp {
    Timestamp::from_millisecond(MILLIS).unwrap()
}

fn jiff_in_india() -> ZonedDateTime {
    let india = Offset::from_seconds(330 * 60).unwrap();
    ZonedDateTime::new(jiff(), TimeZone::fixed(india))
}

fn chrono() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(MILLIS).unwrap()
}

fn chrono_in_india() -> DateTime<FixedOffset> {
    chrono().with_timezone(&FixedOffset::east_opt(330 * 60).unwrap())
}

async fn responding(body: &'static str) -> FaultServer {
    FaultServer::start(move |_| Response::json(body))
        .await
        .unwrap()
}

/// The bodies of all requests.
fn bodies(server: &FaultServer) -> Vec<String> {
    let requests = server.requests();
    let text = |body: &[u8]| String::from_utf8(body.to_vec()).unwrap();
    requests.iter().map(|it| text(it.body())).collect()
}

#[tokio::test]
async fn engagebay() {
    use engagebay_client::types::{NewContact, NewEvent, Property};
    use engagebay_client::{Client, Date, DateFormat};

    // Requests have seconds, responses milliseconds.
    let server =
        responding(r#"{"id":7,"created_time":1777867200,"start_time":1777867200250}"#).await;
    let client = Client::builder("key").base_url(server.url());
    let client = client.build().unwrap();
    let events = client.events();

    let event = NewEvent::new("Review", jiff(), jiff_in_india());
    let event = events.create(event).send().await.unwrap();
    let second = Timestamp::from_second(MILLIS / 1000).unwrap();
    assert_eq!(Timestamp::try_from(event.created_time.unwrap()), Ok(second));
    assert_eq!(Timestamp::try_from(event.start_time.unwrap()), Ok(jiff()));

    let event = NewEvent::new("Review", chrono(), chrono_in_india());
    let event = events.create(event).send().await.unwrap();
    let second = DateTime::from_timestamp(MILLIS / 1000, 0).unwrap();
    let (created, start) = (event.created_time.unwrap(), event.start_time.unwrap());
    assert_eq!(DateTime::<Utc>::try_from(created), Ok(second));
    assert_eq!(DateTime::<Utc>::try_from(start), Ok(chrono()));

    let sent = r#"{"end_time":1777867200,"name":"Review","start_time":1777867200}"#;
    assert_eq!(bodies(&server), [sent, sent]);

    // Dates are strings in the format of the account.
    let server = responding(r#"{"id":7,"properties":[{"name":"Due","value":"04/05/2026"}]}"#).await;
    let client = Client::builder("key").base_url(server.url());
    let client = client.build().unwrap();
    let days = [
        Date::try_from(civil::date(2026, 5, 4)).unwrap(),
        Date::try_from(NaiveDate::from_ymd_opt(2026, 5, 4).unwrap()).unwrap(),
    ];
    for day in days {
        let due = Property::date("Due", day, DateFormat::DAY_FIRST);
        let contact = NewContact::new().properties([due]);
        let contact = client.contacts().create(contact).send().await.unwrap();
        let value = contact.properties.unwrap()[0].value.clone().unwrap();
        let due = DateFormat::DAY_FIRST
            .parse(value.as_str().unwrap())
            .unwrap();
        assert_eq!(civil::Date::from(due), civil::date(2026, 5, 4));
        assert_eq!(
            Some(NaiveDate::from(due)),
            NaiveDate::from_ymd_opt(2026, 5, 4)
        );
    }
    let sent = r#"{"properties":[{"field_type":"DATE","name":"Due","type":"CUSTOM","value":"04/05/2026"}]}"#;
    assert_eq!(bodies(&server), [sent, sent]);
}

#[tokio::test]
async fn engagespot() {
    use engagespot_client::types::{DeviceInfo, SendNotification};
    use engagespot_client::{Client, SendAt};

    let server = responding(r#"{"requestId":"r","timestamp":1777867200250}"#).await;
    let client = Client::builder("key", "secret").base_url(server.url());
    let client = client.build().unwrap();
    for time in [
        SendAt::try_from(jiff()),
        SendAt::try_from(jiff_in_india()),
        SendAt::try_from(chrono()),
        SendAt::try_from(chrono_in_india()),
    ] {
        let hello = SendNotification::new("Hello").send_to("ada");
        let hello = hello.send_at(time.unwrap());
        client.notifications().send(hello).send().await.unwrap();
    }
    let sent = r#"{"notification":{"title":"Hello"},"sendAt":"2026-05-04T04:00:00.250Z","sendTo":{"recipients":["ada"]}}"#;
    assert_eq!(bodies(&server), [sent; 4]);

    let ada = client.as_user("ada").unwrap();
    let token = ada
        .sdk()
        .create_realtime_token_request(DeviceInfo::new("d"));
    let signed = token.send().await.unwrap().timestamp.unwrap();
    assert_eq!(Timestamp::try_from(signed), Ok(jiff()));
    assert_eq!(DateTime::<Utc>::try_from(signed), Ok(chrono()));
}

#[tokio::test]
async fn webengage() {
    use webengage_client::types::EventTrack;
    use webengage_client::{Client, Timestamp as Text};

    let server = responding(
        r#"{"response":{"status":"success","data":{"id":"r1","activity":{"activityOn":"2026-05-04T09:30:00+0530"}}}}"#,
    )
    .await;
    let client = Client::builder("license", "key").base_url(server.url());
    let client = client.build().unwrap();
    for time in [
        Text::try_from(jiff()),
        Text::try_from(chrono()),
        Text::try_from(jiff_in_india()),
        Text::try_from(chrono_in_india()),
    ] {
        let event = EventTrack::new("Order placed").user_id("u13");
        let event = event.event_time(time.unwrap());
        client.events().track(event).send().await.unwrap();
    }
    let sent =
        |time| format!(r#"{{"eventName":"Order placed","eventTime":"{time}","userId":"u13"}}"#);
    let utc = sent("2026-05-04T04:00:00+0000");
    let india = sent("2026-05-04T09:30:00+0530");
    assert_eq!(bodies(&server), [utc.clone(), utc, india.clone(), india]);

    let response = client.surveys().get_response("r1").send().await.unwrap();
    let time = response.activity.unwrap().activity_on.unwrap();
    let time: Text = time.parse().unwrap();
    let jiff = ZonedDateTime::try_from(&time).unwrap();
    assert_eq!(jiff.to_string(), "2026-05-04T09:30:00+05:30[+05:30]");
    let chrono = DateTime::<FixedOffset>::from(&time);
    assert_eq!(format!("{chrono:?}"), "2026-05-04T09:30:00+05:30");
}
