//! Clients with other credentials.

use engagement_core::{Credential, ErrorKind, Method};

use crate::support::*;

#[tokio::test]
async fn connections_are_shared_and_credentials_are_not() {
    let server = TestServer::once(json("{}")).await;
    let parent = build(
        at(&server)
            .value("account", "a1")
            .credential("header", Credential::header("parent-key")),
    );
    let derived = parent
        .with_credentials([
            ("header", None),
            ("token", Some(Credential::bearer("first-token"))),
            ("token", Some(Credential::bearer("other-token"))),
        ])
        .unwrap();
    assert_eq!(derived.value("account"), Some("a1"));
    send_empty(&parent, &CONTACTS_LIST).await.unwrap();
    send_empty(&derived, &CONTACTS_LIST).await.unwrap();
    send_empty(&parent, &CONTACTS_LIST).await.unwrap();
    assert_eq!(server.connections(), 1);
    let requests = server.requests();
    for request in [&requests[0], &requests[2]] {
        assert_contains(request, "x-api-key: parent-key\r\n");
        assert!(!request.contains("authorization"), "{request}");
    }
    assert!(requests[1].contains("authorization: Bearer other-token\r\n"));
    assert!(!requests[1].contains("x-api-key"), "{}", requests[1]);

    let debug = format!("{derived:?}");
    assert_contains(&debug, r#"credentials: ["token"]"#);

    let bare = derived.with_credentials([("token", None)]).unwrap();
    let error = send_empty(&bare, &CONTACTS_LIST).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn replaced_credentials_are_still_masked() {
    let echo = r#"{"message": "neither parent-key nor other-key nor third-key"}"#;
    let server = TestServer::once(reply("400 Bad Request", "application/json", echo)).await;
    let parent = build(at(&server).credential("header", Credential::header("parent-key")));
    let other = [("header", Some(Credential::header("other-key")))];
    let third = [("header", Some(Credential::header("third-key")))];
    let derived = parent.with_credentials(other).unwrap();
    let derived = derived.with_credentials(third).unwrap();
    let error = send_empty(&derived, &CONTACTS_LIST).await.unwrap_err();
    assert_eq!(
        error.message(),
        Some("neither [REDACTED] nor [REDACTED] nor [REDACTED]")
    );
    // The parent does not know the credentials of derived clients.
    let error = send_empty(&parent, &CONTACTS_LIST).await.unwrap_err();
    assert_eq!(
        error.message(),
        Some("neither [REDACTED] nor other-key nor third-key")
    );
}

#[test]
fn changed_credentials_are_checked() {
    let client = build(builder().base_url("http://localhost:1"));
    let refusal = |scheme, credential| {
        let error = client.with_credentials([(scheme, credential)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        error.to_string()
    };
    for credential in [None, Some(Credential::header("hidden"))] {
        assert_eq!(
            refusal("nope", credential),
            "acme client: invalid configuration: there is no credential scheme named `nope`"
        );
    }
    assert_eq!(
        refusal("header", Some(Credential::bearer("hidden"))),
        "acme client: invalid configuration: the credential `API key` cannot be used: it must be created with Credential::header(key)"
    );
}

#[tokio::test]
async fn a_raw_request_without_credentials() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let request = client.request(Method::GET, "/open").without_credentials();
    request.send().await.unwrap();
    let bare = build(at(&server));
    let request = bare.request(Method::GET, "/open").without_credentials();
    request.send().await.unwrap();
    client.request(Method::GET, "/open").send().await.unwrap();
    let requests = server.requests();
    for request in &requests[..2] {
        assert!(
            !request.contains("x-api") && !request.contains("authorization"),
            "{request}"
        );
    }
    assert!(requests[2].contains("x-api-key: test-key\r\n"));
}
