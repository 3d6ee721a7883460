//! Which hosts a region leads to, and hosts that nobody publishes.

use engagement_core::{
    ClientBuilder, Credential, ErrorKind, Method, Provider, RawResponse, Server,
};

use crate::support::*;

const EMPTY: Provider = Provider {
    name: "acme",
    title: "Acme",
    env_prefix: "ACME",
    version: "1.2.3",
    servers: &[],
    schemes: &[],
    client_values: &[],
    error_message: &[],
    conflict_messages: &[],
    error_in_success: None,
    operations: &[],
};

/// A provider whose hosts are distinguished by the paths under which one server has them all.
fn provider(url: &str) -> &'static Provider {
    // Tables are static; a few leaked bytes are the price of a port that is not known before.
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

/// Where a request to each of the servers arrives; an error is its text.
async fn reached(set: fn(ClientBuilder<Client>) -> ClientBuilder<Client>) -> [String; 3] {
    let server = TestServer::once(json("{}")).await;
    let provider = provider(&server.url());
    let client = set(ClientBuilder::new(provider)).build().unwrap().0;
    let mut places = Vec::new();
    for host in provider.servers {
        let request = client.request(Method::GET, "/x").server(host.name);
        places.push(match request.send().await {
            Ok(_) => {
                let request = server.requests().pop().unwrap();
                let target = request.split(' ').nth(1).unwrap();
                target.split('/').nth(1).unwrap().to_owned()
            }
            Err(error) => format!("{:?}", error.kind()),
        });
    }
    places.try_into().unwrap()
}

#[tokio::test]
async fn a_region_moves_the_servers_that_list_it() {
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

/// The client's main server is at its published URL, so the region is the reason.
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
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme apps_list: invalid configuration: the host of `app` in the selected region is not known: set .server_url(\"app\", …) or ACME_APP_URL"
    );
    assert!(!error.was_sent());
}

#[tokio::test]
async fn urls_of_the_callers_own_go_first() {
    let app = TestServer::once(json("{}")).await;
    for region in ["eu", "us"] {
        let client = builder()
            .server_url("app", app.url())
            .base_url(app.url())
            .region(region)
            .build()
            .unwrap()
            .0;
        assert_eq!(client.base_url(), app.url());
        let request = client.request(Method::GET, "/x").server("app");
        request.without_credentials().send().await.unwrap();
    }
    assert_eq!(app.requests().len(), 2);

    // A client that leads to a sandbox reaches nothing else, whatever the region.
    let client = builder()
        .base_url(app.url())
        .region("eu")
        .credential("header", Credential::header("k"))
        .build()
        .unwrap()
        .0;
    let error = client
        .call(&APPS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme apps_list: invalid configuration: the base URL is set, but this operation uses the server `app`: also set .server_url(\"app\", …) or ACME_APP_URL"
    );
    assert!(!error.was_sent());
}

#[test]
fn regions_must_be_known() {
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
async fn a_host_that_is_not_published_is_asked_for() {
    let server = TestServer::once(json("{}")).await;
    let key = || Credential::header("k");
    let client = builder()
        .base_url(server.url())
        .credential("header", key())
        .build()
        .unwrap()
        .0;
    let error = client
        .call(&PUSH_SEND)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
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

    let client = builder()
        .base_url(server.url())
        .server_url("push", server.url())
        .credential("header", key())
        .build()
        .unwrap()
        .0;
    client
        .call(&PUSH_SEND)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    assert!(server.request().starts_with("GET /push HTTP/1.1\r\n"));
}
