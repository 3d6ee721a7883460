//! Clients from the environment. Each case runs in a process of its own: variables can't be changed safely in this one.

mod support;

use std::process::{Command, Stdio};

use engageone_client::Client;
use support::*;

const CHILD: &str = "ENGAGEONE_TEST_CHILD";

/// Not a test of its own: what the others start.
#[tokio::test]
async fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let outcome = match Client::from_env() {
        Ok(client) => client.data_sources().list().send().await.map(drop),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => println!("outcome: ok"),
        Err(error) => println!("outcome: {error}"),
    }
}

/// What comes of these variables.
async fn with(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ENGAGEONE_") {
            command.env_remove(name);
        }
    }
    command
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, "1");
    command
        .envs(variables.iter().copied())
        .stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = String::from_utf8(output.await.unwrap().unwrap().stdout).unwrap();
    let outcome = output.split_once("outcome: ");
    outcome
        .unwrap_or_else(|| panic!("{output}"))
        .1
        .lines()
        .next()
        .unwrap()
        .to_owned()
}

const CUSTOMER: (&str, &str) = ("ENGAGEONE_CUSTOMER_ID", CUSTOMER_ID);
const CLIENT: (&str, &str) = ("ENGAGEONE_CLIENT_ID", CLIENT_ID);
const KEY: (&str, &str) = ("ENGAGEONE_SECRET", SECRET);
const TOKEN: (&str, &str) = ("ENGAGEONE_TOKEN", "a.b.c");

#[tokio::test]
async fn credentials_come_before_a_token() {
    let service = Service::start().await;
    let urls = [
        ("ENGAGEONE_BASE_URL", service.server.url.as_str()),
        ("ENGAGEONE_USERS_URL", service.server.url.as_str()),
    ];
    let all = [CUSTOMER, CLIENT, KEY, TOKEN];
    for credentials in [&all[..3], &all] {
        service.server.take_requests();
        assert_eq!(with(&[credentials, &urls].concat()).await, "ok");
        let requests = service.server.requests();
        assert_eq!(requests.len(), 2);
        assert!(requests[0].is_login());
        assert_eq!(requests[1].header("pb-customer-id"), Some(CUSTOMER_ID));
    }
    for credentials in [
        &[CUSTOMER, TOKEN][..],
        &[CUSTOMER, CLIENT, ("ENGAGEONE_SECRET", " "), TOKEN],
    ] {
        service.server.take_requests();
        let outcome = with(&[credentials, &urls].concat()).await;
        assert_eq!(
            outcome,
            "engageone data_sources_list: 401 Unauthorized: This token is no good"
        );
        let requests = service.server.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].header("authorization"), Some("Bearer a.b.c"));
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let token = "to use a token that you have";
    for (variables, missing) in [
        (
            &[][..],
            "variables ENGAGEONE_CUSTOMER_ID, ENGAGEONE_CLIENT_ID and ENGAGEONE_SECRET to log in, or variables ENGAGEONE_CUSTOMER_ID and ENGAGEONE_TOKEN",
        ),
        (
            &[CUSTOMER],
            "variables ENGAGEONE_CLIENT_ID and ENGAGEONE_SECRET to log in, or variable ENGAGEONE_TOKEN",
        ),
        (
            &[CUSTOMER, CLIENT],
            "variable ENGAGEONE_SECRET to log in, or variable ENGAGEONE_TOKEN",
        ),
        (
            &[CLIENT, KEY],
            "variable ENGAGEONE_CUSTOMER_ID to log in, or variables ENGAGEONE_CUSTOMER_ID and ENGAGEONE_TOKEN",
        ),
        (
            &[TOKEN],
            "variables ENGAGEONE_CUSTOMER_ID, ENGAGEONE_CLIENT_ID and ENGAGEONE_SECRET to log in, or variable ENGAGEONE_CUSTOMER_ID",
        ),
    ] {
        let outcome = with(variables).await;
        let expected =
            format!("engageone client: missing credentials: set the environment {missing} {token}");
        assert_eq!(outcome, expected);
    }
}

#[tokio::test]
async fn regions_and_hosts_are_read() {
    let all = [CUSTOMER, CLIENT, KEY];
    assert_eq!(
        with(&[&all[..], &[("ENGAGEONE_REGION", "eu-west-1")]].concat()).await,
        "engageone client: invalid configuration: there is no such region: the regions are `us-east-1`"
    );
    assert_eq!(
        with(&[&all[..], &[("ENGAGEONE_NLU_URL", "ftp://nlu.example.com")]].concat()).await,
        "engageone client: invalid configuration: the URL of the server `nlu` cannot be used: it must be an http or https URL with a host"
    );
}
