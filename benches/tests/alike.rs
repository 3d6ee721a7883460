//! What is compared must do the same.

use engagement_benches::contacts::{by_hand, sample, typed};
use engagement_benches::messages;
use engagement_faults::{Answer, FaultServer};

#[tokio::test]
async fn both_send_the_same_requests_and_read_the_same_answers() {
    // Others may have done it; nothing here is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = FaultServer::start(|request| match request.method() {
        "POST" => Answer::json(sample::page()),
        _ => Answer::json(sample::one()),
    })
    .await
    .unwrap();
    let hand = by_hand::Client::new(&server.url()).unwrap();
    let client = typed::client(&server.url()).unwrap();
    let (one, other) = (
        hand.get(7).await.unwrap(),
        typed::get(&client, 7).await.unwrap(),
    );
    assert_eq!((one.id, &one.email), (other.id.get(), &other.email));
    // Nothing is unknown to either of them.
    assert!(other.extra.is_empty(), "{other:?}");
    let (all, others) = (
        hand.list().await.unwrap(),
        typed::list(&client).await.unwrap(),
    );
    assert_eq!((all.len(), others.len()), (50, 50));

    let requests = server.requests();
    let sorted = |index: usize| {
        let text = requests[index].text().into_owned();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!((sorted(0), sorted(2)), (sorted(1), sorted(3)));
    assert!(
        requests[1]
            .text()
            .starts_with("GET /dev/api/panel/subscribers/7 HTTP/1.1\r\n")
    );
    assert!(requests[3].text().ends_with("\r\n\r\npage_size=50"));
}

#[tokio::test]
async fn both_create_the_same_messages() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = FaultServer::start(|_| Answer::json(messages::SAMPLE))
        .await
        .unwrap();
    let hand = messages::by_hand::Client::new(&server.url()).unwrap();
    let client = messages::typed::client(&server.url()).unwrap();
    let (one, other) = (
        hand.create().await.unwrap(),
        messages::typed::create(&client).await.unwrap(),
    );
    assert_eq!(
        (one.id.as_str(), one.created),
        (other.id.as_str(), other.created)
    );
    assert!(other.extra.is_empty(), "{other:?}");
    let (one, other) = (
        hand.create_form().await.unwrap(),
        messages::typed::create_form(&client).await.unwrap(),
    );
    assert_eq!(
        (one.id.as_str(), one.created),
        (other.id.as_str(), other.created)
    );

    let requests = server.requests();
    let parts = |index: usize| {
        let text = requests[index].text().into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines: Vec<String> = head.lines().map(str::to_owned).collect();
        lines.sort();
        (lines, body.to_owned())
    };
    let json = |index| serde_json::from_str::<serde_json::Value>(&parts(index).1).unwrap();
    // The fields may stand in another order.
    assert_eq!((parts(0).0, json(0)), (parts(1).0, json(1)));
    assert_eq!(json(0)["campaign"], "parcels");
    assert_eq!(parts(2), parts(3));
    assert_eq!(
        parts(2).1,
        "to=ada%40example.com&text=Your+parcel+is+on+its+way.&from=Example+Shop&subject=Parcel&campaign=parcels&track_opens=true"
    );
}
