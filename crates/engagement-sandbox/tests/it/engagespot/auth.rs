//! Authentication.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use engagement_sandbox::{Engagespot, Sandbox};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use super::{Spot, unauthorised};

const INBOX: &str = "/v3/notifications";

/// A private key (PKCS #8) that was generated for these tests.
const PRIVATE_KEY: &str = "\
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC2nGNJI81KKmFbbHctRples+Dw1OjBwndXz8Wguo8uAJABWJh0\
3UC32oNJJIb8R2V42umPHrmPMGCH+oSOBKvx2kSqz7ML0zAJbXJmk2CluUF30lkG8xZIeg4vYKEFJtJsJpS73aBs1Yiqwe94Qgb3\
xjeYvlA7FvteRF65VvSaWi8ZCBWoW8Y1euhZBhV0/chiTFH+EoyfxyyEGo5jN+V26h+YfoFK2c3u98JLFN55ZH+qprXvYzLeXXdd\
fbvhZDwVpm7+c9GSfyXmVx3rpLw/qexAlYAZ9ARPfgp2QPQfr7+FMM8lGxbSpOc89AwQ+Z/hoIEPjpOO2RC7r0sgpA57AgMBAAEC\
ggEAGfklcA49EUr03QWQ7+omP1+TY33M+143DlDZmbJfUho3YVGiIaEkpuHYIYul/XUEPEvaw4YJu5GUcVLTDsYgVL6IXMk8/LYV\
k4mzJ17X9MpkQvAyxHfH2BgwM1HppStv630TU6NCwagfj7YU4wR1LEHPv5R2IelzaGWOGYuCL//dLC1wQeV+qGPLClCpKJExUxzR\
qQa26oIippIt4r8rnRyqgWaFl21VyCF/V98Gw3NkiKcG3E+5xlfATiLk/xxDTD+zpqQF/jKPnP1+hCqp7k/Klbuf6Z6VchKhbBJ0\
JST+j6nIiQeBplnTUCYd1eBLqYm1cBvyilgZgVeIWu4+hQKBgQDlkaq08+kwRlTD5Lk2s3p/BDX+NiJF2pQN+0WafZCoqio+92O1\
ykxl2ALfwAUv+5V5cx4arastA9WiWooEI9PKun1CBLEVCk237Px4otHHOSsUwmBodYJnJZlQaaQtnH/vnDsCXRGZpPbCw6fctUEA\
Xg8jf2VAUt3Sz0BfV2WE9QKBgQDLoqyOdqJiXHDfSOcQZ0k0WYK3wINfOGg+Kqof78klF1UYuLHplvbqS2dr9buOuww6FI6s7xC9\
sRLqlk0mDAwndyxrS10FqTPdg+PkzYkzlnBRBJD3lfwDjn1h1M9pdrpxExfgZTj+59rxynQvlAR9WqMfCLOO2WzZLPwlZ8KfrwKB\
gQCEDjYXX1NdbKeoA/My7y1g0UhJ0lQGwMR4Anm4c9B55WDl1aMq2JL35rlIgom5X0xNj5XanNohy9nhSZmo5f8X2AzjpBVFWCb6\
zT0yG972bgFFMMcKb8YylWNK6WoCvsqtR75+DpFoQ4ea47e08yLQFks5DThuNvzZHlUWQwzn3QKBgA16nRVpAOKl38rH1pOdYpkW\
e7KSCaAZ6byDsnMeuh+8ZaOXRh+CIKHtj9DzmRCfjPWjOrZztJX5zJi+jijAj2VlXAlWGbgwNQCqpEEW4cgKYzDZrobU5LOPkPkS\
zw/aDglCDEiMKrOkwTdUAVDM6WcqwrVhLBF+jtfpRF9teNJ9AoGBALpZFJFptVi/wcYhyx9zsJIDVQInjlxEzrsZqiRzK6wCD5z5\
AgXVAZlklEF2RfvONrMNev8gJGhqy3RqqAOAbW0Ae4F4BhSa4VDJX6poWZadWZYFpkWJwIWfjoebeBRR+aIEMkQvKSlDDq10I9BQ\
LmEi1pQaOOdsfPTTlPumC9Yt";

