//! Logins and tokens are shared by all calls.

mod support;

use std::time::Duration;

use engageone_client::types::{ClientCredentials, TransactionalCampaignRequest};
use engageone_client::{Client, Error, ErrorKind};
use futures_util::future::join_all;
use serde_json::{Value, json};
use support::*;
use tokio::sync::Semaphore;

const CALLERS: usize = 64;

async fn call(client: &Client) -> Result<(), Error> {
    client.data_sources().list().send().await.map(drop)
}

/// Concurrent calls.
async fn calls(client: &Client) -> Vec<Result<(), Error>> {
    join_all((0..CALLERS).map(|_| call(client))).await
}

/// The same. The response of the login is sent only after all calls started.
async fn calls_during_login(permits: &Semaphore, client: &Client) -> Vec<Result<(), Error>> {
    let open = async {
        for _ in 0..4 * CALLERS {
            tokio::task::yield_now().await;
        }
        permits.add_permits(1);
    };
    tokio::join!(calls(client), open).0
}

/// Advances the clock.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_first_calls_share_one_login() {
    let service = Service::start().await;
    let client = service.client();
    assert_eq!(service.server.requests().len(), 0);
    let permits = service.block_logins();
    let outcomes = calls_during_login(&permits, &client).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!((service.logins(), service.calls().len()), (1, CALLERS));
    // Clones share it too.
    call(&client.clone()).await.unwrap();
    assert_eq!(service.logins(), 1);
}

#[tokio::test]
async fn an_expired_token_is_fetched_once() {
    let service = Service::start().await;
    let client = service.client();
    service.set_lifetime(Some(-1.5));
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 1);
    pass(Duration::from_secs(10)).await;

    service.set_lifetime(Some(3600.5));
    let permits = service.block_logins();
    let outcomes = calls_during_login(&permits, &client).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    // The old token was not sent.
    assert_eq!((service.logins(), service.calls().len()), (2, 1 + CALLERS));
    assert!(calls(&client).await.iter().all(Result::is_ok));
    assert_eq!(service.logins(), 2);
}

#[tokio::test]
async fn a_revoked_token_is_fetched_once() {
    let service = Service::start().await;
    let client = service.client();
    call(&client).await.unwrap();
    service.server.take_requests();

    service.revoke(CALLERS);
    let outcomes = calls(&client).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    // All were refused, because the server sent no response before all requests had arrived.
    assert_eq!((service.logins(), service.calls().len()), (2, 2 * CALLERS));
}

#[tokio::test]
async fn a_failed_login_fails_all_waiting_calls() {
    let service = Service::start().await;
    let client = service.client();
    let body = json!({"message": format!("No such client: {CLIENT_ID} with {SECRET}")});
    service.set_login(reply("403 Forbidden", body.to_string()));
    let permits = service.block_logins();
    let outcomes = calls_during_login(&permits, &client).await;
    assert_eq!((service.logins(), service.calls().len()), (1, 0));
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(
            error.to_string(),
            "engageone data_sources_list: login failed: 403 Forbidden: No such client: [e-mail] with [REDACTED]"
        );
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Api, false));
        assert!(error.is_forbidden() && !error.is_not_found());
        assert_eq!(error.operation().unwrap().id, "data_sources_list");
        assert_no_secret(&error);
    }
    // The next call logs in again.
    permits.add_permits(1);
    call(&client).await.unwrap_err();
    assert_eq!(service.logins(), 2);
}

#[tokio::test]
async fn a_repeated_401_is_reported_after_two_requests() {
    let service = Service::start().await;
    let client = service.client();
    service.refuse_all();
    let error = call(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "engageone data_sources_list: 401 Unauthorized: This token is invalid"
    );
    assert!(error.is_unauthorized() && error.was_sent());
    assert_eq!(error.attempts(), 2);
    assert_eq!((service.logins(), service.calls().len()), (2, 2));
}

#[tokio::test]
async fn sends_are_retried_only_if_they_were_refused() {
    let service = Service::start().await;
    let client = service.client();
    call(&client).await.unwrap();
    service.revoke(1);
    let records = [json!({"email": "ada@example.com"})];
    let body = TransactionalCampaignRequest::new(
        "Order confirmation",
        records,
        "email",
        "orders@example.com",
        "Your order",
    );
    let send = client.campaigns().send_transactional_v1("Orders", body);
    assert_eq!(send.response().await.unwrap().attempts(), 2);
    let calls = service.calls();
    assert_eq!(calls[1].line(), calls[2].line());
    assert_eq!(calls[1].body, calls[2].body);
}

