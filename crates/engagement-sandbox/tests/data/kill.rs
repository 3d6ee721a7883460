//! Kills the program while several connections write, and looks for each acknowledged write after the next start.
//!
//! `ENGAGEMENT_SANDBOX_KILLS` sets the number of rounds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_sandbox::{Engage, EngageBay};
use serde_json::{Value, json};

use crate::process::{Connection, Process, command, data};

const DEFAULT_ROUNDS: usize = 20;
const CONNECTIONS: usize = 4;
/// A round ends at the latest after so many requests.
const MAX_REQUESTS: usize = 60;
/// After so many rounds, everything that was ever written is checked.
const FULL_CHECK: usize = 25;

/// When a round ends: once so many requests have been sent or acknowledged.
#[derive(Clone, Copy)]
enum Moment {
    Sent(usize),
    Acknowledged(usize),
}

/// The progress of all connections of a round.
struct Progress {
    moment: Moment,
    sent: AtomicUsize,
    acknowledged: AtomicUsize,
    reached: mpsc::Sender<()>,
}

impl Progress {
    fn sends(&self) {
        let sent = 1 + self.sent.fetch_add(1, Ordering::SeqCst);
        if matches!(self.moment, Moment::Sent(limit) if limit == sent) {
            self.reached.send(()).expect("the round waits");
        }
    }

    fn receives(&self) {
        let received = 1 + self.acknowledged.fetch_add(1, Ordering::SeqCst);
        if matches!(self.moment, Moment::Acknowledged(limit) if limit == received) {
            self.reached.send(()).expect("the round waits");
        }
    }
}

/// In the names of events.
const EVENT: &str = "event";

fn is_event(name: &str) -> bool {
    name.contains(EVENT)
}

fn engage_key() -> String {
    let key = format!("{}:{}", Engage::API_KEY, Engage::API_SECRET);
    format!("Basic {}", BASE64_STANDARD.encode(key))
}

fn contact(name: &str) -> Value {
    json!({
        "properties": [
            { "name": "name", "value": name }, { "name": "email", "value": format!("{name}@example.com") },
        ],
        "tags": [{ "tag": "One" }, { "tag": "Two" }],
    })
}

/// Writes a contact or an event of this name. Returns whether it was acknowledged.
fn write(connection: &mut Connection, name: &str) -> bool {
    let response = if is_event(name) {
        let body = json!({ "event": "Seen", "value": name });
        connection.call(
            "POST",
            "/engage/v1/users/u1/events",
            &engage_key(),
            Some(&body),
        )
    } else {
        let path = "/engagebay/dev/api/panel/subscribers/subscriber";
        connection.call("POST", path, EngageBay::API_KEY, Some(&contact(name)))
    };
    match response {
        None => false,
        Some((200, _)) => true,
        Some(other) => panic!("{name}: {other:?}"),
    }
}

/// Writes until the process is gone, and returns what was tried, with whether it was acknowledged.
fn write_until_killed(
    mut connection: Connection,
    prefix: &str,
    progress: &Progress,
) -> Vec<(String, bool)> {
    let mut tried = Vec::new();
    for number in 0..MAX_REQUESTS {
        let kind = if number % 2 == 1 { EVENT } else { "contact" };
        let name = format!("{prefix}{kind}{number}");
        progress.sends();
        let acknowledged = write(&mut connection, &name);
        tried.push((name, acknowledged));
        if !acknowledged {
            break;
        }
        progress.receives();
    }
    tried
}

/// The names of all contacts and events, each with how often it is there. All of them are complete.
fn all(connection: &mut Connection) -> BTreeMap<String, usize> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let (_, contacts) = records(connection, "engagebay", "contacts", 1_000_000);
    for record in &contacts {
        let name = record["name"].as_str().expect("a name");
        assert_complete(record, name);
        *known.entry(name.to_owned()).or_default() += 1;
    }
    let (_, events) = records(connection, "engage", "events", 1_000_000);
    for event in &events {
        let name = event["value"].as_str().expect("a name");
        *known.entry(name.to_owned()).or_default() += 1;
    }
    known
}

fn assert_complete(record: &Value, name: &str) {
    assert_eq!(record["email"], format!("{name}@example.com"));
    let lengths = ["properties", "tags"].map(|field| record[field].as_array().map(Vec::len));
    assert_eq!(lengths, [Some(2); 2], "{record}");
}

/// The number of records of a kind, and the first of them.
fn records(
    connection: &mut Connection,
    provider: &str,
    kind: &str,
    limit: usize,
) -> (u64, Vec<Value>) {
    let path = format!("/api/records?provider={provider}&limit={limit}");
    let (status, body) = connection.call("GET", &path, "", None).expect("it runs");
    assert_eq!(status, 200);
    let mut lists = body["lists"].as_array().expect("lists").iter();
    let list = lists.find(|list| list["kind"] == kind).expect("the kind");
    let count = list["count"].as_u64().expect("a number");
    (count, list["records"].as_array().expect("records").clone())
}

