//! Requests of calls whose kind no provider has: those of the document that the generator's passes are tried on.

use engagement_core::ClientBuilder;
use engagement_core::Upload;
use engagement_faults::{FaultServer, Request, Response};
use engagement_tests::generated::passes::types::{FileRange, NewThing};
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
    for name in ["accept", "content-type", "x-marks"] {
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

const JSON: &str = "accept: application/json";

fn range() -> FileRange {
    let inner = FileRange::new().from_("c d");
    FileRange::new().from_("a,b").inner(inner).list(["x", "y"])
}

#[tokio::test]
async fn lists_and_objects_are_written_by_their_style() {
    let (server, client) = server().await;
    let json = serde_json::to_value(range()).unwrap();
    let words = ["a,b", "c d"];
    let typed = client
        .files()
        .find(words)
        .range(range())
        .page(FileRange::new().from_("1").list(["x", "y"]))
        .pair(FileRange::new().from_("1"))
        .kinds(["k", "l"])
        .x_marks([1, 2]);
    let by_id = client
        .operation("files_find")
        .unwrap()
        .param("words", json!(words))
        .param("range", json.clone())
        .param("page", json!({ "from": "1", "list": ["x", "y"] }))
        .param("pair", json!({ "from": "1" }))
        .param("kinds", json!(["k", "l"]))
        .param("X-Marks", json!([1, 2]));
    let line = "GET /files/find?range%5Bfrom%5D=a%2Cb&range%5Binner%5D%5Bfrom%5D=c%20d\
        &range%5Blist%5D%5B0%5D=x&range%5Blist%5D%5B1%5D=y&from=1&list=x&list=y&pair=from,1&words=a%2Cb,c%20d&kinds=k%7Cl";
    assert_eq!(
        both!(server, typed, by_id),
        [line, JSON, "x-marks: 1,2", ""]
    );

    let typed = client.files().find_in_form().range(range()).words(words);
    let by_id = client
        .operation("files_find_in_form")
        .unwrap()
        .param("range", json)
        .param("words", json!(words));
    let body = "range%5Bfrom%5D=a%2Cb&range%5Binner%5D%5Bfrom%5D=c+d&range%5Blist%5D%5B0%5D=x\
        &range%5Blist%5D%5B1%5D=y&words=a%2Cb%2Cc+d";
    let form = "content-type: application/x-www-form-urlencoded";
    assert_eq!(
        both!(server, typed, by_id),
        ["POST /files/find", JSON, form, body]
    );
}

#[tokio::test]
async fn text_and_bytes_are_sent_unchanged() {
    let (server, client) = server().await;
    let begin = |id| client.operation(id).unwrap();
    let typed = client.files().write_table("a,b\n1,2");
    let sent = both!(server, typed, begin("files_write_table").bytes("a,b\n1,2"));
    let content_type = "content-type: text/csv; v=2";
    assert_eq!(sent, ["PUT /files/table", JSON, content_type, "a,b\n1,2"]);
    let typed = client.files().write_image().body(vec![0, 1]);
    let sent = both!(server, typed, begin("files_write_image").bytes(vec![0, 1]));
    let content_type = "content-type: image/png";
    assert_eq!(sent, ["PUT /files/image", JSON, content_type, "\0\u{1}"]);
    let sent = both!(
        server,
        client.files().write_image(),
        begin("files_write_image")
    );
    assert_eq!(sent, ["PUT /files/image", JSON, ""]);
    assert!(begin("files_write_table").send().await.is_err());
    assert!(begin("files_write_table").json("a").send().await.is_err());
}

#[tokio::test]
async fn parts_have_the_types_that_the_document_gives_them() {
    let (server, client) = server().await;
    let file = || Upload::from_bytes("f", "x");
    let meta = FileRange::new().from_("a");
    client
        .files()
        .add_parts(file())
        .meta(meta)
        .note("n")
        .send()
        .await
        .unwrap();
    let by_id = client.operation("files_add_parts").unwrap();
    let by_id = by_id.file("file", file()).param("note", "n");
    by_id
        .param("meta", json!({ "from": "a" }))
        .send()
        .await
        .unwrap();
    for request in server.requests() {
        let body = String::from_utf8(request.body().to_vec()).unwrap();
        let parts: Vec<&str> = body
            .lines()
            .filter(|line| !line.starts_with("--"))
            .collect();
        let name = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");
        assert_eq!(
            parts,
            [
                format!("{}; filename=\"f\"", name("file")).as_str(),
                "Content-Type: application/octet-stream",
                "",
                "x",
                &name("meta"),
                "Content-Type: application/json",
                "",
                r#"{"from":"a"}"#,
                &name("note"),
                "Content-Type: text/markdown",
                "",
                "n",
            ]
        );
    }
}