/// Its public key.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtpxjSSPNSiphW2x3LUaZ
XrPg8NTowcJ3V8/FoLqPLgCQAViYdN1At9qDSSSG/EdleNrpjx65jzBgh/qEjgSr
8dpEqs+zC9MwCW1yZpNgpblBd9JZBvMWSHoOL2ChBSbSbCaUu92gbNWIqsHveEIG
98Y3mL5QOxb7XkReuVb0mlovGQgVqFvGNXroWQYVdP3IYkxR/hKMn8cshBqOYzfl
duofmH6BStnN7vfCSxTeeWR/qqa172My3l13XX274WQ8FaZu/nPRkn8l5lcd66S8
P6nsQJWAGfQET34KdkD0H6+/hTDPJRsW0qTnPPQMEPmf4aCBD46TjtkQu69LIKQO
ewIDAQAB
-----END PUBLIC KEY-----
";

/// Another public key.
const OTHER_PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2p3G1Q2DNBe81EjNNpIy
f/2Cw/Ub180yzTDSq+EK53CUnXGCMZZPFYK+ZTF3skq6LPB2enu6R2XTquQ0iUSE
hYIhXYswl07dsQyFENhrIdY0io0PN85oeUJ+0s/14LyI4DgIUZ0Fm8yqXkbokOv2
9wOCo1r7JVQNwHSY9LmyqOdaEoOz2BMcXqpL5YJqocALG7cSFd/KpMNdCCd1Mxu5
WDWPdUQghLxP2ZgOcEZ7vHs4fPm68+pqUPlZg6dOO9Z8XU4xk7FBOVka6YLFuiXh
RTBG4COLJoJhXZnOqzTxnyRI1pKlZ2/aC6Kfw5Fi91RRTx5KhhVFUqrGkZMdQU6e
fwIDAQAB
-----END PUBLIC KEY-----
";

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}.bm9uZQ", encoded(header), encoded(claims))
}

