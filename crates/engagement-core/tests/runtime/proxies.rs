//! A proxy that makes no connection to the provider.

use engagement_core::reqwest::{self, Proxy};
use engagement_core::{Credential, ErrorKind, RawResponse, RetryPolicy};

use crate::support::*;

/// A client that reaches the provider through this proxy only.
fn through(proxy: &str) -> engagement_core::ClientCore {
    let builder = reqwest::Client::builder()
        .proxy(Proxy::all(proxy).unwrap())
        .redirect(reqwest::redirect::Policy::none());
    #[cfg(any(feature = "rustls", feature = "rustls-aws-lc"))]
    let builder = {
        #[cfg(feature = "rustls")]
        let provider = rustls::crypto::ring::default_provider();
        #[cfg(not(feature = "rustls"))]
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let config = rustls::ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder.tls_backend_preconfigured(config)
    };
    crate::support::builder()
        .base_url("https://api.acme.example")
        .credential("header", Credential::header("test-key"))
        .http_client(builder.build().unwrap())
        .retry(RetryPolicy::none())
        .build()
        .unwrap()
        .0
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    for (reply, reason) in [
        (
            reply("403 Forbidden", "text/plain", "canary"),
            "the proxy refused it (CONNECT)",
        ),
        (
            reply("407 Proxy Authentication Required", "text/plain", ""),
            "the proxy asks for credentials (407)",
        ),
        (
            Reply::ThenClose(Vec::new()),
            "the proxy closed the connection (CONNECT)",
        ),
    ] {
        let proxy = TestServer::once(reply).await;
        let call = through(&proxy.url()).call(&CONTACTS_LIST);
        let error = call.send(RawResponse::into_empty).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(!error.was_sent());
        assert_eq!(
            error.to_string(),
            format!("acme contacts_list: could not connect: {reason}")
        );
        let request = proxy.request();
        assert!(
            request.starts_with("CONNECT api.acme.example:443 "),
            "{request}"
        );
        assert!(!request.contains("test-key"), "{request}");
    }
}
