//! The page at `/`, and what protects page and API from other web pages.

use engagement_sandbox::Sandbox;
use reqwest::header::HeaderMap;
use serde_json::json;

async fn start() -> Sandbox {
    Sandbox::start().await.expect("a free port")
}

async fn request(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, HeaderMap, String) {
    // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("http://{}{path}", sandbox.address());
    let mut request = reqwest::Client::new().request(method.parse().expect("a method"), url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("a response");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.expect("text"))
}

const FILES: [(&str, &str); 10] = [
    ("/", "text/html; charset=utf-8"),
    ("/assets/style.css", "text/css; charset=utf-8"),
    ("/assets/icon.svg", "image/svg+xml"),
    ("/assets/script.js", "text/javascript; charset=utf-8"),
    ("/assets/api.js", "text/javascript; charset=utf-8"),
    ("/assets/dom.js", "text/javascript; charset=utf-8"),
    ("/assets/requests.js", "text/javascript; charset=utf-8"),
    ("/assets/messages.js", "text/javascript; charset=utf-8"),
    ("/assets/records.js", "text/javascript; charset=utf-8"),
    ("/assets/faults.js", "text/javascript; charset=utf-8"),
];
/// Paths of the API, with how they are used.
const API: [(&str, &str); 9] = [
    ("GET", "/api/requests"),
    ("GET", "/api/messages"),
    ("GET", "/api/records"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/events"),
    ("GET", "/api/nothing"),
    ("POST", "/api/faults"),
    ("POST", "/api/reset"),
    ("DELETE", "/api/faults"),
];

#[tokio::test]
async fn the_page_loads_its_own_files_only() {
    let sandbox = start().await;
    for (path, content_type) in FILES {
        let (status, headers, text) = request(&sandbox, "GET", path, &[]).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers["content-type"], content_type, "{path}");
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'"
        );
        assert_protected(&headers, path);
        // The icon's namespace is a name, not an address.
        let text = text.replace("http://www.w3.org/2000/svg", "");
        for outside in [
            "http://",
            "//cdn",
            "@import",
            "innerHTML",
            "style=\"",
            " onclick=",
        ] {
            assert!(!text.contains(outside), "{path} has {outside}");
        }
        // The address of an example of a fault.
        assert_eq!(
            text.matches("https://").count(),
            usize::from(path == "/assets/faults.js"),
            "{path}"
        );
    }
    assert_eq!(
        request(&sandbox, "GET", "/assets/nothing", &[]).await.0,
        404
    );
    assert_eq!(request(&sandbox, "POST", "/", &[]).await.0, 405);
    assert_eq!(sandbox.request_count(), 0);
}

fn assert_protected(headers: &HeaderMap, path: &str) {
    assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    assert_eq!(
        headers["cross-origin-resource-policy"], "same-origin",
        "{path}"
    );
    assert_eq!(headers["cache-control"], "no-store", "{path}");
    let allowing = headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(allowing.count(), 0, "{path}");
}

/// All that a web page of another origin can send.
#[tokio::test]
async fn requests_of_foreign_pages_are_refused() {
    let sandbox = start().await;
    sandbox.set_fault("any: stall").expect("a fault");
    let own = format!("http://{}", sandbox.address());
    let other_port = "http://127.0.0.1:1";
    let foreign: [&[(&str, &str)]; 8] = [
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", other_port), ("sec-fetch-site", "same-site")],
        &[("origin", other_port)],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", &own), ("origin", "https://evil.example")],
    ];
    for headers in foreign {
        let with_header = [headers, &[("x-sandbox", "1")]].concat();
        for (method, path) in API {
            let (status, response, text) = request(&sandbox, method, path, &with_header).await;
            assert_eq!(status, 403, "{method} {path} {headers:?}");
            assert!(text.starts_with("{\"error\":\"refused: "), "{text}");
            assert_protected(&response, path);
        }
        for (path, _) in FILES {
            assert_eq!(
                request(&sandbox, "GET", path, headers).await.0,
                403,
                "{path} {headers:?}"
            );
        }
    }
    assert_eq!(sandbox.faults().len(), 1, "nothing has changed");
}