fn signed(claims: &Value) -> String {
    let key = BASE64_STANDARD.decode(PRIVATE_KEY).expect("base64");
    let key = KeyPair::from_pkcs8(&key).expect("a key");
    let text = format!(
        "{}.{}",
        encoded(&json!({ "alg": "RS256", "typ": "JWT" })),
        encoded(claims)
    );
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .expect("a signature");
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn claims(user: &str) -> Value {
    json!({ "sub": format!("user:{user}"), "apiKey": Engagespot::API_KEY, "iat": 1_700_000_000 })
}

fn rs256() -> Value {
    json!({ "alg": "RS256", "typ": "JWT" })
}

/// An app with users Ada and Eve, and one notification for Ada.
async fn start() -> Sandbox {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada", "eve"]).await;
    app.notify("ada", &["for Ada"]).await;
    sandbox
}

/// The number of notifications that a caller can read.
async fn found(caller: Spot<'_>) -> usize {
    let page = caller.ok("GET", INBOX, Value::Null).await;
    page["data"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn the_app_authenticates_with_key_and_secret() {
    let sandbox = start().await;
    let key = ("x-engagespot-api-key", Engagespot::API_KEY);
    let secret = ("x-engagespot-api-secret", Engagespot::API_SECRET);
    let path = "/v3/topics/subscriptions/ada";
    assert_eq!(Spot::new(&sandbox, &[key, secret]).get(path).await.0, 200);
    for headers in [
        &[][..],
        &[key],
        &[secret],
        &[key, ("x-engagespot-api-secret", "wrong")],
        &[("x-engagespot-api-key", "wrong"), secret],
        &[key, ("x-engagespot-user-id", "ada")],
        &[key, ("x-engagespot-secret-key", Engagespot::API_SECRET)],
    ] {
        let caller = Spot::new(&sandbox, headers);
        assert_eq!(caller.get(path).await, unauthorised(), "{headers:?}");
    }
    let token = Spot::token(&sandbox, &unsigned(&rs256(), &claims("ada")));
    assert_eq!(token.get(path).await, unauthorised());
    assert_eq!(
        Spot::app(&sandbox).get("/v3/profile").await,
        unauthorised(),
        "a profile is the user's"
    );
}

#[tokio::test]
async fn a_user_authenticates_with_key_and_user_id() {
    let sandbox = start().await;
    assert_eq!(found(Spot::user(&sandbox, "ada")).await, 1);
    assert_eq!(found(Spot::user(&sandbox, "eve")).await, 0);
    assert_eq!(found(Spot::user(&sandbox, "anyone at all")).await, 0);
    let signed = Spot::user(&sandbox, "ada").with("x-engagespot-user-signature", "whatever");
    assert_eq!(found(signed).await, 1, "no signature is required");
    let without_id = Spot::user(&sandbox, "");
    assert_eq!(without_id.get(INBOX).await, unauthorised());
    let wrong = [
        ("x-engagespot-api-key", "wrong"),
        ("x-engagespot-user-id", "ada"),
    ];
    assert_eq!(Spot::new(&sandbox, &wrong).get(INBOX).await, unauthorised());
}

#[tokio::test]
async fn signatures_are_checked_if_they_are_required() {
    let sandbox = Sandbox::start().await.expect("a free port");
    sandbox.engagespot().require_signatures();
    let call = async |user: &str, signature: &str| {
        Spot::user(&sandbox, user)
            .with("x-engagespot-user-signature", signature)
            .get(INBOX)
            .await
    };
    // HMAC-SHA256 of the user id with the app's secret as key.
    let right = "9y5OFjPuUz8rFmqgNtfEqm4ARIsD7EGzLSjsdJshL8A=";
    assert_eq!(call("ada@example.com", right).await.0, 200);
    assert_eq!(call("eve@example.com", right).await, unauthorised());
    assert_eq!(
        call("ada@example.com", right.trim_end_matches('=')).await,
        unauthorised(),
        "the padding belongs to it"
    );
    assert_eq!(call("ada@example.com", "").await, unauthorised());
    let bare = Spot::user(&sandbox, "ada@example.com");
    assert_eq!(bare.get(INBOX).await, unauthorised());
    let token = unsigned(&rs256(), &claims("ada"));
    assert_eq!(
        Spot::token(&sandbox, &token).get(INBOX).await.0,
        200,
        "a token needs none"
    );
    let app = Spot::app(&sandbox);
    let path = format!("{INBOX}?userIdentifier=ada");
    assert_eq!(app.get(&path).await.0, 200);
    sandbox.reset();
    assert_eq!(bare.get(INBOX).await.0, 200);
}

#[tokio::test]
async fn a_token_authenticates_the_user_in_its_claims() {
    let sandbox = start().await;
    let token = unsigned(&rs256(), &claims("ada"));
    assert_eq!(found(Spot::token(&sandbox, &token)).await, 1);
    let along = Spot::user(&sandbox, "ada").with("authorization", &format!("bearer {token}"));
    assert_eq!(found(along).await, 1, "key and user id may come along");

    let with = |key: &str, value: Value| {
        let mut claims = claims("ada");
        claims[key] = value;
        unsigned(&rs256(), &claims)
    };
    let good = with("exp", json!(4_000_000_000_i64));
    assert_eq!(found(Spot::token(&sandbox, &good)).await, 1);
    for token in [
        with("exp", json!(1_700_000_001)),
        with("apiKey", json!("other")),
        with("apiKey", Value::Null),
        with("sub", json!("ada")),
        with("sub", json!("user:")),
        unsigned(&json!({ "alg": "HS256" }), &claims("ada")),
        unsigned(&json!({ "alg": "none" }), &claims("ada")),
        token.replacen('.', "", 1),
        format!("{token}.x"),
        "sandbox".to_owned(),
        String::new(),
    ] {
        let caller = Spot::token(&sandbox, &token);
        assert_eq!(caller.get(INBOX).await, unauthorised(), "{token}");
    }
    let bearer = format!("Bearer {token}");
    let other = Spot::user(&sandbox, "eve").with("authorization", &bearer);
    assert_eq!(other.get(INBOX).await, unauthorised(), "two users");
    let basic = Spot::new(&sandbox, &[("authorization", &format!("Basic {token}"))]);
    assert_eq!(basic.get(INBOX).await, unauthorised());
    let named = Spot::new(&sandbox, &[("authentication", &bearer)]);
    assert_eq!(named.get(INBOX).await, unauthorised());
}

#[tokio::test]
async fn secure_mode_requires_a_signed_token_of_users() {
    let sandbox = start().await;
    let spot = sandbox.engagespot();
    assert_eq!(spot.enable_secure_mode(PUBLIC_KEY), Ok(()));
    let token = signed(&claims("ada"));
    assert_eq!(found(Spot::token(&sandbox, &token)).await, 1);
    assert_eq!(
        found(Spot::token(&sandbox, &signed(&claims("eve")))).await,
        0
    );
    let forged = unsigned(&rs256(), &claims("ada"));
    let (_, signature) = token.rsplit_once('.').expect("three parts");
    let borrowed = format!(
        "{}.{}.{signature}",
        encoded(&rs256()),
        encoded(&claims("eve"))
    );
    for token in [forged, borrowed] {
        let caller = Spot::token(&sandbox, &token);
        assert_eq!(caller.get(INBOX).await, unauthorised());
    }
    let bare = Spot::user(&sandbox, "ada");
    assert_eq!(bare.get(INBOX).await, unauthorised());
    let with_signature = Spot::user(&sandbox, "ada").with("x-engagespot-user-signature", "x");
    assert_eq!(with_signature.get(INBOX).await, unauthorised());
    // The app's secret is still accepted, and a user id is ignored with it.
    let app = Spot::app(&sandbox).with("x-engagespot-user-id", "eve");
    let page = app
        .ok("GET", &format!("{INBOX}?userIdentifier=ada"), Value::Null)
        .await;
    assert_eq!(page["pagination"]["totalCount"], 1);

    assert_eq!(spot.enable_secure_mode(OTHER_PUBLIC_KEY), Ok(()));
    assert_eq!(
        Spot::token(&sandbox, &token).get(INBOX).await,
        unauthorised()
    );
    sandbox.reset();
    assert_eq!(bare.get(INBOX).await.0, 200);
}

#[tokio::test]
async fn invalid_public_keys_are_refused() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let ed25519 = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA/7YdSvW21sPUs0B2k7YBesLghK01cmylHbapDiqht/Y=
-----END PUBLIC KEY-----";
    // An RSA key for another signature algorithm.
    let pss = PUBLIC_KEY.replacen("AQEF", "AQoF", 1);
    let cut = PUBLIC_KEY.replacen("AQAB", "", 1);
    let private = format!("-----BEGIN PRIVATE KEY-----\n{PRIVATE_KEY}\n-----END PRIVATE KEY-----");
    let named = format!("-----BEGIN PUBLIC KEY-----\n{PRIVATE_KEY}\n-----END PUBLIC KEY-----");
    for text in ["", "key", ed25519, &pss, &cut, &private, &named] {
        assert_eq!(
            sandbox.engagespot().enable_secure_mode(text),
            Err("the public key must be PEM text with `BEGIN PUBLIC KEY`, and RSA".to_owned()),
            "{text}"
        );
    }
    assert_eq!(Spot::user(&sandbox, "ada").get(INBOX).await.0, 200);
}

#[tokio::test]
async fn the_hint_gives_the_reason() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let hint = async |headers: &[(&'static str, &str)], path: &str| {
        let caller = Spot::new(&sandbox, headers);
        let mut request = caller
            .client
            .get(format!("{}{path}", sandbox.engagespot().base_url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("a response");
        let hint = response.headers().get("x-sandbox-hint");
        hint.and_then(|hint| hint.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let path = "/v3/topics/subscriptions/ada";
    assert_eq!(
        hint(&[], path).await,
        "send all headers of one way to authenticate: apiKey and apiSecret"
    );
    let wrong = [("x-engagespot-api-key", "s3cr3t")];
    assert_eq!(
        hint(&wrong, path).await,
        "`X-ENGAGESPOT-API-KEY` doesn't contain the app's value"
    );
    assert_eq!(sandbox.engagespot().enable_secure_mode(PUBLIC_KEY), Ok(()));
    let bare = [
        ("x-engagespot-api-key", Engagespot::API_KEY),
        ("x-engagespot-user-id", "ada"),
    ];
    assert_eq!(
        hint(&bare, "/v3/profile").await,
        "secure mode is on, so a user needs a token: userToken and apiKey and userId; or userToken"
    );
}
