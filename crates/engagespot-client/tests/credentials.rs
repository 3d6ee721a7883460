//! The headers of each way to authenticate, and the calls that it does not allow.

use engagement_sandbox::{Engagespot, Sandbox};
use engagespot_client::types::{NewCategory, SendNotification};
use engagespot_client::{Client, Error, ErrorKind, Method, Region, TokenSigner, user_signature};

const PRIVATE: &str = include_str!("keys/test-only-private.pem");
const PUBLIC: &str = include_str!("keys/test-only-public.pem");

const KEY: (&str, &str) = ("x-engagespot-api-key", Engagespot::API_KEY);
const SECRET: (&str, &str) = ("x-engagespot-api-secret", Engagespot::API_SECRET);
const USER: (&str, &str) = ("x-engagespot-user-id", "ada@example.com");

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
        .base_url(sandbox.engagespot().base_url())
        .build()
        .unwrap();
    (sandbox, client)
}

/// Checks the credentials of the last request, in alphabetical order of their headers.
fn sent(sandbox: &Sandbox, expected: &[(&str, &str)]) {
    let requests = sandbox.requests();
    let headers = &requests.last().unwrap().headers;
    let mut found: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .filter(|(name, _)| *name == "authorization" || name.starts_with("x-engagespot-"))
        .collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

fn hello() -> SendNotification {
    SendNotification::new("Hello").send_to("ada@example.com")
}

fn needs(error: &Error, expected: &str) {
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::MissingCredentials, false)
    );
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_backend_sends_key_and_secret() {
    let (sandbox, client) = start().await;
    client.notifications().send(hello()).send().await.unwrap();
    sent(&sandbox, &[KEY, SECRET]);
    let inbox = client.notifications().list();
    inbox
        .user_identifier("ada@example.com")
        .send()
        .await
        .unwrap();
    sent(&sandbox, &[KEY, SECRET]);
    client
        .request(Method::GET, "/v3/beta")
        .send()
        .await
        .unwrap_err();
    sent(&sandbox, &[KEY, SECRET]);
}

#[tokio::test]
async fn category_writes_send_the_secret_under_both_names() {
    let (sandbox, client) = start().await;
    let both = [
        KEY,
        SECRET,
        ("x-engagespot-secret-key", Engagespot::API_SECRET),
    ];
    let news = NewCategory::new("news", "News");
    let news = client.categories().create(news).send().await.unwrap();
    sent(&sandbox, &both);
    let id = news.id.unwrap();
    client.categories().delete(id).send().await.unwrap();
    sent(&sandbox, &both);
}

#[tokio::test]
async fn a_user_sends_key_and_user_id() {
    let (sandbox, backend) = start().await;
    let built = Client::builder_for_user(Engagespot::API_KEY, "ada@example.com")
        .base_url(sandbox.engagespot().base_url())
        .build()
        .unwrap();
    let derived = backend.as_user("ada@example.com").unwrap();
    for client in [built, derived] {
        assert_eq!(client.base_url(), backend.base_url());
        client.notifications().list().send().await.unwrap();
        sent(&sandbox, &[KEY, USER]);
        client.categories().list().send().await.unwrap();
        sent(&sandbox, &[KEY, USER]);
        client
            .request(Method::GET, "/v3/profile")
            .send()
            .await
            .unwrap();
        sent(&sandbox, &[KEY, USER]);

        let before = sandbox.request_count();
        let error = client.notifications().send(hello()).send().await;
        needs(
            &error.unwrap_err(),
            "engagespot notifications_send: missing credentials: set API key with .credential(\"apiKey\", Credential::header(key)) or ENGAGESPOT_API_KEY, together with API secret with .credential(\"apiSecret\", Credential::header(key)) or ENGAGESPOT_API_SECRET",
        );
        for error in [
            client.users().delete("ada").send().await,
            client.topics().delete(1).send().await,
            client.workflows().cancel_run("w", "k").send().await,
            client.categories().delete(1).send().await,
        ] {
            let error = error.unwrap_err();
            assert_eq!(
                (error.kind(), error.was_sent()),
                (ErrorKind::MissingCredentials, false)
            );
        }
        assert_eq!(sandbox.request_count(), before);
    }
    // The client of the backend is unchanged.
    backend.notifications().send(hello()).send().await.unwrap();
    sent(&sandbox, &[KEY, SECRET]);
}

#[tokio::test]
async fn a_signed_user_sends_its_signature_too() {
    let (sandbox, backend) = start().await;
    sandbox.engagespot().require_signatures();
    let unsigned = backend.as_user("ada@example.com").unwrap();
    assert!(
        unsigned
            .profile()
            .get()
            .send()
            .await
            .unwrap_err()
            .is_unauthorized()
    );

    let signature = user_signature(Engagespot::API_SECRET, "ada@example.com").unwrap();
    let signed = backend
        .as_user_with_signature("ada@example.com", signature.clone())
        .unwrap();
    signed.profile().get().send().await.unwrap();
    sent(
        &sandbox,
        &[
            KEY,
            USER,
            ("x-engagespot-user-signature", signature.expose()),
        ],
    );
    // Credentials of one user are not sent for another.
    let next = signed.as_user("grace").unwrap();
    assert!(
        next.profile()
            .get()
            .send()
            .await
            .unwrap_err()
            .is_unauthorized()
    );
    sent(&sandbox, &[KEY, ("x-engagespot-user-id", "grace")]);
}

