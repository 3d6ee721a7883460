//! The variables that `from_env` of each client reads. Each case runs in another process, because changing variables is
//! unsafe.

use std::process::Command;

use engagement_clients::engagespot::{TokenSigner, types::ProfileAttributes};
use engagement_clients::{Error, engage, engagebay, engageone, engagespot, webengage};
use engagement_sandbox::{EngageOne, Engagespot, Sandbox};

/// The variable that selects the output of the other process.
const CHILD: &str = "ENVIRONMENT_TEST_CHILD";
const PRIVATE: &str = include_str!("../../engagespot-client/tests/keys/test-only-private.pem");

type Variables<'a> = &'a [(&'a str, &'a str)];

/// The other process. It does nothing if the variable is not set.
#[tokio::test]
async fn child() {
    let print = |result: Result<String, Error>| match result {
        Ok(text) => println!("> {text}"),
        Err(error) => println!("> {error}"),
    };
    macro_rules! base_url {
        ($provider:ident) => {
            print($provider::Client::from_env().map(|client| client.base_url().to_owned()))
        };
    }
    match std::env::var(CHILD).as_deref() {
        Ok("engage") => base_url!(engage),
        Ok("engagebay") => base_url!(engagebay),
        Ok("engageone") => base_url!(engageone),
        Ok("engagespot") => base_url!(engagespot),
        Ok("webengage") => base_url!(webengage),
        Ok("engageone call") => {
            let client = engageone::Client::from_env().unwrap();
            let sources = client.data_sources().list().send().await;
            print(sources.map(|_| "as the customer".to_owned()));
        }
        Ok("engagespot calls") => {
            let client = engagespot::Client::from_env().unwrap();
            let profile = client.profile().get().send().await;
            print(profile.map(|_| "as a user".to_owned()));
            let users = client.users().create_or_update("ada");
            let users = users.body(ProfileAttributes::new()).send().await;
            print(users.map(|_| "as the app".to_owned()));
        }
        Ok("engagespot signer") => match TokenSigner::from_env() {
            Ok(signer) => println!("> {}", signer.token("ada").is_ok()),
            Err(error) => println!("> {error}"),
        },
        _ => {}
    }
}

/// The output of the other process with only these variables of the clients.
fn child_with(what: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("ENGAGE") || name.starts_with("WEBENGAGE") {
            command.env_remove(&*name);
        }
    }
    command
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, what)
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines = printed.lines().filter_map(|line| line.split_once("> "));
    lines.map(|(_, text)| text.to_owned()).collect()
}

const ENGAGE: (&str, &str) = ("ENGAGE_API_KEY", "key");
const ENGAGEBAY: (&str, &str) = ("ENGAGEBAY_API_KEY", "key");
const WEBENGAGE: Variables<'_> = &[
    ("WEBENGAGE_API_KEY", "key"),
    ("WEBENGAGE_LICENSE_CODE", "code"),
];
const CUSTOMER: (&str, &str) = ("ENGAGEONE_CUSTOMER_ID", EngageOne::CUSTOMER_ID);
const CLIENT: (&str, &str) = ("ENGAGEONE_CLIENT_ID", EngageOne::CLIENT_ID);
const ONE_SECRET: (&str, &str) = ("ENGAGEONE_SECRET", EngageOne::SECRET);
const ONE_TOKEN: (&str, &str) = ("ENGAGEONE_TOKEN", "a.b.c");
const ENGAGEONE: Variables<'_> = &[CUSTOMER, CLIENT, ONE_SECRET];
const KEY: (&str, &str) = ("ENGAGESPOT_API_KEY", Engagespot::API_KEY);
const SECRET: (&str, &str) = ("ENGAGESPOT_API_SECRET", Engagespot::API_SECRET);
const USER: (&str, &str) = ("ENGAGESPOT_USER_ID", "ada");

