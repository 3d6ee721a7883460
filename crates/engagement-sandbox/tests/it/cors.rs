//! Calls from web pages of other origins: only the operations that browsers have the credentials for permit them.

use engagement_sandbox::{Engage, Engagespot, Sandbox};
use reqwest::header::HeaderMap;

use crate::http::{basic, documents};

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

async fn request(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, HeaderMap) {
    // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("http://{}{path}", sandbox.address());
    let mut request = reqwest::Client::new().request(method.parse().expect("a method"), url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("a response");
    (response.status().as_u16(), response.headers().clone())
}

fn preflight(method: &str) -> [(&str, &str); 3] {
    [
        ("origin", "https://app.example"),
        ("access-control-request-method", method),
        (
            "access-control-request-headers",
            "authorization,content-type,x-engagespot-user-id",
        ),
    ]
}

#[tokio::test]
async fn browser_operations_answer_preflights() {
    let sandbox = start().await;
    for (path, method) in [
        ("/engage/v1/users/u1", "PUT"),
        ("/engage/users/u1/events", "POST"),
        ("/engage/embed/l1", "POST"),
        ("/engagespot/v3/notifications/7/views", "DELETE"),
        ("/engagespot/v3/sdk/connect", "POST"),
        ("/engagespot/v3/profile", "PATCH"),
    ] {
        let (status, headers) = request(&sandbox, "OPTIONS", path, &preflight(method)).await;
        assert_eq!(status, 204, "{path}");
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(headers["access-control-allow-methods"], method, "{path}");
        assert_eq!(
            headers["access-control-allow-headers"],
            "authorization,content-type,x-engagespot-user-id"
        );
        assert_eq!(headers["access-control-max-age"], "600");
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
    assert_eq!(sandbox.request_count(), 0, "preflights are no calls");
}

#[tokio::test]
async fn browser_operations_permit_pages_to_read_all_their_responses() {
    let sandbox = start().await;
    let origin = ("origin", "https://app.example");
    let key = ("x-engagespot-api-key", Engagespot::API_KEY);
    let user = ("x-engagespot-user-id", "u1");
    let path = "/engagespot/v3/notifications";
    let allowed = |headers: &HeaderMap| headers.get("access-control-allow-origin").cloned();
    let any = Some("*".parse().expect("a value"));
    let (status, headers) = request(&sandbox, "GET", path, &[origin, key, user]).await;
    assert_eq!((status, allowed(&headers)), (200, any.clone()));
    let (status, headers) = request(&sandbox, "GET", path, &[origin]).await;
    assert_eq!((status, allowed(&headers)), (401, any.clone()));
    sandbox
        .set_fault("engagespot: status=503")
        .expect("a fault");
    let (status, headers) = request(&sandbox, "GET", path, &[origin, key, user]).await;
    assert_eq!((status, allowed(&headers)), (503, any.clone()));
    let public = basic(Engage::API_KEY, "");
    let headers = [origin, ("authorization", public.as_str())];
    let (status, headers) = request(&sandbox, "GET", "/engage/v1/lists", &headers).await;
    assert_eq!((status, allowed(&headers)), (200, any));
}

/// All others: every operation of every provider that needs a secret.
#[tokio::test]
async fn nothing_else_permits_pages() {
    let sandbox = start().await;
    let mut refused = 0;
    let mut all = 0;
    for document in documents() {
        all += document.operations.len();
        for operation in &document.operations {
            let in_browsers = match document.provider.as_str() {
                "engage" => {
                    let public = vec!["publicKey".to_owned()];
                    operation.security.is_empty() || operation.security.contains(&public)
                }
                "engagespot" => {
                    let mut all = operation.security.iter();
                    all.any(|all| {
                        all.iter()
                            .all(|one| one.starts_with("user") || one == "apiKey")
                    })
                }
                _ => false,
            };
            let server = &document.servers[operation.server];
            let base = sandbox.server_url(&document.provider, &server.name);
            let base = base.unwrap_or_default();
            let base = base.trim_start_matches(&format!("http://{}", sandbox.address()));
            let path = format!("{base}{}", operation.path.replace(['{', '}'], ""));
            let (status, headers) =
                request(&sandbox, "OPTIONS", &path, &preflight(&operation.method)).await;
            let permitted = headers.contains_key("access-control-allow-origin");
            assert_eq!(
                (status == 204, permitted),
                (in_browsers, in_browsers),
                "{}",
                operation.id
            );
            if !in_browsers {
                refused += 1;
                let origin = [("origin", "https://app.example")];
                let (_, headers) = request(&sandbox, &operation.method, &path, &origin).await;
                let mut names = headers.keys().map(reqwest::header::HeaderName::as_str);
                assert!(
                    !names.any(|name| name.starts_with("access-control-")),
                    "{}",
                    operation.id
                );
            }
        }
    }
    // An operation that no page calls changes nothing here.
    assert_eq!(all - refused, 44);
    // A preflight to a rebound name is refused like everything else.
    let rebound = [preflight("PUT").as_slice(), &[("host", "evil.example")]].concat();
    let (status, headers) = request(&sandbox, "OPTIONS", "/engage/v1/users/u1", &rebound).await;
    assert_eq!(
        (status, headers.get("access-control-allow-origin")),
        (421, None)
    );
}