#[tokio::test]
async fn fixed_tokens_are_not_renewed() {
    let service = Service::start().await;
    let builder = service.with_urls(Client::builder_with_token(CUSTOMER_ID, "a.b.c"));
    let client = builder.build().unwrap();
    let error = call(&client).await.unwrap_err();
    assert!(error.is_unauthorized());
    client.forget_token();
    call(&client).await.unwrap_err();
    let calls = service.calls();
    assert_eq!((service.logins(), calls.len()), (0, 2));
    for call in calls {
        assert_eq!(call.header("authorization"), Some("Bearer a.b.c"));
        assert_eq!(call.header("pb-customer-id"), Some(CUSTOMER_ID));
    }
}

#[tokio::test]
async fn a_token_is_used_until_a_minute_before_it_expires() {
    let service = Service::start().await;
    let client = service.client();
    call(&client).await.unwrap();
    // Its lifetime is a little more than an hour, as the service sets it.
    pass(58 * MINUTE).await;
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 1);
    pass(MINUTE + Duration::from_secs(1)).await;
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 2);
}

#[tokio::test]
async fn a_clock_that_differs_changes_nothing() {
    for clock in [-7200.0, 7200.0] {
        let service = Service::start().await;
        service.set_clock(clock);
        let client = service.client();
        for _ in 0..100 {
            call(&client).await.unwrap();
        }
        pass(58 * MINUTE).await;
        call(&client).await.unwrap();
        assert_eq!((service.logins(), service.calls().len()), (1, 101));
        pass(MINUTE + Duration::from_secs(1)).await;
        call(&client).await.unwrap();
        assert_eq!(service.logins(), 2);
    }
}

/// By our clock, it has expired, and it does not say how long it lives.
#[tokio::test]
async fn a_token_is_used_for_a_while_whatever_our_clock_says() {
    let service = Service::start().await;
    service.set_lifetime(Some(-7200.0));
    let client = service.client();
    for _ in 0..100 {
        call(&client).await.unwrap();
    }
    assert_eq!((service.logins(), service.calls().len()), (1, 100));
    pass(Duration::from_secs(11)).await;
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 2);
}

/// It does not say when it was issued, and its expiry is long past by our clock: the `Date` of the login is an hour before it.
#[tokio::test]
async fn the_date_of_the_login_says_how_long_a_token_lives() {
    let service = Service::start().await;
    let token = jwt(r#"{"exp": 1709460000}"#);
    service.set_token(&token, "Sun, 03 Mar 2024 09:00:00 GMT");
    let client = service.client();
    call(&client).await.unwrap();
    pass(58 * MINUTE).await;
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 1);
    pass(MINUTE + Duration::from_secs(1)).await;
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 2);
}

#[tokio::test]
async fn a_token_without_an_expiry_is_used_for_fifty_minutes() {
    let service = Service::start().await;
    let client = service.client();
    service.set_lifetime(None);
    call(&client).await.unwrap();
    pass(49 * MINUTE).await;
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 1);
    pass(MINUTE + Duration::from_secs(1)).await;
    call(&client).await.unwrap();
    assert_eq!(service.logins(), 2);
}

#[tokio::test]
async fn a_forgotten_token_is_fetched_again() {
    let service = Service::start().await;
    let client = service.client();
    call(&client).await.unwrap();
    client.forget_token();
    call(&client).await.unwrap();
    assert_eq!((service.logins(), service.calls().len()), (2, 2));
}