/// The base URL of each client, or the error.
#[test]
fn credentials_regions_and_hosts_are_read() {
    let no_login = |variables: &str| {
        format!(
            "engageone client: missing credentials: set the environment {variables} to use a token that you have"
        )
    };
    for (provider, variables, added, expected) in [
        ("engage", &[ENGAGE][..], &[][..], "https://api.engage.so/v1"),
        (
            "engage",
            &[ENGAGE],
            &[("ENGAGE_BASE_URL", "http://127.0.0.1:4010/x/")],
            "http://127.0.0.1:4010/x",
        ),
        (
            "engage",
            &[],
            &[],
            "engage client: missing credentials: set the environment variable ENGAGE_API_KEY (API key), or ENGAGE_API_KEY and ENGAGE_API_SECRET (API key and secret)",
        ),
        ("engagebay", &[ENGAGEBAY], &[], "https://app.engagebay.com"),
        (
            "engagebay",
            &[("ENGAGEBAY_API_KEY", " ")],
            &[],
            "engagebay client: missing credentials: set the environment variable ENGAGEBAY_API_KEY (REST API key)",
        ),
        (
            "engagebay",
            &[],
            &[],
            "engagebay client: missing credentials: set the environment variable ENGAGEBAY_API_KEY (REST API key)",
        ),
        ("webengage", WEBENGAGE, &[], "https://api.webengage.com"),
        (
            "webengage",
            WEBENGAGE,
            &[("WEBENGAGE_REGION", "india")],
            "https://api.in.webengage.com",
        ),
        (
            "webengage",
            WEBENGAGE,
            &[("WEBENGAGE_REGION", "mars")],
            "webengage client: invalid configuration: there is no such region: the regions are `global`, `india`, `saudi`, `europe`",
        ),
        (
            "webengage",
            &WEBENGAGE[..1],
            &[],
            "https://api.webengage.com",
        ),
        ("engagespot", &[KEY], &[], "https://api.engagespot.co"),
        (
            "engagespot",
            &[KEY],
            &[("ENGAGESPOT_REGION", "eu")],
            "https://api-eu.engagespot.co",
        ),
        (
            "engagespot",
            &[KEY],
            &[("ENGAGESPOT_BASE_URL", "http://127.0.0.1:4010/x/")],
            "http://127.0.0.1:4010/x",
        ),
        (
            "engagespot",
            &[KEY],
            &[("ENGAGESPOT_REGION", "mars")],
            "engagespot client: invalid configuration: there is no such region: the regions are `us`, `eu`",
        ),
        (
            "engagespot",
            &[],
            &[],
            "engagespot client: missing credentials: set the environment variable ENGAGESPOT_API_KEY and ENGAGESPOT_API_SECRET (API key and API secret), or ENGAGESPOT_USER_TOKEN (user token), or ENGAGESPOT_API_KEY and ENGAGESPOT_USER_ID (API key and user id)",
        ),
        (
            "engageone",
            ENGAGEONE,
            &[],
            "https://api.us-east-1.communicate.engageone.co",
        ),
        (
            "engageone",
            ENGAGEONE,
            &[("ENGAGEONE_REGION", "eu-west-1")],
            "engageone client: invalid configuration: there is no such region: the regions are `us-east-1`",
        ),
        (
            "engageone",
            ENGAGEONE,
            &[("ENGAGEONE_NLU_URL", "ftp://nlu.example.com")],
            "engageone client: invalid configuration: the URL of the server `nlu` cannot be used: it must be an http or https URL with a host",
        ),
        (
            "engageone",
            &[],
            &[],
            &no_login(
                "variables ENGAGEONE_CUSTOMER_ID, ENGAGEONE_CLIENT_ID and ENGAGEONE_SECRET to log in, or variables ENGAGEONE_CUSTOMER_ID and ENGAGEONE_TOKEN",
            ),
        ),
        (
            "engageone",
            &[CUSTOMER],
            &[],
            &no_login(
                "variables ENGAGEONE_CLIENT_ID and ENGAGEONE_SECRET to log in, or variable ENGAGEONE_TOKEN",
            ),
        ),
        (
            "engageone",
            &[CUSTOMER, CLIENT],
            &[],
            &no_login("variable ENGAGEONE_SECRET to log in, or variable ENGAGEONE_TOKEN"),
        ),
        (
            "engageone",
            &[CLIENT, ONE_SECRET],
            &[],
            &no_login(
                "variable ENGAGEONE_CUSTOMER_ID to log in, or variables ENGAGEONE_CUSTOMER_ID and ENGAGEONE_TOKEN",
            ),
        ),
        (
            "engageone",
            &[ONE_TOKEN],
            &[],
            &no_login(
                "variables ENGAGEONE_CUSTOMER_ID, ENGAGEONE_CLIENT_ID and ENGAGEONE_SECRET to log in, or variable ENGAGEONE_CUSTOMER_ID",
            ),
        ),
    ] {
        let variables = [variables, added].concat();
        let printed = child_with(provider, &variables);
        assert_eq!(printed, [expected], "{provider}, {variables:?}");
    }
}

