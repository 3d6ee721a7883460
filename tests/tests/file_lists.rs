//! A list of files in a multipart body: one part for each, all of the same name.

use engagement_core::{ClientBuilder, Credential, Upload};
use engagement_faults::{FaultServer, Response};
use engagement_tests::generated::passes::{Client, PROVIDER, types::FileMeta};

const OK: &str = r#"{"response":{"data":{"@class":"text","text":"a"}}}"#;

fn client(server: &FaultServer) -> Client {
    let mut builder = ClientBuilder::<Client>::new(&PROVIDER);
    for host in PROVIDER.servers {
        builder = builder.server_url(host.name, server.url());
    }
    let credential = Credential::basic("key", "secret");
    builder.credential("basicAuth", credential).build().unwrap()
}

/// The names of the parts that a request has, with the files' own.
fn parts(body: &[u8]) -> Vec<String> {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let lines = body.lines();
    let parts = lines.filter_map(|line| line.strip_prefix("Content-Disposition: form-data; "));
    parts.map(str::to_owned).collect()
}

const WANT: [&str; 4] = [
    "name=\"file\"; filename=\"a.csv\"",
    "name=\"pages\"; filename=\"1.png\"",
    "name=\"pages\"; filename=\"2.png\"",
    "name=\"meta\"",
];

#[tokio::test]
async fn each_file_of_a_list_is_a_part() {
    let server = FaultServer::start(|_| Response::json(OK)).await.unwrap();
    let client = client(&server);
    let file = |name: &str| Upload::from_bytes(name, "x");
    let call = client.files().upload(file("a.csv"), FileMeta::new("T"));
    let call = call
        .account("acme")
        .page_files([file("1.png"), file("2.png")]);
    call.send().await.unwrap();
    assert_eq!(parts(server.requests()[0].body()), WANT);
}

#[tokio::test]
async fn an_operation_by_id_takes_several_files() {
    let server = FaultServer::start(|_| Response::json(OK)).await.unwrap();
    let client = client(&server);
    let file = |name: &str| Upload::from_bytes(name, "x");
    let call = client
        .operation("files_upload")
        .unwrap()
        .param("account", "acme");
    let call = call
        .file("file", file("old.csv"))
        .file("file", file("a.csv"));
    let call = call
        .file("pages", file("1.png"))
        .file("pages", file("2.png"));
    let call = call.param("meta", serde_json::json!({ "title": "T" }));
    call.send().await.unwrap();
    assert_eq!(parts(server.requests()[0].body()), WANT);
}
