//! Requests of calls whose kind no provider has: those of the document that the generator's passes are tried on.

use engagement_core::ClientBuilder;
use engagement_faults::{FaultServer, Request, Response};
use engagement_tests::generated::passes::types::NewThing;
use engagement_tests::generated::passes::{Client, PROVIDER};
use serde_json::json;

async fn server() -> (FaultServer, Client) {
    let thing = r#"{"id":"a","createdTime":"now"}"#;
    let server = FaultServer::start(move |_| Response::json(thing))
        .await
        .unwrap();
    let mut builder = ClientBuilder::<Client>::new(&PROVIDER);
    for host in PROVIDER.servers {
        builder = builder.server_url(host.name, server.url());
    }
    let client = builder.build().unwrap();
    (server, client)
}

/// The first line, the headers that say what is sent and accepted, and the body.
fn sent(request: &Request) -> Vec<String> {
    let mut lines = vec![format!("{} {}", request.method(), request.target())];
    for name in ["accept", "content-type"] {
        lines.extend(request.header(name).map(|value| format!("{name}: {value}")));
    }
    lines.push(String::from_utf8(request.body().to_vec()).unwrap());
    lines
}

/// The requests of a typed call and of the same one by its id, which have to be alike.
macro_rules! both {
    ($server:expr, $typed:expr, $by_id:expr) => {{
        $typed.send().await.unwrap();
        $by_id.send().await.unwrap();
        let requests = $server.requests();
        let [.., typed, by_id] = requests.as_slice() else {
            panic!("two requests")
        };
        assert_eq!(sent(typed), sent(by_id));
        sent(typed)
    }};
}

#[tokio::test]
async fn json_has_its_own_name_and_parameters_are_parts_of_segments() {
    let (server, client) = server().await;
    let begin = || client.operation("things_merge").unwrap();
    let by_id = || begin().param("id", "a/.").param("part", 7);
    let body = json!({ "type": "big" });
    let request = both!(
        server,
        client.things().merge("a/.", 7).body(NewThing::new("big")),
        by_id().json(&body)
    );
    let line = "PATCH /things/a%2F.:merge,7.json";
    let accept = "accept: application/vnd.api+json";
    let content_type = "content-type: application/merge-patch+json";
    assert_eq!(request, [line, accept, content_type, r#"{"type":"big"}"#]);
    // What isn't sent has no type.
    let request = both!(server, client.things().merge("a/.", 7), by_id());
    assert_eq!(request, [line, accept, ""]);
    // A value can't make another path of a segment.
    assert!(client.things().merge("..", 7).send().await.is_err());
    assert!(client.things().merge("", 7).send().await.is_err());
    assert_eq!(server.requests().len(), 4);
}