/// What a page can send without a preflight, from which a browser may leave out where it comes from.
#[tokio::test]
async fn the_api_needs_its_header_unless_the_page_asks() {
    let sandbox = start().await;
    sandbox.set_fault("any: stall").expect("a fault");
    for (method, path) in API {
        for headers in [&[][..], &[("sec-fetch-site", "none")]] {
            let (status, _, text) = request(&sandbox, method, path, headers).await;
            assert_eq!(status, 403, "{method} {path}");
            assert_eq!(
                text,
                "{\"error\":\"refused: the header X-Sandbox is missing: send X-Sandbox: 1\"}"
            );
        }
    }
    assert_eq!(sandbox.faults().len(), 1);
    let own = format!("http://{}", sandbox.address());
    let from_own_page: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-origin"), ("origin", &own)],
        &[("x-sandbox", "1"), ("origin", &own)],
    ];
    for headers in from_own_page {
        assert_eq!(
            request(&sandbox, "GET", "/api/faults", headers).await.0,
            200,
            "{headers:?}"
        );
    }
    let localhost = format!("localhost:{}", sandbox.address().port());
    let origin = format!("http://{localhost}");
    let headers = [
        ("host", localhost.as_str()),
        ("origin", &origin),
        ("x-sandbox", "1"),
    ];
    assert_eq!(
        request(&sandbox, "GET", "/api/faults", &headers).await.0,
        200
    );
    // A user may enter the address.
    assert_eq!(
        request(&sandbox, "GET", "/", &[("sec-fetch-site", "none")])
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn a_foreign_host_is_refused_before_anything_else() {
    let sandbox = start().await;
    let origin = format!("http://evil.example:{}", sandbox.address().port());
    let headers = [
        ("host", &origin["http://".len()..]),
        ("origin", &origin),
        ("sec-fetch-site", "same-origin"),
        ("x-sandbox", "1"),
    ];
    for (method, path) in API.into_iter().chain(FILES.map(|(path, _)| ("GET", path))) {
        let (status, _, text) = request(&sandbox, method, path, &headers).await;
        let message = format!(
            "the host `evil.example` is not served: use {}, or localhost",
            sandbox.address()
        );
        assert_eq!(
            (status, text),
            (421, json!({ "error": message }).to_string()),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn get_changes_nothing_and_no_preflight_is_answered() {
    let sandbox = start().await;
    sandbox
        .set_fault("any: status=500 times=9")
        .expect("a fault");
    for path in [
        "/api/reset",
        "/api/clock/advance",
        "/api/faults/1",
        "/api/requests",
        "/api/faults",
    ] {
        let (status, ..) = request(&sandbox, "GET", path, &[("x-sandbox", "1")]).await;
        assert!([200, 405].contains(&status), "{path}: {status}");
    }
    assert_eq!(sandbox.faults().len(), 1);
    let own = format!("http://{}", sandbox.address());
    for (origin, expected) in [("https://evil.example", 403), (own.as_str(), 405)] {
        let headers = [
            ("origin", origin),
            (
                "sec-fetch-site",
                if expected == 405 {
                    "same-origin"
                } else {
                    "cross-site"
                },
            ),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-sandbox"),
        ];
        let (status, headers, _) = request(&sandbox, "OPTIONS", "/api/reset", &headers).await;
        assert_eq!(status, expected);
        assert_protected(&headers, "/api/reset");
    }
    // A form can't send JSON.
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let headers = [("x-sandbox", "1"), ("content-type", content_type)];
        let url = format!("http://{}/api/faults", sandbox.address());
        let mut post = reqwest::Client::new()
            .post(url)
            .body("{\"fault\":\"any: stall\"}");
        for (name, value) in headers {
            post = post.header(name, value);
        }
        assert_eq!(
            post.send().await.expect("a response").status(),
            415,
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn the_html_of_a_message_gets_a_policy_that_forbids_everything() {
    let sandbox = start().await;
    let html = "<script>alert(1)</script><img src=\"https://evil.example/x\"><iframe src=\"https://evil.example/\"></iframe>";
    let body = json!({ "from": { "email": "a@example.com" }, "to": "b@example.com", "subject": "x", "html": html });
    let sent = sandbox
        .perform("engage", "send_email", &[], body)
        .expect("sent");
    let path = format!(
        "/api/messages/engage-{}-1/html",
        sent["id"].as_str().expect("an id")
    );
    let (status, headers, text) =
        request(&sandbox, "GET", &path, &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(status, 200);
    let inert = "<script>alert(1)</script><img src=\"https://evil.example/x\"><x-iframe src=\"https://evil.example/\"></x-iframe>";
    let rest = text.strip_prefix(inert).expect(&text);
    assert!(rest.starts_with("<style>:where(x-a[href])"), "{rest}");
    assert_eq!(
        headers["content-security-policy"],
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self'"
    );
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["x-dns-prefetch-control"], "off");
    assert_protected(&headers, &path);
    for foreign in [("sec-fetch-site", "cross-site"), ("accept", "text/html")] {
        assert_eq!(request(&sandbox, "GET", &path, &[foreign]).await.0, 403);
    }
}
