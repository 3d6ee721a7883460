//! What `from_env` makes of the variables that are set, each time in a process of its own.

use std::process::Command;

use engagement_sandbox::{Engagespot, Sandbox};
use engagespot_client::types::ProfileAttributes;
use engagespot_client::{Client, TokenSigner};

const CHILD: &str = "ENGAGESPOT_TEST_CHILD";
const PRIVATE: &str = include_str!("keys/test-only-private.pem");
const KEY: (&str, &str) = ("ENGAGESPOT_API_KEY", Engagespot::API_KEY);
const SECRET: (&str, &str) = ("ENGAGESPOT_API_SECRET", Engagespot::API_SECRET);
const USER: (&str, &str) = ("ENGAGESPOT_USER_ID", "ada");

/// The other process: prints what comes of some calls. Does nothing when the tests run it directly.
#[tokio::test]
async fn child() {
    let Ok(what) = std::env::var(CHILD) else {
        return;
    };
    if what == "signer" {
        match TokenSigner::from_env() {
            Ok(signer) => println!("> {}", signer.token("ada").is_ok()),
            Err(error) => println!("> {error}"),
        }
        return;
    }
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => return println!("> {error}"),
    };
    if what == "url" {
        return println!("> {}", client.base_url());
    }
    let told = |error: engagespot_client::Error| match error.was_sent() {
        true => format!("{:?}", error.status()),
        false => error.to_string(),
    };
    let profile = client.profile().get().send().await;
    println!("> {}", profile.map_or_else(told, |_| "as a user".into()));
    let users = client
        .users()
        .create_or_update("ada")
        .body(ProfileAttributes::new());
    println!(
        "> {}",
        users
            .send()
            .await
            .map_or_else(told, |_| "as the app".into())
    );
}

/// What the other process printed.
async fn with(what: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ENGAGESPOT_") {
            command.env_remove(name);
        }
    }
    command
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, what)
        .envs(variables.iter().copied());
    // The sandbox serves on this thread.
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines = printed.lines().filter_map(|line| line.split_once("> "));
    lines.map(|(_, told)| told.to_owned()).collect()
}

#[tokio::test]
async fn each_call_takes_what_it_needs() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.engagespot().base_url();
    let signer = TokenSigner::from_rsa_pem(Engagespot::API_KEY, PRIVATE).unwrap();
    let token = signer.token("ada").unwrap();
    let token = ("ENGAGESPOT_USER_TOKEN", token.expose());
    let url = ("ENGAGESPOT_BASE_URL", url.as_str());

    let no_user = "engagespot profile_get: missing credentials: ";
    let no_app = "engagespot users_create_or_update: missing credentials: ";
    for (variables, user, app) in [
        (&[KEY, SECRET][..], None, Some(())),
        (&[KEY, USER], Some(()), None),
        (&[token], Some(()), None),
        (&[KEY, SECRET, USER], Some(()), Some(())),
        (&[KEY, SECRET, USER, token], Some(()), Some(())),
        // Neither is enough for any call, and both calls say so.
        (&[KEY], None, None),
        (&[SECRET, USER], None, None),
    ] {
        let variables = [&[url], variables].concat();
        let told = with("calls", &variables).await;
        let [as_user, as_app] = <[String; 2]>::try_from(told).unwrap();
        match user {
            Some(()) => assert_eq!(as_user, "as a user", "{variables:?}"),
            None => assert!(as_user.starts_with(no_user), "{variables:?}: {as_user}"),
        }
        match app {
            Some(()) => assert_eq!(as_app, "as the app", "{variables:?}"),
            None => assert!(as_app.starts_with(no_app), "{variables:?}: {as_app}"),
        }
    }
    // With everything set, the token goes first, and with it what it must agree with.
    let requests = sandbox.requests();
    let all = &requests
        .iter()
        .filter(|one| one.header("authorization").is_some())
        .last()
        .unwrap();
    assert_eq!(all.operation, Some("profile_get"));
    assert_eq!(all.header("x-engagespot-user-id"), Some("ada"));
    assert_eq!(all.header("x-engagespot-api-secret"), None);
}

#[tokio::test]
async fn hosts_come_from_the_environment() {
    let url = async |variables: &[(&str, &str)]| {
        with("url", &[&[KEY], variables].concat()).await.join("\n")
    };
    assert_eq!(url(&[]).await, "https://api.engagespot.co");
    assert_eq!(
        url(&[("ENGAGESPOT_REGION", "eu")]).await,
        "https://api-eu.engagespot.co"
    );
    assert_eq!(
        url(&[("ENGAGESPOT_BASE_URL", "http://127.0.0.1:4010/x/")]).await,
        "http://127.0.0.1:4010/x"
    );
    let unknown = url(&[("ENGAGESPOT_REGION", "mars")]).await;
    assert!(
        unknown.starts_with("engagespot client: invalid configuration: "),
        "{unknown}"
    );
    assert_eq!(with("url", &[]).await.len(), 1);
}

#[tokio::test]
async fn a_signer_comes_from_the_environment() {
    let signer = async |variables: &[(&str, &str)]| with("signer", variables).await.join("\n");
    let one_line = PRIVATE.replace('\n', "\\n");
    for pem in [PRIVATE, &one_line] {
        assert_eq!(
            signer(&[KEY, ("ENGAGESPOT_PRIVATE_SIGNING_KEY", pem)]).await,
            "true"
        );
    }
    assert_eq!(
        signer(&[KEY]).await,
        "set the environment variable ENGAGESPOT_PRIVATE_SIGNING_KEY"
    );
    assert_eq!(
        signer(&[
            ("ENGAGESPOT_API_KEY", " "),
            ("ENGAGESPOT_PRIVATE_SIGNING_KEY", PRIVATE)
        ])
        .await,
        "set the environment variable ENGAGESPOT_API_KEY"
    );
}