#[tokio::test]
async fn a_token_is_sent_with_the_key_and_the_user_where_they_are_known() {
    let (sandbox, backend) = start().await;
    sandbox.engagespot().enable_secure_mode(PUBLIC).unwrap();
    let insecure = backend.as_user("ada@example.com").unwrap();
    assert!(
        insecure
            .profile()
            .get()
            .send()
            .await
            .unwrap_err()
            .is_unauthorized()
    );

    let signer = TokenSigner::from_rsa_pem(Engagespot::API_KEY, PRIVATE).unwrap();
    let token = signer.token("ada@example.com").unwrap();
    let header = format!("Bearer {}", token.expose());
    let built = Client::builder_with_token(token.clone())
        .base_url(sandbox.engagespot().base_url())
        .build()
        .unwrap();
    let user = "ada@example.com";
    let alone = &[("authorization", header.as_str())][..];
    let all = &[("authorization", header.as_str()), KEY, USER][..];
    for (client, credentials) in [
        (backend.as_user_with_token(user, token.clone()), all),
        (insecure.as_user_with_token(user, token.clone()), all),
        // Without an API key to send, and with a user id that no header can carry.
        (built.as_user_with_token(user, token.clone()), alone),
        (backend.as_user_with_token("zoë", token.clone()), alone),
        (Ok(built), alone),
    ] {
        let client = client.unwrap();
        client.notifications().list().send().await.unwrap();
        sent(&sandbox, credentials);
        client.categories().list().send().await.unwrap();
        sent(&sandbox, credentials);
        client
            .request(Method::GET, "/v3/profile")
            .send()
            .await
            .unwrap();
        sent(&sandbox, credentials);
        let before = sandbox.request_count();
        let error = client.notifications().send(hello()).send().await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::MissingCredentials);
        assert_eq!(sandbox.request_count(), before);
    }
}

#[tokio::test]
async fn secure_mode_accepts_only_signed_tokens() {
    let (sandbox, backend) = start().await;
    sandbox.engagespot().enable_secure_mode(PUBLIC).unwrap();
    let signer = TokenSigner::from_rsa_pem(Engagespot::API_KEY, PRIVATE).unwrap();
    let calls = async |token| {
        let client = backend.as_user_with_token("zoë/7", token).unwrap();
        client
            .profile()
            .get()
            .send()
            .await
            .map(|_| ())
            .map_err(|error| error.status().unwrap())
    };
    let hour = std::time::Duration::from_secs(3600);
    assert_eq!(calls(signer.token("zoë/7").unwrap()).await, Ok(()));
    assert_eq!(
        calls(signer.token_expiring_in("ada", hour).unwrap()).await,
        Ok(())
    );

    let another_app = TokenSigner::from_rsa_pem("another-key", PRIVATE).unwrap();
    let refused = Err(engagespot_client::StatusCode::UNAUTHORIZED);
    assert_eq!(calls(another_app.token("ada").unwrap()).await, refused);
    let token = signer.token("ada").unwrap();
    let forged = match token.expose().strip_suffix('A') {
        Some(start) => format!("{start}Q"),
        None => format!("{}A", &token.expose()[..token.expose().len() - 1]),
    };
    assert_eq!(calls(forged.into()).await, refused);
}

#[test]
fn a_user_id_must_be_valid_in_a_header() {
    let backend = Client::builder("key", "secret").build().unwrap();
    for (user, why) in [
        ("", "it is empty"),
        (
            "zoë",
            "it contains a character that is not allowed in a header",
        ),
        (
            "a\nb",
            "it contains a line end or another control character",
        ),
    ] {
        let expected = format!(
            "engagespot client: invalid configuration: the credential `user id` cannot be used: {why}"
        );
        assert_eq!(backend.as_user(user).unwrap_err().to_string(), expected);
        let built = Client::builder_for_user("key", user).build();
        assert_eq!(built.unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_region_selects_the_host() {
    let url = |region| {
        let client = Client::builder("key", "secret")
            .region(region)
            .build()
            .unwrap();
        client.base_url().to_owned()
    };
    assert_eq!(url(Region::Us), "https://api.engagespot.co");
    assert_eq!(url(Region::Eu), "https://api-eu.engagespot.co");
    let eu = Client::builder("key", "secret")
        .region(Region::Eu)
        .build()
        .unwrap();
    assert_eq!(
        eu.as_user("ada").unwrap().base_url(),
        "https://api-eu.engagespot.co"
    );
}

#[test]
fn no_secret_is_printed() {
    let backend = Client::builder("key-1234", "secret-1234").build().unwrap();
    let ada = backend
        .as_user_with_signature("ada-1234", "signature-1234")
        .unwrap();
    let token = backend.as_user_with_token("ada", "token-1234").unwrap();
    for printed in [
        format!("{backend:?}"),
        format!("{ada:?}"),
        format!("{token:?}"),
    ] {
        assert!(!printed.contains("1234"), "{printed}");
    }
}
