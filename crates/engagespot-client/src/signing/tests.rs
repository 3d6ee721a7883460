use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use super::*;

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../tests/keys/test-only-", $name, ".pem"))
    };
}

const API_KEY: &str = "test-key";

fn signer() -> TokenSigner {
    TokenSigner::from_rsa_pem(API_KEY, key!("private")).unwrap()
}

fn refused(pem: impl Into<Secret>) -> SigningError {
    TokenSigner::from_rsa_pem(API_KEY, pem).unwrap_err()
}

/// The RSA key at the end of the PEM text, after the 24 bytes of its algorithm identifier.
fn public_key() -> Vec<u8> {
    let lines = key!("public")
        .lines()
        .filter(|line| !line.contains(['-', ' ']));
    let whole = BASE64_STANDARD.decode(lines.collect::<String>()).unwrap();
    whole[24..].to_vec()
}

/// The three parts of a token: header and claims as text, and whether the signature is the test key's.
fn read(token: &Secret) -> (String, String, bool) {
    let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let text = |part: &str| String::from_utf8(decode(part)).unwrap();
    let (signed, signature) = token.expose().rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key());
    let verifies = public.verify(signed.as_bytes(), &decode(signature)).is_ok();
    (text(header), text(claims), verifies)
}

/// As OpenSSL signs it: `openssl dgst -sha256 -sign`.
#[test]
fn tokens_are_what_openssl_signs() {
    let at = Duration::from_millis(1_740_820_500_999);
    let token = signer().signed("ada@example.com", at, None).unwrap();
    assert_eq!(token.expose(), PLAIN);
    let token = signer().signed("zoë/7", at, Some(1_740_820_562)).unwrap();
    assert_eq!(token.expose(), EXPIRING);
}

