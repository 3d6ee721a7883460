//! Bodies with files.

use engagement_sandbox::Sandbox;
use serde_json::json;

use crate::http::{BOUNDARY, Http, Part, Payload, error_message};

const CATALOG: &str = "/api/v1/accounts/sandbox0/catalog/catalog_7/upload";
const RECOMMENDATION: &str = "/api/v1/accounts/sandbox0/recommendation/manual/upload";
const META: &str = r#"{"type":"ITEM_ITEM_MANUAL","name":"Goes well","catalogSlug":"catalog_7","createdBy":"ada@example.com"}"#;

fn dashboard(sandbox: &Sandbox) -> Http<'_> {
    Http::webengage(sandbox).at(sandbox.webengage().server_url("dashboard"))
}

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

#[tokio::test]
async fn files_and_fields_are_read() {
    let sandbox = start().await;
    let parts = [
        Part::text("recommendationMeta", META),
        Part::file("file", "r.csv", "text/csv", b"item,recommended\nsku-1,\xff"),
    ];
    let http = dashboard(&sandbox);
    http.ok("POST", RECOMMENDATION, Payload::Multipart(&parts))
        .await;
    let [upload] = sandbox.webengage().uploads().try_into().expect("one");
    assert_eq!((upload.file_name.as_str(), upload.bytes), ("r.csv", 24));
    assert_eq!(upload.meta["name"], "Goes well");

    // The schema can make a part a file, which then needs neither name nor media type.
    let bare = [Part::text("file", "id,title\nsku-1,Lamp\n")];
    http.ok("POST", CATALOG, Payload::Multipart(&bare)).await;
    let upload = sandbox.webengage().uploads().pop().expect("one");
    assert_eq!(
        (upload.slug.as_str(), upload.file_name.as_str()),
        ("catalog_7", "")
    );
}

#[tokio::test]
async fn parts_are_checked_against_the_document() {
    let sandbox = start().await;
    let http = dashboard(&sandbox);
    let refused = async |path: &str, parts: &[Part<'_>]| {
        let (status, body) = http.call("POST", path, Payload::Multipart(parts)).await;
        (status, error_message(&body).to_owned())
    };
    let file = Part::file("file", "r.csv", "text/csv", b"a,b\n");
    assert_eq!(
        refused(CATALOG, &[]).await,
        (400, "body: \"file\" is a required property".to_owned())
    );
    assert_eq!(
        refused(
            CATALOG,
            &[Part::file("file", "c.json", "application/json", b"{}")]
        )
        .await,
        (
            415,
            "the Content-Type of the part `file` is wrong: it takes text/csv".to_owned()
        )
    );
    let (status, why) = refused(
        RECOMMENDATION,
        &[Part::text("recommendationMeta", "no JSON"), file],
    )
    .await;
    assert_eq!(status, 400);
    assert!(
        why.starts_with("body/recommendationMeta: the form field must hold JSON text"),
        "{why}"
    );
    let (status, why) = refused(
        RECOMMENDATION,
        &[Part::text("recommendationMeta", "{}"), file],
    )
    .await;
    assert_eq!(status, 400);
    assert!(why.starts_with("body/recommendationMeta: "), "{why}");
    let text = Part {
        name: "recommendationMeta",
        file_name: "",
        content_type: "",
        bytes: b"\xff",
    };
    assert_eq!(
        refused(RECOMMENDATION, &[text, file]).await,
        (
            400,
            "body/recommendationMeta: the part is not UTF-8".to_owned()
        )
    );
    assert_eq!(
        refused(CATALOG, &[Part::file("", "r.csv", "text/csv", b"a,b\n")]).await,
        (400, "the body has a part without a name".to_owned())
    );
    assert!(sandbox.webengage().uploads().is_empty());
}

#[tokio::test]
async fn invalid_multipart_bodies_are_refused() {
    let sandbox = start().await;
    let http = dashboard(&sandbox);
    let (status, body) = http.post(CATALOG, json!({ "file": "a,b" })).await;
    assert_eq!(
        (status, error_message(&body)),
        (
            415,
            "the Content-Type is wrong: `catalogs_upload` takes multipart/form-data"
        )
    );
    let url = format!(
        "{}{CATALOG}",
        sandbox.webengage().server_url("dashboard").expect("a host")
    );
    let good = format!("multipart/form-data; boundary={BOUNDARY}");
    let bodies = [
        ("multipart/form-data", "x"),
        (good.as_str(), "no boundary in it"),
        (
            good.as_str(),
            "------sandbox-test\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\ncut",
        ),
    ];
    for (media, text) in bodies {
        let request = reqwest::Client::new()
            .post(&url)
            .header("authorization", "Bearer sandbox-webengage-key")
            .header("content-type", media)
            .body(text);
        let response = request.send().await.expect("a response");
        assert_eq!(response.status(), 400, "{media} {text}");
        let text = response.text().await.expect("text");
        assert!(
            text.contains("the body is not multipart as its Content-Type says"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn files_may_be_larger_than_other_bodies() {
    let sandbox = start().await;
    let http = dashboard(&sandbox);
    let mut large = b"id\n".to_vec();
    large.resize(3 << 20, b'7');
    let parts = [Part::file("file", "large.csv", "text/csv", &large)];
    http.ok("POST", CATALOG, Payload::Multipart(&parts)).await;
    assert_eq!(sandbox.webengage().uploads()[0].bytes, 3 << 20);
    large.resize(33 << 20, b'7');
    let parts = [Part::file("file", "large.csv", "text/csv", &large)];
    let (status, body) = http.call("POST", CATALOG, Payload::Multipart(&parts)).await;
    assert_eq!(
        (status, error_message(&body)),
        (413, "the body exceeds the sandbox's limit of 32 MiB")
    );
}

#[tokio::test]
async fn a_file_can_be_passed_without_http() {
    let sandbox = start().await;
    let body = json!({ "file": "id,title\nsku-1,Lamp\n" });
    let parameters = [("licenseCode", "sandbox0"), ("catalogSlug", "catalog_7")];
    sandbox
        .perform("webengage", "catalogs_upload", &parameters, body)
        .expect("done");
    assert_eq!(sandbox.webengage().uploads()[0].columns, ["id", "title"]);
}
