//! Raw requests of every client carry forms with files, with what the client's own crate exports.

use engagement_faults::{FaultServer, Request, Response};

/// Head lines and body, the boundary replaced.
fn sent(request: &Request) -> (Vec<String>, String) {
    let content_type = request.header("content-type").unwrap();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
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
    ($client:ident, $builder:expr, $head:expr) => {
        #[tokio::test]
        async fn $client() {
            use $client::{Client, Form, Method, Upload};

            let server = FaultServer::start(|_| Response::json("{}")).await.unwrap();
            let mut builder = $builder;
            for host in $client::PROVIDER.servers {
                builder = builder.server_url(host.name, server.url());
            }
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
            assert_eq!(head, $head);
            assert_eq!(body, BODY);
            let length = requests[0].body().len().to_string();
            assert_eq!(requests[0].header("content-length"), Some(&*length));
        }
    };
}

client!(
    engage_client,
    Client::builder("key", "secret"),
    ["POST /assets/", "authorization: Basic a2V5OnNlY3JldA=="]
);
client!(
    engagebay_client,
    Client::builder("key"),
    ["POST /assets/", "authorization: key"]
);
client!(
    engageone_client,
    Client::builder_with_token("customer", "token"),
    ["POST /assets/", "authorization: Bearer token"]
);
client!(
    engagespot_client,
    Client::builder("key", "secret"),
    [
        "POST /assets/",
        "x-engagespot-api-key: key",
        "x-engagespot-api-secret: secret"
    ]
);
client!(
    webengage_client,
    Client::builder("license", "key"),
    ["POST /assets/", "authorization: Bearer key"]
);
