//! Raw requests to each of the eleven APIs.

mod support;

use engageone_client::{Api, Client, ErrorKind, Method};
use support::*;

/// Every API: its name, the name of its server, its documentation, and its host if it is published.
const APIS: &[(Api, &str, &str, &str, Option<&str>)] = &[
    (Api::Public, "public", "public", "public", None),
    (
        Api::Private,
        "private",
        "api",
        "private",
        Some("https://api.us-east-1.communicate.engageone.co"),
    ),
    (
        Api::Users,
        "users",
        "users",
        "users",
        Some("https://usersapi.communicate.engageone.co"),
    ),
    (
        Api::DocumentChannel,
        "document_channel",
        "document-channel",
        "document-channel",
        None,
    ),
    (
        Api::ChatChannel,
        "chat_channel",
        "chat-channel",
        "chat-channel",
        None,
    ),
    (
        Api::VideoChannel,
        "video_channel",
        "video",
        "video-channel",
        Some("https://api-ui.engageone.video"),
    ),
    (
        Api::VideoDelivery,
        "video_delivery",
        "video-delivery",
        "video-delivery-player",
        None,
    ),
    (
        Api::Archiving,
        "archiving",
        "archiving",
        "archiving-channel",
        None,
    ),
    (
        Api::PushNotification,
        "push_notification",
        "push-notification",
        "push-notification",
        None,
    ),
    (Api::Nlu, "nlu", "nlu", "nlu", None),
    (Api::Api, "api", "other", "api", None),
];

#[test]
fn there_are_eleven_apis() {
    let apis: Vec<Api> = APIS.iter().map(|(api, ..)| *api).collect();
    assert_eq!(Api::ALL, apis);
    for (api, name, server, page, host) in APIS {
        assert_eq!(api.to_string(), *name);
        assert_eq!(api.server(), *server);
        assert_eq!(
            api.docs_url(),
            format!("https://docs.api.communicate.engageone.co/{page}.html")
        );
        assert_eq!(api.is_anonymous(), *api == Api::Public);
        let mut servers = engageone_client::PROVIDER.servers.iter();
        let entry = servers.find(|entry| entry.name == *server).unwrap();
        assert_eq!(entry.url, host.unwrap_or_default());
        assert_eq!(entry.docs_url, api.docs_url());
    }
}

#[tokio::test]
async fn an_unknown_host_is_a_configuration_error() {
    let client = Client::builder_with_token(CUSTOMER_ID, "a.b.c")
        .build()
        .unwrap();
    for (api, _, server, page, host) in APIS {
        if host.is_some() {
            continue;
        }
        let error = client
            .request_to(*api, Method::GET, "/x")
            .send()
            .await
            .unwrap_err();
        let variable = server.to_uppercase().replace('-', "_");
        assert_eq!(
            error.to_string(),
            format!(
                "engageone GET request: invalid configuration: the provider does not publish the host of `{server}`: set .server_url({server:?}, …) or ENGAGEONE_{variable}_URL; see https://docs.api.communicate.engageone.co/{page}.html"
            )
        );
        assert_eq!(
            (error.kind(), error.was_sent()),
            (ErrorKind::Configuration, false)
        );
    }
}

#[tokio::test]
async fn each_api_gets_the_credentials_that_it_requires() {
    let service = Service::start().await;
    for (api, _, server, ..) in APIS {
        // Only this server and the login are set.
        let builder = Client::builder(CUSTOMER_ID, CLIENT_ID, SECRET);
        let builder = builder
            .base_url("http://127.0.0.1:9")
            .server_url("users", &service.server.url);
        let client = builder
            .server_url(server, format!("{}/{server}", service.server.url))
            .build()
            .unwrap();
        service.server.take_requests();
        // The service has only one path for logins.
        let anonymous = *api == Api::Public;
        let login_moved = *api == Api::Users;
        let outcome = client
            .request_to(*api, Method::PUT, "/x/{id}")
            .path("id", "a b/c")
            .query("q", 1)
            .json(&[1])
            .send()
            .await;
        assert_eq!(
            outcome.is_ok(),
            !anonymous && !login_moved,
            "{api}: {outcome:?}"
        );
        if login_moved {
            continue;
        }
        let requests = service.server.requests();
        let request = requests.last().unwrap();
        assert_eq!(request.line(), format!("PUT /{server}/x/a%20b%2Fc?q=1"));
        assert_eq!(request.body, "[1]");
        assert_eq!(requests.len(), if anonymous { 1 } else { 2 });
        assert_eq!(request.header("authorization").is_some(), !anonymous);
        assert_eq!(
            request.header("pb-customer-id"),
            (!anonymous).then_some(CUSTOMER_ID)
        );
    }
    let client = service.client();
    service.server.take_requests();
    client
        .request_to(Api::Users, Method::GET, "/x")
        .send()
        .await
        .unwrap();
    let requests = service.server.requests();
    assert_eq!(requests[1].line(), "GET /x");
    assert!(
        requests[1]
            .header("authorization")
            .unwrap()
            .starts_with("Bearer ")
    );
    assert_eq!(requests[1].header("pb-customer-id"), Some(CUSTOMER_ID));
}
