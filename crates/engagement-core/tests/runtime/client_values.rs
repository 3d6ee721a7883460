//! Path values of a client.

use engagement_core::{ClientBuilder, ErrorKind, RawResponse};

use crate::support::*;

fn local() -> ClientBuilder<Client> {
    builder().base_url("http://localhost:1")
}

#[tokio::test]
async fn a_value_of_the_call_takes_precedence() {
    let server = TestServer::once(json("{}")).await;
    let client = build(
        at(&server)
            .value("account", "first")
            .value("account", "a/1")
            .credential("header", engagement_core::Credential::header("k")),
    );
    assert_eq!(client.value("account"), Some("a/1"));
    assert_eq!(client.value("team"), None);
    assert_eq!(client.value("nope"), None);
    for own in [None, Some(17)] {
        let mut call = client.call(&TEAMS_LIST);
        call.path_or_client_value("account", &own);
        call.path_or_client_value("team", &Some("red"));
        call.send(RawResponse::into_empty).await.unwrap();
    }
    let targets: Vec<String> = server
        .requests()
        .iter()
        .map(|request| request.split(' ').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(
        targets,
        ["/teams/red/accounts/a%2F1", "/teams/red/accounts/17"]
    );
}

#[tokio::test]
async fn a_missing_client_value_is_reported() {
    let client = local().build().unwrap().0;
    let missing = async |name: &'static str| {
        let mut call = client.call(&TEAMS_LIST);
        call.path_or_client_value(name, &None::<String>);
        let error = call.send(RawResponse::into_empty).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!error.was_sent());
        error.to_string()
    };
    assert_eq!(
        missing("account").await,
        "acme teams_list: invalid request: `account` is missing: set it on the call, or on the client with .value(\"account\", …) or ACME_ACCOUNT"
    );
    assert_eq!(
        missing("team").await,
        "acme teams_list: invalid request: `team` is missing: set it on the call, or on the client with .value(\"team\", …)"
    );
    let mut call = client.call(&TEAMS_LIST);
    call.path_or_client_value("account", &Some(".."));
    call.path_or_client_value("team", &Some("t"));
    assert_eq!(
        call.send(RawResponse::into_empty)
            .await
            .unwrap_err()
            .to_string(),
        "acme teams_list: invalid request: path parameter `account` is `.` or `..`, which would address another resource"
    );
}

#[test]
fn values_are_checked() {
    for (value, reason) in [
        (
            "",
            "empty; a typical cause is an unset environment variable",
        ),
        (
            " \t",
            "empty; a typical cause is an unset environment variable",
        ),
        ("..", "`.` or `..`, which would address another resource"),
        (".", "`.` or `..`, which would address another resource"),
        ("hidden\n", "not allowed to contain control characters"),
    ] {
        let builder = local().value("account", value);
        assert!(!format!("{builder:?}").contains("hidden"));
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(
            error.to_string(),
            format!("acme client: invalid configuration: the client value `account` is {reason}")
        );
    }
    let error = local().value("nope", "hidden").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme client: invalid configuration: there is no client value named `nope`"
    );
}
