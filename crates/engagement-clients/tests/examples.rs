//! Runs every example as a process against the sandbox, and checks its output and its requests.
//!
//! `cargo test` builds the examples too, but not if it is given the name of a test program. Then build them first:
//! `cargo build -p engagement-clients --examples`.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use engagement_faults::{FaultServer, Response};
use engagement_sandbox::{RecordedRequest, Sandbox};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

/// Examples without a test here, each with the reason.
const UNTESTED: &[(&str, &str)] = &[
    ("engagebay_webhooks", "tests/webhooks.rs"),
    ("engagespot_webhooks", "tests/webhooks.rs"),
    // It measures.
    ("fork_time", "../engagement-sandbox/tests/it/copies.rs"),
    ("webengage_webhooks", "tests/webhooks.rs"),
    // It measures for three minutes, and needs Redis.
    ("shared_limit", "../engagement-core/tests/redis.rs"),
];

/// The command of an example. Its environment contains only the sandbox's URLs and credentials.
fn command(example: &str, sandbox: &Sandbox) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().with_file_name("examples");
    let program = folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{example}"));
    let source = if source.is_dir() {
        source.join("main.rs")
    } else {
        source.with_extension("rs")
    };
    let changed = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|data| data.modified())
            .ok()
    };
    assert!(
        changed(&program) > changed(&source),
        "{example} is not built: cargo build -p engagement-clients --examples"
    );
    let mut command = Command::new(program);
    command.env_clear().envs(sandbox.env()).kill_on_drop(true);
    // Sockets require it on Windows.
    command.envs(std::env::var_os("SYSTEMROOT").map(|root| ("SYSTEMROOT", root)));
    command
}

/// The output of an example, and whether it succeeded.
#[derive(Debug, PartialEq)]
struct Printed {
    success: bool,
    out: String,
    err: String,
}

