//! Rate limits shared by processes through a Redis server, which these tests start and kill.

#[path = "redis/server.rs"]
mod server;
#[path = "support/mod.rs"]
mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use engagement_core::limit_store::{Acquire, Bucket, LimitStore as _, RedisStore};
use engagement_core::{ClientBuilder, ClientCore, Credential, RateLimit, RateLimits};

use crate::server::RedisServer;
use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);
const NAME: &str = "main-account";
const KEY: &str = "{main-account}:acme:*";
/// The environment variable with the URLs of Redis and of the provider for the other process.
const OTHER: &str = "ENGAGEMENT_TEST_OTHER_PROCESS";

fn store(redis: &str) -> RedisStore {
    RedisStore::open(redis, NAME).unwrap()
}

fn bucket(requests: u32, per: Duration) -> [Bucket; 1] {
    [Bucket::new("acme:*", requests, per)]
}

/// A client with a shared limit of 100 requests per second.
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

/// Makes this number of calls from ten tasks.
async fn make_calls(client: &ClientCore, calls: usize) {
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                for _ in 0..calls / 10 {
                    send_empty(&client, &CONTACTS_LIST).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Starts this program again to run only `other_process`.
fn start_other_process(redis: &str, provider: &str, calls: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "other_process", "--nocapture"])
        .env(OTHER, format!("{redis} {provider} {calls}"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Does nothing unless another test starts it.
#[tokio::test]
async fn other_process() {
    if let Ok(arguments) = std::env::var(OTHER) {
        let mut arguments = arguments.split(' ');
        let mut next = || arguments.next().unwrap();
        let client = client(next(), next());
        make_calls(&client, next().parse().unwrap()).await;
    }
}

/// The times of permits by Redis's clock, in microseconds.
async fn taken(server: &RedisServer, key: &str) -> Vec<u64> {
    let mut connection = server.connection().await;
    let mut list = redis::cmd("LRANGE");
    let list = list.arg(key).arg(1).arg(-1);
    list.query_async(&mut connection).await.unwrap()
}

/// The maximum in any period of one second.
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
async fn two_processes_share_a_limit_in_every_period() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let provider = TestServer::once(json("{}")).await;
    // Because of a bucket with a period of an hour, Redis keeps all times.
    let hour = bucket(u32::MAX, 3600 * SECOND);
    assert_eq!(
        store(&redis.url()).acquire(&hour).await,
        Ok(Acquire::Granted)
    );

    let mut other = start_other_process(&redis.url(), &provider.url(), 250);
    make_calls(&client(&redis.url(), &provider.url()), 250).await;
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
async fn a_permit_is_released_by_the_clock_of_redis() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = store(&redis.url());
    let three = bucket(3, 3600 * SECOND);
    for _ in 0..3 {
        assert_eq!(store.acquire(&three).await, Ok(Acquire::Granted));
    }
    let Ok(Acquire::RetryIn { wait, bucket: 0 }) = store.acquire(&three).await else {
        panic!("a permit was granted");
    };
    assert!(wait <= 3600 * SECOND && wait > 3500 * SECOND, "{wait:?}");
    // The refused request is not recorded, and the key expires.
    assert_eq!(taken(&redis, KEY).await.len(), 3);
    let mut connection = redis.connection().await;
    let mut left = redis::cmd("PTTL");
    let left: u64 = left.arg(KEY).query_async(&mut connection).await.unwrap();
    assert!((3_500_000..=3_600_000).contains(&left), "{left}");
    // Moves all times back by an hour.
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
async fn permits_of_several_buckets_are_acquired_together() {
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
async fn a_shorter_limit_with_the_same_name_does_not_shorten_the_longer_one() {
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
async fn a_clock_that_is_set_back_does_not_block_requests() {
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
async fn calls_continue_without_redis_and_are_shared_again_after_it_restarts() {
    let Some(mut redis) = RedisServer::start().await else {
        return;
    };
    let provider = TestServer::once(json("{}")).await;
    let client = client(&redis.url(), &provider.url());
    make_calls(&client, 10).await;
    assert_eq!(taken(&redis, KEY).await.len(), 10);
    redis.kill();
    make_calls(&client, 150).await;
    assert_eq!(provider.requests().len(), 160);
    redis.restart().await;
    let mut calls = 0;
    while taken(&redis, KEY).await.is_empty() {
        send_empty(&client, &CONTACTS_LIST).await.unwrap();
        calls += 1;
    }
    assert_eq!(provider.requests().len(), 160 + calls);
    let error = store(&redis.url());
    redis.kill();
    let error = error.acquire(&bucket(1, SECOND)).await.unwrap_err();
    assert_eq!(error.to_string(), "Redis refused the connection");
}