#[tokio::test]
async fn a_login_sends_customer_client_and_secret() {
    let service = Service::start().await;
    call(&service.client()).await.unwrap();
    let requests = service.server.requests();
    let login = &requests[0];
    assert_eq!(login.line(), "POST /authenticate");
    assert_eq!(login.header("authorization"), None);
    assert_eq!(login.header("pb-customer-id"), None);
    assert_eq!(login.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(&login.body).unwrap();
    assert_eq!(
        body,
        json!({"customer_id": CUSTOMER_ID, "client_id": CLIENT_ID, "secret": SECRET})
    );
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn tokens_are_accepted_in_either_form() {
    let token = jwt(r#"{"exp": 4102444800.5}"#);
    for body in [
        format!("\"{token}\""),
        format!(" \"{token}\"\r\n"),
        format!("\u{feff}\"{token}\""),
        token.clone(),
        format!("{token}\n"),
        format!("\u{feff} {token} "),
    ] {
        let service = Service::start().await;
        let client = service.client();
        service.set_login(reply("200 OK", body.as_str()));
        call(&client).await.unwrap_err();
        let sent = service.calls();
        let expected = format!("Bearer {token}");
        assert_eq!(
            sent[0].header("authorization"),
            Some(expected.as_str()),
            "{body}"
        );
    }
    // Any JSON string is accepted as a token.
    let service = Service::start().await;
    service.set_login(reply("201 Created", "\"opaque\""));
    call(&service.client()).await.unwrap_err();
    let sent = service.calls();
    assert_eq!(sent[0].header("authorization"), Some("Bearer opaque"));
}

#[tokio::test]
async fn unexpected_login_responses_are_reported() {
    for (body, message) in [
        ("", "the body is empty where JSON was expected (200 OK)"),
        ("\"\"", "the token cannot be used: it is empty"),
        (
            "a.b",
            "unexpected body: expected value (line 1, column 1) (200 OK)",
        ),
        (
            "{\"token\": \"a.b.c\"}",
            "unexpected body: invalid type: map, expected a string",
        ),
        (
            "<html><title>Maintenance</title>a.b.c</html>",
            "HTML page titled \"Maintenance\" where JSON was expected (200 OK)",
        ),
    ] {
        let service = Service::start().await;
        service.set_login(reply("200 OK", body));
        let error = call(&service.client()).await.unwrap_err();
        let printed = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Decode, "{printed}");
        assert!(
            printed.starts_with("engageone data_sources_list: login failed: "),
            "{printed}"
        );
        assert!(printed.contains(message), "{printed}");
        assert_eq!((service.logins(), service.calls().len()), (1, 0));
    }
}

#[tokio::test]
async fn the_secret_is_never_printed() {
    let service = Service::start().await;
    let builder = service.builder();
    let client = builder.clone().build().unwrap();
    let credentials = ClientCredentials::new(CLIENT_ID, SECRET, CUSTOMER_ID);
    let login = client.auth().login(credentials.clone());
    for text in [
        format!("{builder:#?}"),
        format!("{client:#?}"),
        format!("{credentials:#?}"),
        format!("{login:#?}"),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
    for (status, body) in [
        ("400 Bad Request", json!({"error": SECRET}).to_string()),
        (
            "500 Internal Server Error",
            format!("<html><title>{SECRET}</title>"),
        ),
        ("502 Bad Gateway", SECRET.to_owned()),
        ("200 OK", json!({"secret": SECRET}).to_string()),
        ("200 OK", format!("<html><title>{SECRET}</title>")),
        ("200 OK", json!([SECRET]).to_string()),
    ] {
        service.set_login(reply(status, body));
        assert_no_secret(&call(&client).await.unwrap_err());
        assert_no_secret(
            &client
                .request(engageone_client::Method::GET, "/x")
                .send()
                .await
                .unwrap_err(),
        );
    }
}

#[tokio::test]
async fn empty_credentials_are_refused_when_the_client_is_built() {
    let service = Service::start().await;
    for (client_id, secret, body) in [
        (
            "",
            SECRET,
            "engageone data_sources_list: login failed: the client id is empty",
        ),
        (
            CLIENT_ID,
            " ",
            "engageone data_sources_list: login failed: the secret is empty",
        ),
    ] {
        let builder = service.with_urls(Client::builder(CUSTOMER_ID, client_id, secret));
        let error = call(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(error.to_string(), body);
        assert_eq!(
            (error.kind(), error.was_sent()),
            (ErrorKind::MissingCredentials, false)
        );
    }
    let error = Client::builder("", CLIENT_ID, SECRET).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "engageone client: invalid configuration: the credential `customer id` cannot be used: it is empty"
    );
    assert_eq!(service.server.requests().len(), 0);
}

#[test]
fn calls_are_send() {
    fn spawnable<T: Send + 'static>(_: T) {}
    fn shareable<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::builder("c", "i", "s").build().unwrap();
    shareable(&client);
    spawnable(client.data_sources().list());
    spawnable(client.data_sources().list().send());
    spawnable(async move { call(&client).await });
}

/// Checks all texts of an error and of its sources.
fn assert_no_secret(error: &Error) {
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        let printed = format!("{error} {error:?} {error:#?}");
        assert!(!printed.contains("canary"), "{printed}");
        next = error.source();
    }
}