async fn finish(mut command: Command) -> Printed {
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
    Printed {
        success: output.status.success(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

async fn run(example: &str, sandbox: &Sandbox, arguments: &[&str]) -> Printed {
    let mut command = command(example, sandbox);
    command.args(arguments);
    finish(command).await
}

/// The output of an example that succeeded without output on standard error.
fn printed(out: &str) -> Printed {
    Printed {
        success: true,
        out: out.to_owned(),
        err: String::new(),
    }
}

/// The operation and status of each request since the last call.
fn take_requests(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.requests();
    sandbox.clear_requests();
    let line = |request: &RecordedRequest| {
        let operation = request.operation.unwrap_or(&request.path);
        format!("{operation} {}", request.status)
    };
    requests.iter().map(line).collect()
}

/// A file with this content.
fn file(name: &str, content: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Adds a contact, and returns its id.
fn add_contact(sandbox: &Sandbox, email: &str) -> String {
    let body = json!({ "properties": [
        { "name": "name", "value": "Ada", "field_type": "TEXT", "type": "SYSTEM" },
        { "name": "email", "value": email, "field_type": "TEXT", "type": "SYSTEM" },
    ] });
    let contact = sandbox.perform("engagebay", "contacts_create", &[], body);
    contact.unwrap()["id"].to_string()
}

#[tokio::test]
async fn upsert_from_csv() {
    let sandbox = Sandbox::start().await.unwrap();
    add_contact(&sandbox, "grace@example.com");
    let csv = file(
        "upsert.csv",
        "email,first_name,role\nada@example.com,Ada,Analyst\ngrace@example.com,Grace,\"Admiral, retired\"\n..,Nobody,None\n",
    );
    let result = run("upsert_from_csv", &sandbox, &[&csv]).await;
    assert!(!result.success);
    assert_eq!(result.out, "1 created, 1 updated, 1 failed\n");
    assert!(result.err.starts_with("row 3: engagebay "), "{result:?}");
    assert_eq!(
        take_requests(&sandbox),
        [
            "contacts_get_by_email 400",
            "contacts_create 200",
            "contacts_get_by_email 200",
            "contacts_update 200",
        ]
    );
    let parameters = [("email", "grace@example.com")];
    let grace = sandbox.perform("engagebay", "contacts_get_by_email", &parameters, json!({}));
    assert!(grace.unwrap().to_string().contains("Admiral, retired"));

    let mut wrong_key = command("upsert_from_csv", &sandbox);
    wrong_key.env("ENGAGEBAY_API_KEY", "wrong").arg(&csv);
    assert!(!finish(wrong_key).await.success);
    assert_eq!(take_requests(&sandbox), ["contacts_get_by_email 401"]);
}

#[tokio::test]
async fn walk_a_list() {
    let sandbox = Sandbox::builder().start_on_thread().unwrap();
    for at in 0..230 {
        add_contact(&sandbox, &format!("guest{at}@example.com"));
    }
    let all = run("walk_a_list", &sandbox, &[]).await;
    let lines: Vec<&str> = all.out.lines().collect();
    assert_eq!((lines.len(), lines[230]), (231, "230 contacts"));
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), 231);
    assert_eq!(take_requests(&sandbox), ["contacts_list 200"; 3]);

    // The second page fails. The output contains the resume point.
    let base = sandbox.address();
    let broken = FaultServer::start(move |request| {
        let is_first = !String::from_utf8_lossy(request.body()).contains("cursor");
        match is_first {
            true => forwarded(base, request.bytes()),
            false => Response::new("400 Bad Request"),
        }
    })
    .await
    .unwrap();
    let mut interrupted = command("walk_a_list", &sandbox);
    let url = format!("{}/engagebay", broken.url());
    interrupted.env("ENGAGEBAY_BASE_URL", url);
    let interrupted = finish(interrupted).await;
    assert!(!interrupted.success);
    assert_eq!(interrupted.out.lines().count(), 100);
    let (_, point) = interrupted.err.split_once("continue with: ").unwrap();
    let (point, _) = point.split_once('\n').unwrap();
    take_requests(&sandbox);
    let rest = run("walk_a_list", &sandbox, &[point]).await;
    assert_eq!(rest.out.lines().last(), Some("130 contacts"));
    assert_eq!(
        format!("{}{}", interrupted.out, rest.out).lines().count(),
        231
    );
    assert_eq!(take_requests(&sandbox), ["contacts_list 200"; 2]);
}

/// The response of another server.
fn forwarded(address: SocketAddr, request: &[u8]) -> Response {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    Response::raw(response)
}

#[tokio::test]
async fn retry_policy() {
    let sandbox = Sandbox::start().await.unwrap();
    let unavailable = || Response::new("503 Service Unavailable");
    let profile = || Response::json(r#"{"id": 1, "email": "ada@example.com"}"#);
    let mut responses = vec![unavailable(); 4];
    responses.extend([profile(), unavailable()]);
    let server = FaultServer::with_responses(responses).await.unwrap();
    let mut command = command("retry_policy", &sandbox);
    command.env("ENGAGEBAY_BASE_URL", server.url());
    let out = "profile: 5 attempts\nunhealthy after 1 attempt: engagebay tags_list: 503 Service Unavailable\n";
    assert_eq!(finish(command).await, printed(out));
    let requests = server.requests();
    let targets: Vec<&str> = requests.iter().map(|request| request.target()).collect();
    let (profile, tags) = (
        "/dev/api/panel/users/profile/user-info",
        "/dev/api/panel/tags",
    );
    assert_eq!(targets, [profile, profile, profile, profile, profile, tags]);
}

#[tokio::test]
async fn rate_limits() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = add_contact(&sandbox, "ada@example.com");
    let result = run("rate_limits", &sandbox, &[&id, "7", &id, &id, &id]).await;
    let (sent, stopped) = result.out.split_at(result.out.rfind(&id).unwrap());
    let found = format!("{id}: ada@example.com\n");
    assert_eq!(sent, format!("{found}7: no such contact\n{found}"));
    assert!(stopped.contains(": stopped, continue in "), "{result:?}");
    assert!(result.success, "{result:?}");
    assert_eq!(
        take_requests(&sandbox),
        ["contacts_get 200", "contacts_get 204", "contacts_get 200"]
    );
}

#[tokio::test]
async fn webhooks() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut command = command("webhooks", &sandbox);
    command.env("WEBENGAGE_LICENSE_CODE", "demo4f2a");
    command.env("WEBENGAGE_WEBHOOK_KEY", "my-webhook-key");
    command.arg("127.0.0.1:0").stdout(Stdio::piped());
    let mut receiver = command.spawn().unwrap();
    let mut lines = BufReader::new(receiver.stdout.take().unwrap()).lines();
    let url = lines.next_line().await.unwrap().unwrap();
    let address = url.strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/webhooks").unwrap();

    let secret = "541e2d765ee7c4dfb1bf38bc34934bcb";
    let event = r#"{"event_name": "push_click", "category": "system", "user_id": "ada"}"#;
    for (secret, body, status) in [
        (secret, event, "200"),
        (secret, "{}", "200"),
        (secret, "neither JSON nor XML", "400"),
        ("wrong", event, "401"),
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let query = format!("eventType=EVENT&licenseCode=demo4f2a&secret={secret}");
        let length = body.len();
        let request = format!(
            "POST /webhooks?{query} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let start = format!("HTTP/1.1 {status} ");
        assert!(response.starts_with(&start), "{body}: {response}");
    }
    receiver.kill().await.unwrap();
    let mut received = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        received.push(line);
    }
    assert_eq!(received, ["system event push_click", "another kind"]);
}

#[tokio::test]
async fn blocking() {
    let sandbox = Sandbox::start().await.unwrap();
    for at in 2..=12 {
        let body = json!({ "id": format!("u-{at}"), "first_name": "Guest" });
        sandbox
            .perform("engage", "users_create", &[], body)
            .unwrap();
    }
    let out = "updated Ada\nGuest\nGuest\nGuest\n12 users\nAda from another thread\n";
    assert_eq!(run("blocking", &sandbox, &[]).await, printed(out));
    assert_eq!(
        take_requests(&sandbox),
        [
            "users_update 200",
            "users_list 200",
            "users_list 200",
            "users_get 200"
        ]
    );
}

#[tokio::test]
async fn custom_fields() {
    let sandbox = Sandbox::start().await.unwrap();
    let read = "machines: Some(3.0)\nborn in Some(1815)\n";
    let added = "added the field Machine Count\nadded the field Birthday\n";
    let email = "ada@example.com";
    let first = run("custom_fields", &sandbox, &[email]).await;
    assert_eq!(first, printed(&format!("{added}{read}")));
    assert_eq!(
        take_requests(&sandbox),
        [
            "custom_fields_list 200",
            "custom_fields_create 200",
            "custom_fields_create 200",
            "contacts_get_by_email 400",
            "contacts_create 200",
            "contacts_get 200",
        ]
    );
    assert_eq!(
        run("custom_fields", &sandbox, &[email]).await,
        printed(read)
    );
    assert_eq!(
        take_requests(&sandbox),
        [
            "custom_fields_list 200",
            "contacts_get_by_email 200",
            "contacts_update 200",
            "contacts_get 200",
        ]
    );
}

#[tokio::test]
async fn bulk_with_progress() {
    let sandbox = Sandbox::start().await.unwrap();
    let ids: Vec<String> = (0..60).map(|at| format!("user-{at}")).collect();
    let mut lines = ids.clone();
    lines.insert(7, String::new());
    let path = file("ids.txt", &lines.join("\n"));
    let result = run("bulk_with_progress", &sandbox, &[&path]).await;
    let progress = "25: 24 queued, 1 invalid\n50: 49 queued, 1 invalid\n61: 60 queued, 1 invalid\n";
    assert_eq!(
        (result.success, &*result.out),
        (true, progress),
        "{result:?}"
    );
    assert!(result.err.starts_with("line 8: "), "{result:?}");
    assert_eq!(take_requests(&sandbox), ["users_track_bulk 201"; 3]);
    assert_eq!(sandbox.webengage().users().len(), 60);

    let rest = run("bulk_with_progress", &sandbox, &[&path, "50"]).await;
    assert_eq!(rest, printed("61: 11 queued, 0 invalid\n"));
    assert_eq!(take_requests(&sandbox), ["users_track_bulk 201"]);

    let mut wrong_key = command("bulk_with_progress", &sandbox);
    wrong_key
        .env("WEBENGAGE_API_KEY", "wrong")
        .args([&path, "25"]);
    let stopped = finish(wrong_key).await;
    assert_eq!(
        (stopped.success, &*stopped.out),
        (false, "50: 0 queued, 0 invalid\n")
    );
    assert!(stopped.err.starts_with("continue at 25\n"), "{stopped:?}");
    assert_eq!(take_requests(&sandbox), ["users_track_bulk 401"]);
}

/// The tests in the example run here too.
#[allow(dead_code, reason = "its `main` runs as a process")]
#[path = "../examples/testing_a_failure.rs"]
mod example_with_tests;

#[tokio::test]
async fn testing_a_failure() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = add_contact(&sandbox, "ada@example.com");
    let found = run("testing_a_failure", &sandbox, &[&id]).await;
    assert_eq!(found, printed("ada@example.com\n"));
    let missing = run("testing_a_failure", &sandbox, &["7"]).await;
    assert_eq!(missing, printed("no such contact\n"));
    assert_eq!(
        take_requests(&sandbox),
        ["contacts_get 200", "contacts_get 204"]
    );
}