#[test]
fn a_token_contains_only_user_and_times() {
    let earliest = now().as_secs();
    let token = signer().token("ada@example.com").unwrap();
    let (header, claims, verifies) = read(&token);
    assert_eq!(header, r#"{"alg":"RS256","typ":"JWT"}"#);
    assert!(verifies);
    let iat = serde_json::from_str::<Value>(&claims).unwrap()["iat"].as_u64();
    let iat = iat.unwrap();
    assert!((earliest..=now().as_secs()).contains(&iat), "{iat}");
    assert_eq!(
        claims,
        format!(r#"{{"sub":"user:ada@example.com","apiKey":"test-key","iat":{iat}}}"#)
    );
}

#[test]
fn an_expiry_is_rounded_up() {
    let lifetime = |lifetime| {
        let token = signer().token_expiring_in("ada", lifetime).unwrap();
        let (_, claims, verifies) = read(&token);
        assert!(verifies);
        let claims: Value = serde_json::from_str(&claims).unwrap();
        assert_eq!(claims.as_object().unwrap().len(), 4);
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap()
    };
    // `iat` is cut off, so that the end may be a second later.
    assert!([3600, 3601].contains(&lifetime(Duration::from_secs(3600))));
    assert!([1, 2].contains(&lifetime(Duration::from_millis(1))));
    assert!(lifetime(Duration::MAX) > u64::MAX / 2);
}

#[test]
fn a_key_is_accepted_in_every_usual_format() {
    let at = Duration::from_secs(1_740_820_500);
    let whole = BASE64_STANDARD.encode(key!("private"));
    let (first, second) = whole.split_at(64);
    for pem in [
        key!("private").to_owned(),
        key!("private-pkcs1").to_owned(),
        key!("private").replace('\n', "\r\n"),
        key!("private").replace('\n', "\\n"),
        key!("private").replace('\n', " "),
        format!("{}{}", key!("public"), key!("private")),
        whole.clone(),
        format!("{first}\n{second}\n"),
    ] {
        let signer = TokenSigner::from_rsa_pem(API_KEY, pem).unwrap();
        let token = signer.signed("ada@example.com", at, None).unwrap();
        assert_eq!(token.expose(), PLAIN);
    }
}

#[test]
fn each_invalid_key_has_its_own_error() {
    let private = key!("private");
    let cut = &private[..private.len() / 2];
    let body_cut = private.replacen("MII", "", 1);
    for (pem, message) in [
        ("", SigningError::NotPem),
        ("sk_live_123", SigningError::NotPem),
        ("c2tfbGl2ZV8xMjM=", SigningError::NotPem),
        (cut, SigningError::Damaged),
        (&body_cut, SigningError::Damaged),
        ("-----BEGIN ", SigningError::Damaged),
        (key!("public"), SigningError::PublicKey),
        (key!("encrypted"), SigningError::Encrypted),
        (key!("encrypted-pkcs1"), SigningError::Encrypted),
        (key!("ec"), SigningError::NotRsa),
        (key!("ec-sec1"), SigningError::NotRsa),
        (key!("small"), SigningError::TooSmall),
        (key!("large"), SigningError::TooLarge),
        (key!("unusual"), SigningError::UnusualSize),
        (
            concat!(key!("small"), key!("public")),
            SigningError::TooSmall,
        ),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            SigningError::NotPrivateKey,
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            SigningError::Damaged,
        ),
    ] {
        assert_eq!(refused(pem), message, "{pem}");
    }
}

/// Wherever it is cut, and although the text itself is closed again.
#[test]
fn a_shortened_key_is_damaged() {
    for name in [key!("private"), key!("private-pkcs1")] {
        let (begin, rest) = name.split_once("KEY-----\n").unwrap();
        let (body, end) = rest.split_once("-----END").unwrap();
        let body = body.replace('\n', "");
        for length in (0..body.len()).step_by(4) {
            let cut = format!("{begin}KEY-----\n{}\n-----END{end}", &body[..length]);
            assert_eq!(refused(cut), SigningError::Damaged, "{length}");
        }
    }
}

#[test]
fn neither_errors_nor_debug_show_the_key() {
    let line = key!("private").lines().nth(3).unwrap();
    let damaged = refused(key!("private").replacen("MII", "", 1));
    assert_eq!(
        damaged.to_string(),
        "the signing key is damaged: set the full PEM text of a private RSA key"
    );
    assert!(!format!("{damaged:?}").contains(line));
    assert_eq!(format!("{:?}", signer()), "TokenSigner { .. }");
}

#[test]
fn an_empty_user_gets_no_token() {
    assert_eq!(signer().token("").unwrap_err(), SigningError::EmptyUserId);
    let nameless = TokenSigner::from_rsa_pem(" ", key!("private")).unwrap_err();
    assert_eq!(nameless, SigningError::EmptyApiKey);
}

#[test]
fn a_signature_is_the_documented_one() {
    let signature = user_signature("test-secret", "user-1@example.com").unwrap();
    assert_eq!(
        signature.expose(),
        "k48P69hGFpfF1BwY+MgFjzv2ZvFUcGZDVBbOQObNcoA="
    );
}

#[test]
fn a_signature_needs_a_secret_and_a_user() {
    for blank in ["", " ", "\n"] {
        let error = user_signature(blank, "ada").unwrap_err();
        assert_eq!(error, SigningError::EmptyApiSecret);
    }
    assert_eq!(
        SigningError::EmptyApiSecret.to_string(),
        "the API secret is empty; a typical cause is an unset environment variable"
    );
    let error = user_signature("test-secret", "").unwrap_err();
    assert_eq!(error, SigningError::EmptyUserId);
}

const PLAIN: &str = concat!(
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyOmFkYUBleGFtcGxlLmNvbSIsImFwaUtleSI6InRlc3Q",
    "ta2V5IiwiaWF0IjoxNzQwODIwNTAwfQ.JP-WS5ZIn2EGYmFv8xo005QJ2sViveYwYYZjrKl5DLqb8kVUNsyKD-Ed-7jJqOLW",
    "BfxZ0Up8DmnrLU0WyyvyUsVK907aW7b25fKSj1mCxeT-MeBMaCsezRy_UMVUkjMlLUx330GrXSyQ32mrBdNCSsRFLE8wpQdh",
    "x1J9VgNvS4LxnbOI4JEA-ChD8FJLItJHy9UJObD_TGudv77JPqlEDaetzIFI9F8H8IaUS4uVGkDmzXPJLtbmZkPFGqIjhs1b",
    "r2mez0gILGPR2XDiiWuGvmLOdSgeLvgEugXCZMMMxWIqO91nTQvBanPUSxu6DzLYHe9Ep1nbztXC7qFbGvkbmg",
);

const EXPIRING: &str = concat!(
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyOnpvw6svNyIsImFwaUtleSI6InRlc3Qta2V5IiwiaWF",
    "0IjoxNzQwODIwNTAwLCJleHAiOjE3NDA4MjA1NjJ9.V5GRSFhzk9lI5H8CyHlkfq_QSjJa7TFqcskpXiWvFFhkZfs-lb6N1t",
    "P6wH_VIViycr3Yv7GycdTFgYr8wQbIn8iPX6-ILl0e9HrJudVPEhIbtQQ_BDDfPjkhpiiyUYLYNtvZmxSGYfyLE1-t6p7mOu",
    "PQWxf7QmsT_G6BWAMx70aFWra7W_ydYmLjHeKESqjZgDCNpD1kNTo2nzvurqI5JuuxgS20apj05lA20B0yLxEQXZDEkZuRAG",
    "b2cp7x_xpb-zFS-V_c1DGyZIf1vUjJ6JaP8NL6hMmZvGjDjZROAklxLMv4LUMdm4kU1_f7v0r8eqYBgpqvnEM4DU7AOFeNDw",
);
