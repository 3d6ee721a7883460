//! Servers of regions, and servers without a published URL.

use engagement_core::{ClientBuilder, Credential, ErrorKind, Method, Provider, Server};

use crate::support::*;

/// A provider whose servers are different paths of one test server.
fn provider(url: &str) -> &'static Provider {
    // A provider is static, but the port is known only at run time.
    let at = |path: &str| -> &'static str { format!("{url}/{path}").leak() };
    let servers = vec![
        Server {
            name: "api",
            url: at("default-api"),
            regions: vec![("eu", at("eu-api")), ("us", at("us-api"))].leak(),
            docs_url: "",
        },
        Server {
            name: "app",
            url: at("default-app"),
            regions: vec![("eu", at("eu-app"))].leak(),
            docs_url: "",
        },
        Server {
            name: "mail",
            url: "",
            regions: vec![("us", at("us-mail"))].leak(),
            docs_url: "",
        },
    ];
    Box::leak(Box::new(Provider {
        servers: servers.leak(),
        ..EMPTY
    }))
}

/// The server that receives a request to each server, or the kind of the error.
async fn reached(set: fn(ClientBuilder<Client>) -> ClientBuilder<Client>) -> [String; 3] {
    let server = TestServer::once(json("{}")).await;
    let provider = provider(&server.url());
    let client = set(ClientBuilder::new(provider)).build().unwrap().0;
    let mut reached = Vec::new();
    for host in provider.servers {
        let request = client.request(Method::GET, "/x").server(host.name);
        reached.push(match request.send().await {
            Ok(_) => {
                let request = server.requests().pop().unwrap();
                let target = request.split(' ').nth(1).unwrap();
                target.split('/').nth(1).unwrap().to_owned()
            }
            Err(error) => format!("{:?}", error.kind()),
        });
    }
    reached.try_into().unwrap()
}

#[tokio::test]
async fn a_region_changes_the_servers_that_list_it() {
    assert_eq!(
        reached(|builder| builder).await,
        ["default-api", "default-app", "Configuration"]
    );
    assert_eq!(
        reached(|builder| builder.region("eu")).await,
        ["eu-api", "eu-app", "Configuration"]
    );
    assert_eq!(
        reached(|builder| builder.region(String::from(" us "))).await,
        // `app` has no host in this region, and that of another must not get the request.
        ["us-api", "Configuration", "us-mail"]
    );
    assert_eq!(
        reached(|builder| builder.region("us").region("eu")).await,
        ["eu-api", "eu-app", "Configuration"]
    );
}

/// The client's main server is at its published URL, which needs TLS, so the region is the reason.
#[cfg(any(feature = "rustls", feature = "rustls-aws-lc", feature = "native-tls"))]
#[tokio::test]
async fn a_server_without_a_host_in_the_region_is_refused() {
    let client = builder()
        .region("us")
        .credential("header", Credential::header("k"))
        .build()
        .unwrap()
        .0;
    let error = client
        .call(&APPS_LIST)
        .send(engagement_core::RawResponse::into_empty)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme apps_list: invalid configuration: the host of `app` in the selected region is not known: set .server_url(\"app\", …) or ACME_APP_URL"
    );
    assert!(!error.was_sent());
}

#[tokio::test]
async fn urls_of_the_caller_take_precedence() {
    let app = TestServer::once(json("{}")).await;
    for region in ["eu", "us"] {
        let client = build(
            builder()
                .server_url("app", app.url())
                .base_url(app.url())
                .region(region),
        );
        assert_eq!(client.base_url(), app.url());
        let request = client.request(Method::GET, "/x").server("app");
        request.without_credentials().send().await.unwrap();
    }
    assert_eq!(app.requests().len(), 2);

    // A client with a base URL does not use the servers of the region.
    let client = build(
        at(&app)
            .region("eu")
            .credential("header", Credential::header("k")),
    );
    let error = send_empty(&client, &APPS_LIST).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme apps_list: invalid configuration: the base URL is set, but this operation uses the server `app`: also set .server_url(\"app\", …) or ACME_APP_URL"
    );
    assert!(!error.was_sent());
}

#[test]
fn unknown_regions_are_refused() {
    let error = builder()
        .base_url("http://localhost:1")
        .region("hidden")
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(
        error.to_string(),
        "acme client: invalid configuration: there is no such region: the regions are `eu`, `us`"
    );
    static NONE: Provider = Provider {
        servers: &[Server {
            name: "api",
            url: "http://localhost:1",
            regions: &[],
            docs_url: "",
        }],
        ..EMPTY
    };
    let error = ClientBuilder::<Client>::new(&NONE)
        .region("eu")
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme client: invalid configuration: a region is set, but the provider has no regions"
    );
}

#[tokio::test]
async fn a_server_without_a_published_url_must_be_set() {
    let server = TestServer::once(json("{}")).await;
    let key = || Credential::header("k");
    let client = build(keyed(&server));
    let error = send_empty(&client, &PUSH_SEND).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!error.was_sent());
    assert_eq!(
        error.to_string(),
        "acme push_send: invalid configuration: the provider does not publish the host of `push`: set \
         .server_url(\"push\", …) or ACME_PUSH_URL; see https://acme.example/docs/push"
    );
    let client = ClientBuilder::<Client>::new(provider(&server.url()));
    let client = client.build().unwrap().0;
    let request = client.request(Method::GET, "/x").server("mail");
    assert_eq!(
        request.send().await.unwrap_err().to_string(),
        "acme GET request: invalid configuration: the provider does not publish the host of `mail`: set \
         .server_url(\"mail\", …) or ACME_MAIL_URL, or select one of the regions `us` with .region(…) or ACME_REGION"
    );
    assert_eq!(server.requests().len(), 0);

    let client = build(
        at(&server)
            .server_url("push", server.url())
            .credential("header", key()),
    );
    send_empty(&client, &PUSH_SEND).await.unwrap();
    assert!(server.request().starts_with("GET /push HTTP/1.1\r\n"));
}
