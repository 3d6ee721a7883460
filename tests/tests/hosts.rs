//! Every operation goes to the host that its document names for the region, and to no other.
//!
//! The clients connect through a proxy that writes down which host they ask for, and refuses.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use engagement_core::{ErrorKind, reqwest};
use engagement_document::{Document, Server};
use engagement_tests::{Arguments, Outcome, caller_of_published_hosts, providers};

/// At least so many calls reach the hosts of a provider: its operations without a region and in each of its regions.
const SENT: &[(&str, usize)] = &[
    ("engage", 41),
    ("engagebay", 87),
    ("engageone", 6 * 2),
    ("engagespot", 34 * 3),
    ("webengage", 28 * 5 - 9),
];

/// The names of a document's regions, each once.
fn regions(document: &Document) -> Vec<&str> {
    let mut names: Vec<&str> = document
        .servers
        .iter()
        .flat_map(|server| server.regions.iter().map(|(name, _)| name.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The URL of a host in a region; `None` if nobody publishes it.
fn published<'a>(server: &'a Server, region: Option<&str>) -> Option<&'a str> {
    let url = match region {
        Some(region) if !server.regions.is_empty() => {
            let mut regions = server.regions.iter();
            &regions.find(|(name, _)| name == region)?.1
        }
        _ => &server.url,
    };
    (!url.is_empty()).then_some(url)
}

/// Scheme and host of a URL.
fn origin_of(url: &str) -> String {
    let mut parts = url.split('/');
    let scheme = parts.next().unwrap();
    format!("{scheme}//{}", parts.nth(1).unwrap())
}

/// Where a request line to a proxy leads: `CONNECT host:443`, or the whole URL if reqwest is built without TLS.
fn origin(request_line: &str) -> String {
    let target = request_line.split(' ').nth(1).unwrap();
    match target.strip_suffix(":443") {
        Some(host) => format!("https://{host}"),
        None => origin_of(target),
    }
}

/// The request lines that a proxy gets, and its URL.
fn proxy() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, hosts) = channel();
    thread::spawn(move || refuse_all(&listener, &asked));
    (url, hosts)
}

fn refuse_all(listener: &TcpListener, asked: &Sender<String>) {
    for connection in listener.incoming() {
        let mut connection = connection.unwrap();
        let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let rest = lines.map(Result::unwrap);
        assert!(rest.take_while(|line| !line.is_empty()).count() > 0);
        if asked.send(first).is_err() {
            return; // the test has ended
        }
        let refusal = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        connection.write_all(refusal).unwrap();
    }
}

#[tokio::test]
async fn every_operation_goes_to_the_host_of_its_region() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    let (proxy, hosts) = proxy();
    let http = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy).unwrap())
        .build()
        .unwrap();
    let (mut sent, mut expected, mut refused) = (0, 0, Vec::new());
    for provider in providers::ALL {
        let document = provider.document();
        let all = regions(&document).into_iter().map(Some);
        expected += document.operations.len() * (1 + all.len());
        let before = sent;
        for region in [None].into_iter().chain(all) {
            let client = caller_of_published_hosts(provider.name, region, http.clone());
            for operation in &document.operations {
                let id = &operation.id;
                let server = &document.servers[operation.server];
                let outcome = client(id, &mut Arguments::examples(operation)).await;
                let Outcome::Failed(error) = outcome else {
                    panic!("{id} in {region:?}: {outcome:?}")
                };
                let host = hosts.try_recv().ok();
                assert!(hosts.try_recv().is_err(), "{id}: asked for another host");
                let Some(url) = published(server, region) else {
                    assert_eq!(host, None, "{id} in {region:?}");
                    assert_eq!(error.kind(), ErrorKind::Configuration, "{id}: {error}");
                    refused.push((region.unwrap().to_owned(), id.clone()));
                    continue;
                };
                let asked = host.unwrap_or_else(|| panic!("{id} in {region:?}: {error}"));
                assert_eq!(origin(&asked), origin_of(url), "{id} in {region:?}");
                sent += 1;
            }
        }
        let known = SENT.iter().find(|(name, _)| *name == provider.name);
        let least = known.map_or(0, |(_, least)| *least);
        let calls = sent - before;
        assert!(calls >= least, "{}: {calls} of {least}", provider.name);
    }
    // All operations without a region and in each of the provider's regions, of which WebEngage's `europe` is a part.
    let of = |region: &str| refused.iter().filter(|(name, _)| name == region).count();
    assert_eq!((refused.len(), of("europe")), (9, 9), "{refused:?}");
    assert_eq!(sent, expected - refused.len());
}