#[tokio::test]
async fn raw_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let email = "ada+raw/request@example.com";
    let id = add_contact(&sandbox, email);
    let found = run("raw_request", &sandbox, &[email]).await;
    assert_eq!(found, printed(&format!("200 OK: contact {id}\n0 tags\n")));
    let requests = sandbox.requests();
    assert!(
        requests[0]
            .path
            .ends_with("/contact-by-email/ada%2Braw%2Frequest%40example.com"),
        "{}",
        requests[0].path
    );
    assert_eq!(requests[1].query.as_deref(), Some("limit=10"));
    assert_eq!(
        take_requests(&sandbox),
        ["contacts_get_by_email 200", "tags_list 200"]
    );
    let refused = run("raw_request", &sandbox, &[".."]).await;
    assert!(
        !refused.success && refused.err.contains("would address another resource"),
        "{refused:?}"
    );
    assert_eq!(sandbox.request_count(), 0);
}

/// A proxy whose tunnels lead to the sandbox, with a certificate of `tests/tls`. Returns its URL, and later the head of the
/// CONNECT request.
fn proxy(sandbox: SocketAddr) -> (String, std::sync::mpsc::Receiver<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls");
    let certificate = CertificateDer::from_pem_file(folder.join("test-only-server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("test-only-server-key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tunnels, heads) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            tunnels.send(read_head(&mut stream)).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let head = read_head(&mut stream);
            if head.is_empty() {
                continue; // the handshake failed
            }
            let mut server = TcpStream::connect(sandbox).unwrap();
            let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
            // The sandbox refuses hosts other than its own.
            let head = head.replace("host: api.example.test", &format!("host: {sandbox}"));
            server.write_all(head.as_bytes()).unwrap();
            std::io::copy(&mut server, &mut stream).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        }
    });
    (url, heads)
}

