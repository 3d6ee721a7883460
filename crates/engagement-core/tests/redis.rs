//! Limits that processes share through a real Redis server, which these tests start, stop and kill.

#[path = "redis/server.rs"]
mod server;
#[path = "support/mod.rs"]
mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use engagement_core::limit_store::{Acquire, Bucket, LimitStore as _, RedisStore};
use engagement_core::{ClientBuilder, ClientCore, Credential, RateLimit, RateLimits, RawResponse};

use crate::server::RedisServer;
use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
const NAME: &str = "main-account";
const KEY: &str = "{main-account}:acme:*";
/// Gives the other process the addresses of Redis and the provider.
const OTHER: &str = "ENGAGEMENT_TEST_OTHER_PROCESS";

fn store(redis: &str) -> RedisStore {
    RedisStore::open(redis, NAME).unwrap()
}

fn bucket(requests: u32, per: Duration) -> [Bucket; 1] {
    [Bucket::new("acme:*", requests, per)]
}

/// A client that may send 100 requests a second, which it shares with others.
fn client(redis: &str, provider: &str) -> ClientCore {
    ClientBuilder::<Client>::new(&PROVIDER)
        .base_url(provider)
        .credential("header", Credential::header("k"))
        .rate_limits(RateLimits::unlimited().client(RateLimit::per_second(100)))
        .limit_store(store(redis))
        .build()
        .unwrap()
        .0
}

/// Calls from several tasks, until there were so many.
async fn busy(client: &ClientCore, calls: usize) {
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                for _ in 0..calls / 10 {
                    client
                        .call(&CONTACTS_LIST)
                        .send(RawResponse::into_empty)
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// This program once more, doing what `other_process` does.
fn start_other_process(redis: &str, provider: &str, calls: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "other_process", "--nocapture"])
        .env(OTHER, format!("{redis} {provider} {calls}"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Nothing, unless it was started for another test.
#[tokio::test]
async fn other_process() {
    if let Ok(reported) = std::env::var(OTHER) {
        let mut reported = reported.split(' ');
        let mut next = || reported.next().unwrap();
        let client = client(next(), next());
        busy(&client, next().parse().unwrap()).await;
    }
}

/// When tokens were taken, by Redis's clock, in microseconds.
async fn taken(server: &RedisServer, key: &str) -> Vec<u64> {
    let mut connection = server.connection().await;
    let mut list = redis::cmd("LRANGE");
    let list = list.arg(key).arg(1).arg(-1);
    list.query_async(&mut connection).await.unwrap()
}

/// The most that were taken in any stretch of a second.
fn most_in_a_second(taken: &[u64]) -> usize {
    let within = |from: usize| {
        taken[from..]
            .iter()
            .take_while(move |at| **at - taken[from] < 1_000_000)
    };
    (0..taken.len())
        .map(|from| within(from).count())
        .max()
        .unwrap_or(0)
}

#[tokio::test]
async fn two_processes_send_no_more_than_one_limit_in_any_stretch_of_time() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let provider = TestServer::once(json("{}")).await;
    // Whoever asks about an hour makes Redis keep what it would forget after a second.
    let hour = bucket(u32::MAX, 3600 * SECOND);
    assert_eq!(
        store(&redis.url()).acquire(&hour).await,
        Ok(Acquire::Granted)
    );

    let mut other = start_other_process(&redis.url(), &provider.url(), 250);
    busy(&client(&redis.url(), &provider.url()), 250).await;
    while other.try_wait().unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    assert!(other.wait().unwrap().success());
    let taken = taken(&redis, KEY).await;
    assert_eq!((taken.len(), provider.requests().len()), (501, 500));
    assert!(taken.is_sorted());
    assert_eq!(most_in_a_second(&taken), 100);
}

#[tokio::test]
async fn a_token_comes_back_by_the_clock_of_redis() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = store(&redis.url());
    let three = bucket(3, 3600 * SECOND);
    for _ in 0..3 {
        assert_eq!(store.acquire(&three).await, Ok(Acquire::Granted));
    }
    let Ok(Acquire::RetryIn { wait, bucket: 0 }) = store.acquire(&three).await else {
        panic!("it was full");
    };
    assert!(wait <= 3600 * SECOND && wait > 3500 * SECOND, "{wait:?}");
    // Who was refused left nothing, and no token stays when all are back.
    assert_eq!(taken(&redis, KEY).await.len(), 3);
    let mut connection = redis.connection().await;
    let mut left = redis::cmd("PTTL");
    let left: u64 = left.arg(KEY).query_async(&mut connection).await.unwrap();
    assert!((3_500_000..=3_600_000).contains(&left), "{left}");
    // As if an hour had passed.
    let earlier: Vec<u64> = taken(&redis, KEY)
        .await
        .iter()
        .map(|at| at - 3_600_000_000)
        .collect();
    let mut age = redis::pipe();
    age.del(KEY)
        .rpush(KEY, 3_600_000_000_u64)
        .rpush(KEY, &earlier[..]);
    age.exec_async(&mut connection).await.unwrap();
    for _ in 0..3 {
        assert_eq!(store.acquire(&three).await, Ok(Acquire::Granted));
    }
    assert_ne!(store.acquire(&three).await, Ok(Acquire::Granted));
    assert_eq!(taken(&redis, KEY).await.len(), 3);
}

#[tokio::test]
async fn of_several_buckets_all_or_none_are_taken() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = store(&redis.url());
    let one = Bucket::new("acme:one", 1, 600 * SECOND);
    let two = Bucket::new("acme:two", 2, 3600 * SECOND);
    let both = [one.clone(), two.clone()];
    let missing = async |buckets: &[Bucket]| match store.acquire(buckets).await {
        Ok(Acquire::RetryIn { bucket, .. }) => Some(bucket),
        taken => {
            assert_eq!(taken, Ok(Acquire::Granted));
            None
        }
    };
    assert_eq!(missing(&both).await, None);
    assert_eq!(missing(&both).await, Some(0));
    assert_eq!(missing(std::slice::from_ref(&two)).await, None);
    assert_eq!(missing(&both).await, Some(1));
    assert_eq!(missing(&[two, one]).await, Some(0));
    let counts = [
        taken(&redis, "{main-account}:acme:one").await.len(),
        taken(&redis, "{main-account}:acme:two").await.len(),
    ];
    assert_eq!(counts, [1, 2]);
}

