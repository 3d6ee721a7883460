//! Raw requests of every client send multipart forms with files, with types that the client's crate exports.

use engagement_faults::{FaultServer, Request, Response};
use engagement_tests::at_url;

/// The request line with the credentials, and the body with the boundary replaced.
fn sent(request: &Request) -> (Vec<String>, String) {
    let content_type = request.header("content-type").unwrap();
    let (kind, boundary) = content_type.split_once("; boundary=").unwrap();
    assert_eq!(kind, "multipart/form-data");
    assert!(!boundary.is_empty());
    let head = [
        "authorization",
        "x-engagespot-api-key",
        "x-engagespot-api-secret",
    ]
    .iter()
    .filter_map(|name| Some(format!("{name}: {}", request.header(name)?)));
    let line = format!("{} {}", request.method(), request.target());
    let head = std::iter::once(line).chain(head).collect();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    (head, body.replace(boundary, "(boundary)"))
}

const BODY: &str = "--(boundary)\r\n\
    Content-Disposition: form-data; name=\"folder\"\r\n\r\n\
    reports\r\n\
    --(boundary)\r\n\
    Content-Disposition: form-data; name=\"report\"; filename=\"out.csv\"\r\n\
    Content-Type: text/csv\r\n\r\n\
    id,name\n7,Ada\n\r\n\
    --(boundary)\r\n\
    Content-Disposition: form-data; name=\"report\"; filename=\"raw\"\r\n\r\n\
    \0\r\n\
    --(boundary)--\r\n";

macro_rules! client {
    ($client:ident, $builder:ident($($argument:literal),*), $credentials:expr) => {
        #[tokio::test]
        async fn $client() {
            use $client::{Client, Form, Method, Upload};

            let server = FaultServer::start(|_| Response::json("{}")).await.unwrap();
            let builder = Client::$builder($($argument),*);
            let builder = at_url(builder, $client::PROVIDER.servers, |_| server.url());
            let client: Client = builder.build().unwrap();
            let table = Upload::from_bytes("out.csv", "id,name\n7,Ada\n");
            let form = Form::new()
                .text("folder", "reports")
                .file("report", table.content_type("text/csv"))
                .file("report", Upload::from_bytes("raw", vec![0]));
            let request = client.request(Method::POST, "/assets/").multipart(form);
            request.send().await.unwrap();

            let requests = server.requests();
            assert_eq!(requests.len(), 1);
            let (head, body) = sent(&requests[0]);
            assert_eq!(head[0], "POST /assets/");
            assert_eq!(head[1..], $credentials);
            assert_eq!(body, BODY);
            let length = requests[0].body().len().to_string();
            assert_eq!(requests[0].header("content-length"), Some(&*length));
        }
    };
}

client!(
    engage_client,
    builder("key", "secret"),
    ["authorization: Basic a2V5OnNlY3JldA=="]
);
client!(engagebay_client, builder("key"), ["authorization: key"]);
client!(
    engageone_client,
    builder_with_token("customer", "token"),
    ["authorization: Bearer token"]
);
client!(
    engagespot_client,
    builder("key", "secret"),
    [
        "x-engagespot-api-key: key",
        "x-engagespot-api-secret: secret"
    ]
);
client!(
    webengage_client,
    builder("license", "key"),
    ["authorization: Bearer key"]
);