/// Whether a contact is there, which is complete then.
fn has_contact(connection: &mut Connection, name: &str) -> bool {
    let path = format!("/engagebay/dev/api/panel/subscribers/contact-by-email/{name}@example.com");
    match connection.call("GET", &path, EngageBay::API_KEY, None) {
        Some((200, record)) => {
            assert_complete(&record, name);
            true
        }
        _ => false,
    }
}

/// What was written so far.
#[derive(Default)]
struct Written {
    /// All names, each with whether it was acknowledged.
    all: Vec<(String, bool)>,
    /// The numbers of contacts and of events at the last check.
    contacts: u64,
    events: u64,
}

impl Written {
    /// Checks what the last round wrote, and that nothing else was added.
    fn check_round(&mut self, connection: &mut Connection, tried: &[(String, bool)]) {
        let mut contacts = self.contacts;
        let (mut events, mut unknown) = (self.events, 0);
        for (name, acknowledged) in tried {
            if is_event(name) {
                events += u64::from(*acknowledged);
                unknown += u64::from(!acknowledged);
            } else {
                let found = has_contact(connection, name);
                assert!(
                    found || !acknowledged,
                    "{name} was acknowledged and is lost"
                );
                contacts += u64::from(found);
            }
        }
        (self.contacts, _) = records(connection, "engagebay", "contacts", 0);
        assert_eq!(self.contacts, contacts, "each contact is there once");
        (self.events, _) = records(connection, "engage", "events", 0);
        assert!(
            (events..=events + unknown).contains(&self.events),
            "{} {events}",
            self.events
        );
        self.all.extend_from_slice(tried);
    }

    /// Checks everything that was ever written.
    fn check_all(&self, connection: &mut Connection) {
        let mut known = all(connection);
        for (name, acknowledged) in &self.all {
            match known.remove(name) {
                Some(1) => {}
                None if !acknowledged => {}
                other => panic!("{name} is there {other:?} times, acknowledged: {acknowledged}"),
            }
        }
        assert_eq!(known, BTreeMap::new(), "nobody wrote these");
    }
}

#[test]
fn no_acknowledged_write_is_lost_by_a_kill() {
    let rounds = std::env::var("ENGAGEMENT_SANDBOX_KILLS").ok();
    let rounds = rounds.map_or(DEFAULT_ROUNDS, |text| text.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = fastrand::Rng::with_seed(11);
    let mut written = Written::default();
    let mut tried = Vec::new();
    for round in 0..rounds {
        let mut process = start(folder.path());
        let mut connection = process.connect();
        written.check_round(&mut connection, &tried);
        if round % FULL_CHECK == 0 {
            written.check_all(&mut connection);
        }
        let moment = if random.bool() {
            Moment::Sent(random.usize(1..MAX_REQUESTS))
        } else {
            Moment::Acknowledged(random.usize(1..MAX_REQUESTS))
        };
        tried = write_and_kill(&mut process, round, moment);
    }
    let process = start(folder.path());
    let mut connection = process.connect();
    written.check_round(&mut connection, &tried);
    written.check_all(&mut connection);
    let acknowledged = written.all.iter().filter(|(_, acknowledged)| *acknowledged);
    let acknowledged = acknowledged.count();
    let writes = written.all.len();
    println!("{rounds} kills, {writes} writes, {acknowledged} acknowledged");
    assert!(acknowledged >= rounds, "{acknowledged}");
}

fn start(folder: &Path) -> Process {
    // All events are compared.
    let mut command = command();
    let started = Process::start(command.args(data(folder)).args(["--log-size", "1000000"]));
    started.unwrap_or_else(|failed| panic!("{}", failed.message))
}

/// Writes by several connections, kills the process at a moment, and returns what was tried.
fn write_and_kill(process: &mut Process, round: usize, moment: Moment) -> Vec<(String, bool)> {
    let (reached, end) = mpsc::channel();
    let progress = Arc::new(Progress {
        moment,
        sent: AtomicUsize::new(0),
        acknowledged: AtomicUsize::new(0),
        reached,
    });
    let spawn = |index: usize| {
        let (connection, progress) = (process.connect(), Arc::clone(&progress));
        let prefix = format!("r{round}c{index}");
        thread::spawn(move || write_until_killed(connection, &prefix, &progress))
    };
    let threads: Vec<_> = (0..CONNECTIONS).map(spawn).collect();
    end.recv().expect("the moment comes");
    assert_eq!(process.kill(), "", "it reported no damage");
    let tried = threads.into_iter().map(|thread| thread.join());
    tried
        .flat_map(|tried| tried.expect("it doesn't panic"))
        .collect()
}
