//! The effect of a client on a program: it installs no crypto provider for the process, the READMEs are right about a
//! program's own reqwest clients, and only programs that use the catalogue of operations contain it.
//!
//! Each test runs a program of its own, because a crypto provider is installed for a process and Cargo unifies features.

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;

use engagement_tests::providers::{self, root};

/// The files that contain `tests/fixtures/crypto-provider.md`.
fn quoted_in() -> Vec<String> {
    let clients = providers::ALL.iter();
    let clients = clients.map(|provider| format!("{}-client", provider.name));
    let packages = clients.chain(["engagement-clients".to_owned()]);
    let mut files: Vec<String> = packages
        .map(|package| format!("crates/{package}/README.md"))
        .collect();
    files.sort();
    files
}

/// Builds a client with TLS, starts a handshake, and then installs its own provider.
const OWN_PROVIDER: &str = r#"
use std::io::Read as _;

fn main() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut first = [0];
        listener.accept().unwrap().0.read_exact(&mut first).unwrap();
        first[0]
    });
    engagebay_client::Client::builder("key").build().unwrap();
    let client = engagebay_client::Client::builder("key")
        .base_url(url)
        .retry(engagebay_client::RetryPolicy::none())
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(client.contacts().get(7).send()).unwrap_err();
    assert_eq!(error.kind(), engagebay_client::ErrorKind::Connect, "{error}");
    // A TLS record with a handshake.
    assert_eq!(server.join().unwrap(), 22);

    rustls::crypto::ring::default_provider().install_default().expect("no other crypto provider is installed");
    println!("installed");
}
"#;

/// Replaces `// …` in the README's program: it uses both clients.
const BOTH: &str = r##"
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for body in ["own", r#"{"id":7}"#] {
            use std::io::{BufRead as _, Write as _};
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = std::io::BufReader::new(stream.try_clone().unwrap()).lines();
            while !lines.next().unwrap().unwrap().is_empty() {}
            let length = body.len();
            write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = own.get(&url).send().await.unwrap().text().await.unwrap();
        let client = engagebay_client::Client::builder("key").base_url(&url).build().unwrap();
        let contact = client.contacts().get(7).send().await.unwrap();
        println!("{response}, {}", contact.id);
    });
    server.join().unwrap();
"##;

fn fixture() -> String {
    std::fs::read_to_string(root().join("tests/fixtures/crypto-provider.md")).unwrap()
}

/// The block of a language in the fixture.
fn block<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0
}

/// Calls an operation by its id.
const BY_ID: &str = r#"
fn main() {
    let client = engagebay_client::Client::builder("key").build().unwrap();
    let call = client.operation("contacts_get").unwrap().param("id", 7);
    println!("{}", call.entry().summary);
}
"#;

/// The README's program, unchanged and without the line that installs a provider.
fn documented(text: &str) -> [String; 2] {
    let program = block(text, "rust");
    let install: Vec<&str> = program
        .lines()
        .filter(|line| line.contains("install_default()"))
        .collect();
    assert_eq!((install.len(), program.matches("// …").count()), (1, 1));
    let with = program.replace("// …", BOTH);
    let without = with.replace(install[0], "");
    [with, without]
}

/// The folder of the programs. They are built once.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    let text = fixture();
    let [own_reqwest, own_reqwest_alone] = documented(&text);
    let folder = support::program_folder("programs");
    std::fs::create_dir_all(folder.join("src/bin")).unwrap();
    for (name, code) in [
        ("own_provider", OWN_PROVIDER),
        ("own_reqwest", &own_reqwest),
        ("own_reqwest_alone", &own_reqwest_alone),
        ("by_id", BY_ID),
    ] {
        std::fs::write(folder.join(format!("src/bin/{name}.rs")), code).unwrap();
    }
    let client = root().join("crates/engagebay-client");
    let rustls = block(&text, "toml");
    let manifest = format!(
        "[package]\nname = \"programs\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         engagebay-client = {{ path = {client:?} }}\nreqwest = {{ version = \"0.13\", default-features = false }}\n\
         tokio = {{ version = \"1\", features = [\"rt\"] }}\n{rustls}\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    support::run(&mut support::cargo("build", &folder));
    support::program_target().join("debug")
});