#[tokio::test]
async fn who_shares_a_name_under_a_shorter_limit_forgets_nothing_of_the_longer_one() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = store(&redis.url());
    let (long, short) = (
        bucket(3, 3600 * SECOND),
        bucket(9, Duration::from_micros(1)),
    );
    assert_eq!(store.acquire(&long).await, Ok(Acquire::Granted));
    for _ in 0..2 {
        assert_eq!(store.acquire(&short).await, Ok(Acquire::Granted));
    }
    assert_ne!(store.acquire(&long).await, Ok(Acquire::Granted));
    assert_eq!(store.acquire(&short).await, Ok(Acquire::Granted));
    let other = RedisStore::open(&redis.url(), "other-account").unwrap();
    assert_eq!(other.acquire(&long).await, Ok(Acquire::Granted));
}

#[tokio::test]
async fn a_clock_that_was_set_back_stops_nobody() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = store(&redis.url());
    let one = bucket(1, SECOND);
    assert_eq!(store.acquire(&one).await, Ok(Acquire::Granted));
    let late = taken(&redis, KEY).await[0] + 3_600_000_000;
    let mut connection = redis.connection().await;
    let mut set = redis::cmd("LSET");
    let set = set.arg(KEY).arg(1).arg(late);
    set.exec_async(&mut connection).await.unwrap();
    assert_eq!(store.acquire(&one).await, Ok(Acquire::Granted));
    assert_eq!(taken(&redis, KEY).await.len(), 1);
}

#[tokio::test]
async fn calls_go_on_when_redis_is_killed_and_are_counted_together_when_it_is_back() {
    let Some(mut redis) = RedisServer::start().await else {
        return;
    };
    let provider = TestServer::once(json("{}")).await;
    let client = client(&redis.url(), &provider.url());
    busy(&client, 10).await;
    assert_eq!(taken(&redis, KEY).await.len(), 10);
    redis.kill();
    busy(&client, 150).await;
    assert_eq!(provider.requests().len(), 160);
    redis.start_again().await;
    let mut calls = 0;
    while taken(&redis, KEY).await.is_empty() {
        client
            .call(&CONTACTS_LIST)
            .send(RawResponse::into_empty)
            .await
            .unwrap();
        calls += 1;
    }
    assert_eq!(provider.requests().len(), 160 + calls);
    let error = store(&redis.url());
    redis.kill();
    let error = error.acquire(&bucket(1, SECOND)).await.unwrap_err();
    assert_eq!(error.to_string(), "Redis refused the connection");
}