/// The head of a request. Empty if it is incomplete.
fn read_head(stream: &mut impl std::io::Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return String::new(),
        }
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn proxy_and_tls() {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, heads) = proxy(sandbox.address());
    let authority = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/tls/test-only-authority.pem"
    );
    let start = |authority: &str| {
        let mut command = command("proxy_and_tls", &sandbox);
        command.env("ENGAGEBAY_BASE_URL", "https://api.example.test/engagebay");
        command.env("PROXY_URL", &url).env("CA_FILE", authority);
        finish(command)
    };
    let result = start(authority).await;
    assert_eq!(result, printed("200 OK: the key is good\n"));
    let head = heads.try_recv().unwrap();
    assert!(
        head.starts_with("CONNECT api.example.test:443 HTTP/1.1\r\n"),
        "{head}"
    );
    assert_eq!(take_requests(&sandbox), ["profile_get 200"]);

    let other = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/tls/test-only-server.pem"
    );
    let refused = start(other).await;
    assert!(
        refused.err.contains("the TLS handshake failed"),
        "{refused:?}"
    );
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn metrics() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = add_contact(&sandbox, "ada@example.com");
    let result = run("metrics", &sandbox, &[&id, "7", "8"]).await;
    let mut counters = String::new();
    for name in ["calls", "requests"] {
        for (operation, status, count) in [
            ("contacts_get", 200, 1),
            ("contacts_get", 204, 2),
            ("profile_get", 200, 1),
        ] {
            counters += &format!(
                "engagebay_{name}_total{{operation=\"{operation}\",status=\"{status}\"}} {count}\n"
            );
        }
    }
    let found = format!("# contact {id}: true\n# contact 7: false\n# contact 8: false\n");
    assert_eq!(result, printed(&format!("{found}{counters}")));
    assert_eq!(
        take_requests(&sandbox),
        [
            "profile_get 200",
            "contacts_get 200",
            "contacts_get 204",
            "contacts_get 204"
        ]
    );
}