fn program(name: &str) -> PathBuf {
    PROGRAMS.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn run(name: &str) -> (Output, String) {
    let output = Command::new(program(name))
        // A proxy of the environment would be used for loopback too.
        .env("NO_PROXY", "*")
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    (output, stderr)
}

/// *ring* is there for TLS, and signs too.
#[test]
fn signing_adds_no_second_crypto_library() {
    let tree = tree(&["-p", "engagespot-client", "--features", "signing"]);
    assert_eq!(versions(&tree, "ring").len(), 1, "{tree}");
    assert_eq!(versions(&tree, "syn").len(), 1, "{tree}");
    for unused in ["aws-lc-rs", "aws-lc-sys", "tracing-attributes"] {
        assert_eq!(versions(&tree, unused), BTreeSet::new());
    }
}

/// One line for each dependency of a build.
fn tree(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked"])
        .args(["-e", "normal,build", "--prefix", "none"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The versions of a dependency.
fn versions<'a>(tree: &'a str, name: &str) -> BTreeSet<&'a str> {
    let crates = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    let versions = crates.filter_map(|line| line.split_once(' '));
    versions
        .filter(|(found, _)| *found == name)
        .map(|(_, version)| version)
        .collect()
}

/// *ring* is partly C, so its users need a compiler. Manifests and READMEs say what it needs.
#[test]
fn the_feature_rustls_says_what_it_needs_to_build() {
    let needs = "needs a C compiler, but no cmake";
    let mut manifests = vec!["engagement-clients".to_owned()];
    for provider in providers::ALL {
        let name = format!("{}-client", provider.name);
        let features = ["--no-default-features", "--features", "rustls"];
        let tree = tree(&[&["-p", name.as_str()][..], &features].concat());
        let tools = ["ring", "cc", "cmake"].map(|tool| versions(&tree, tool).len());
        assert_eq!(tools, [1, 1, 0], "{tree}");
        let readme = root().join(format!("crates/{name}/README.md"));
        let readme = std::fs::read_to_string(readme).unwrap();
        let row = readme.lines().find(|line| line.starts_with("| `rustls` |"));
        assert!(row.unwrap().contains(needs), "{name}: {row:?}");
        manifests.push(name);
    }
    for name in manifests {
        let manifest = root().join(format!("crates/{name}/Cargo.toml"));
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let lines: Vec<&str> = manifest.lines().collect();
        let is_feature = |pair: &[&str]| pair[1].starts_with("rustls = ");
        let pair = lines.windows(2).find(|pair| is_feature(pair)).unwrap();
        assert!(pair[0].contains(needs), "{name}: {}", pair[0]);
    }
}

#[test]
fn a_client_installs_no_crypto_provider() {
    let (output, stderr) = run("own_provider");
    assert_eq!(output.stdout, b"installed\n", "{stderr}");
    assert!(output.status.success(), "{stderr}");
}

/// The READMEs quote the message of the panic, and the line that prevents it.
#[test]
fn a_program_builds_its_own_reqwest_clients() {
    let (output, stderr) = run("own_reqwest_alone");
    assert!(!output.status.success());
    assert_eq!(output.stdout, b"", "{stderr}");
    let reported: Vec<&str> = stderr.lines().skip_while(|line| line.is_empty()).collect();
    assert!(reported[0].starts_with("thread 'main'"), "{stderr}");
    assert_eq!(reported[1], block(&fixture(), "text"), "{stderr}");

    let (output, stderr) = run("own_reqwest");
    assert_eq!(output.stdout, b"own, 7\n", "{stderr}");
    assert!(output.status.success(), "{stderr}");
}

/// A linker removes unused data; on Windows only in release builds.
#[cfg(unix)]
#[test]
fn only_programs_that_call_by_id_contain_the_catalogue() {
    let catalogue = engagebay_client::CATALOGUE.iter();
    let summaries: Vec<&str> = catalogue.map(|entry| entry.summary).collect();
    assert_eq!(summaries.len(), 87);
    let contained = |name: &str| {
        let file = std::fs::read(program(name)).unwrap();
        let finds = |text: &&str| memchr::memmem::find(&file, text.as_bytes()).is_some();
        summaries.iter().copied().filter(finds).collect::<Vec<_>>()
    };
    assert_eq!(contained("by_id"), summaries);
    assert_eq!(contained("own_provider"), [""; 0]);
}

#[test]
fn readmes_quote_the_tested_program() {
    let crates = root().join("crates");
    let mut readmes: Vec<PathBuf> = std::fs::read_dir(&crates)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("README.md"))
        .filter(|readme| readme.exists())
        .collect();
    readmes.push(root().join("README.md"));
    readmes.sort();

    let panic = fixture();
    let panic = block(&panic, "text");
    let (begin, _) = panic.split_once(". ").unwrap();
    let mut quoted = Vec::new();
    for readme in readmes {
        // Without attributes of code blocks, such as `ignore`.
        let text: String = std::fs::read_to_string(&readme)
            .unwrap()
            .lines()
            .map(|line| match line.strip_prefix("```") {
                Some(label) => format!("```{}\n", label.split(',').next().unwrap_or_default()),
                None => format!("{line}\n"),
            })
            .collect();
        let name = readme.strip_prefix(root()).unwrap().display().to_string();
        if text.contains(fixture().trim_end()) {
            quoted.push(name);
        } else if name != "crates/engagement-core/README.md" {
            // This page quotes the beginning only.
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(!flat.contains(begin), "{name} has a different text");
        }
    }
    assert_eq!(quoted, quoted_in());
}