#[test]
fn engageone_prefers_the_login_to_a_token() {
    let sandbox = Sandbox::builder().start_on_thread().unwrap();
    let one = sandbox.engageone();
    let (base, users) = (one.base_url(), one.server_url("users").unwrap());
    let urls = [
        ("ENGAGEONE_BASE_URL", base.as_str()),
        ("ENGAGEONE_USERS_URL", users.as_str()),
    ];
    let all = [CUSTOMER, CLIENT, ONE_SECRET, ONE_TOKEN];
    for credentials in [&all[..3], &all] {
        sandbox.reset();
        let printed = child_with("engageone call", &[credentials, &urls].concat());
        assert_eq!(printed, ["as the customer"]);
        let requests = sandbox.requests();
        assert_eq!((requests.len(), one.logins()), (2, 1));
        let customer = requests[1].header("pb-customer-id");
        assert_eq!(customer, Some(EngageOne::CUSTOMER_ID));
    }
    // The login keeps the customer id, whatever the header is.
    const COMPANY: (&str, &str) = ("ENGAGEONE_PB_CUSTOMER_ID", "eocm-Acme-Bank");
    sandbox.reset();
    let printed = child_with("engageone call", &[&all[..3], &urls, &[COMPANY]].concat());
    let refused = "engageone data_sources_list: 403 Forbidden: ";
    assert!(printed[0].starts_with(refused), "{printed:?}");
    let requests = sandbox.requests();
    assert_eq!(requests[0].json()["customer_id"], EngageOne::CUSTOMER_ID);
    assert_eq!(requests[1].header("pb-customer-id"), Some("eocm-Acme-Bank"));
    // With a token, nothing else is needed.
    sandbox.reset();
    child_with(
        "engageone call",
        &[&[ONE_TOKEN, COMPANY][..], &urls].concat(),
    );
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("pb-customer-id"), Some("eocm-Acme-Bank"));
    for credentials in [
        &[CUSTOMER, ONE_TOKEN][..],
        &[CUSTOMER, CLIENT, ("ENGAGEONE_SECRET", " "), ONE_TOKEN],
    ] {
        sandbox.reset();
        let printed = child_with("engageone call", &[credentials, &urls].concat());
        let refused = "engageone data_sources_list: 401 Unauthorized: ";
        assert!(printed[0].starts_with(refused), "{printed:?}");
        let requests = sandbox.requests();
        assert_eq!((requests.len(), one.logins()), (1, 0));
        assert_eq!(requests[0].header("authorization"), Some("Bearer a.b.c"));
    }
}

#[test]
fn engagespot_sends_the_credentials_that_each_call_requires() {
    let sandbox = Sandbox::builder().start_on_thread().unwrap();
    let url = sandbox.engagespot().base_url();
    let signer = TokenSigner::from_rsa_pem(Engagespot::API_KEY, PRIVATE).unwrap();
    let token = signer.token("ada").unwrap();
    let token = ("ENGAGESPOT_USER_TOKEN", token.expose());
    let url = ("ENGAGESPOT_BASE_URL", url.as_str());

    let no_user = "engagespot profile_get: missing credentials: ";
    let no_app = "engagespot users_create_or_update: missing credentials: ";
    for (variables, user, app) in [
        (&[KEY, SECRET][..], false, true),
        (&[KEY, USER], true, false),
        (&[token], true, false),
        (&[KEY, SECRET, USER], true, true),
        (&[KEY, SECRET, USER, token], true, true),
        // Neither is enough for a call.
        (&[KEY], false, false),
        (&[SECRET, USER], false, false),
    ] {
        let printed = child_with("engagespot calls", &[&[url], variables].concat());
        let [as_user, as_app] = <[String; 2]>::try_from(printed).unwrap();
        match user {
            true => assert_eq!(as_user, "as a user", "{variables:?}"),
            false => assert!(as_user.starts_with(no_user), "{variables:?}: {as_user}"),
        }
        match app {
            true => assert_eq!(as_app, "as the app", "{variables:?}"),
            false => assert!(as_app.starts_with(no_app), "{variables:?}: {as_app}"),
        }
    }
    // With all variables, the token takes precedence, with the headers that must match it.
    let requests = sandbox.requests();
    let mut with_token = requests
        .iter()
        .rev()
        .filter(|request| request.header("authorization").is_some());
    let last = with_token.next().unwrap();
    assert_eq!(last.operation, Some("profile_get"));
    assert_eq!(last.header("x-engagespot-user-id"), Some("ada"));
    assert_eq!(last.header("x-engagespot-api-secret"), None);
}

#[test]
fn engagespot_reads_the_key_of_a_signer() {
    let name = "ENGAGESPOT_PRIVATE_SIGNING_KEY";
    let one_line = PRIVATE.replace('\n', "\\n");
    for (variables, expected) in [
        (&[KEY, (name, PRIVATE)][..], "true"),
        (&[KEY, (name, &one_line)], "true"),
        (
            &[KEY],
            "set the environment variable ENGAGESPOT_PRIVATE_SIGNING_KEY",
        ),
        (
            &[("ENGAGESPOT_API_KEY", " "), (name, PRIVATE)],
            "set the environment variable ENGAGESPOT_API_KEY",
        ),
    ] {
        assert_eq!(child_with("engagespot signer", variables), [expected]);
    }
}