/// It starts its own sandbox and counts the requests.
#[tokio::test]
async fn tour() {
    let sandbox = Sandbox::start().await.unwrap();
    let result = run("tour", &sandbox, &[]).await;
    assert!(result.success, "{}", result.err);
    assert!(
        result.out.contains("steps passed; the sandbox saw all "),
        "{}",
        result.out
    );
    assert_eq!(sandbox.request_count(), 0);
    let live = run("tour", &sandbox, &["--live", "engagebay"]).await;
    assert!(live.success, "{}", live.err);
    assert_eq!(
        take_requests(&sandbox),
        ["profile_get 200", "contacts_list 200", "tags_list 200"]
    );
}

/// The examples of all crates, and the folder of each.
fn examples() -> Vec<(String, PathBuf)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = std::fs::read_dir(crates).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path().join("examples"));
    let mut found: Vec<(String, PathBuf)> = folders
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            (name.to_owned(), path)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn every_example_has_a_test() {
    let tests = include_str!("examples.rs");
    let missing: Vec<String> = examples()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !tests.contains(&format!("#[tokio::test]\nasync fn {name}() {{\n")))
        .collect();
    let mut untested: Vec<&str> = UNTESTED.iter().map(|(name, _)| *name).collect();
    untested.sort_unstable();
    assert_eq!(missing, untested);
    for (name, path) in UNTESTED {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        assert!(path.exists(), "{name}: {} does not exist", path.display());
    }
}

#[test]
fn readmes_link_to_the_examples() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for readme in ["README.md", "../../README.md"] {
        let text = std::fs::read_to_string(here.join(readme)).unwrap();
        for (name, path) in examples() {
            if path.parent() == Some(&*here.join("examples")) && path.is_file() {
                let link = format!("[`{name}`](");
                let target = format!("crates/engagement-clients/examples/{name}.rs)");
                let mut links = text.lines().filter(|line| line.contains(&link));
                let line = links
                    .next()
                    .unwrap_or_else(|| panic!("{readme}: no {name}"));
                assert!(line.contains(&target), "{readme}: {line}");
            }
        }
    }
}

#[test]
fn examples_are_short_and_contain_their_command() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for (name, path) in examples() {
        if path.parent() != Some(&*here) || path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        assert!((30..=50).contains(&lines), "{name} has {lines} lines");
        assert!(
            text.starts_with("//! "),
            "{name} does not describe what it shows"
        );
        let run = format!("--example {name}");
        assert!(text.contains(&run), "{name} does not contain its command");
        seen += 1;
    }
    assert_eq!(seen, 12);
}
