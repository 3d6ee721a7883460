//! Two busy processes share a limit of 100 requests a minute through Redis, for three minutes, against a server on this
//! machine that notes when requests arrive. It needs `redis-server`.
//!
//! ```console
//! cargo run -p engagement-core --example shared_limit
//! ```

#[path = "../tests/redis/server.rs"]
mod server;
#[path = "../tests/support/mod.rs"]
mod support;

use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engagement_core::limit_store::RedisStore;
use engagement_core::{ClientBuilder, Credential, RateLimit, RateLimits, RawResponse};

use crate::server::RedisServer;
use crate::support::{CONTACTS_LIST, Client, PROVIDER, TestServer, json};

const LIMIT: u32 = 100;
const MINUTE: Duration = Duration::from_secs(60);
const MINUTES: u32 = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    if let (Some(redis), Some(provider)) = (arguments.next(), arguments.next()) {
        return send(&redis, &provider).await;
    }
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let arrivals: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&arrivals);
    let provider = TestServer::responding(move |_| {
        noted.lock().unwrap().push(Instant::now());
        json("{}")
    })
    .await;
    let mut processes = [(); 2].map(|()| start(&redis.url(), &provider.url()));
    tokio::time::sleep(MINUTES * MINUTE + Duration::from_secs(2)).await;
    for process in &mut processes {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    report(&arrivals.lock().unwrap());
}

fn start(redis: &str, provider: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([redis, provider]).spawn().unwrap()
}

/// Sends as much as the limit allows.
async fn send(redis: &str, provider: &str) {
    let client = ClientBuilder::<Client>::new(&PROVIDER)
        .base_url(provider)
        .credential("header", Credential::header("k"))
        .rate_limits(RateLimits::unlimited().client(RateLimit::per_minute(LIMIT)))
        .limit_store(RedisStore::open(redis, "example").unwrap())
        .timeout(MINUTES * MINUTE)
        .build()
        .unwrap()
        .0;
    let tasks = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            while client
                .call(&CONTACTS_LIST)
                .send(RawResponse::into_empty)
                .await
                .is_ok()
            {}
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

fn report(arrivals: &[Instant]) {
    let within = |from: Instant| {
        let minute = arrivals
            .iter()
            .filter(|at| **at >= from && **at < from + MINUTE);
        minute.count()
    };
    let most = arrivals.iter().map(|at| within(*at)).max().unwrap_or(0);
    println!("most in any minute: {most} of {LIMIT}");
    for minute in 0..MINUTES {
        println!(
            "minute {}: {}",
            minute + 1,
            within(arrivals[0] + minute * MINUTE)
        );
    }
}
