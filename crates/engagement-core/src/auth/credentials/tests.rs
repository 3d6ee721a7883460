//! The header that carries a credential, and the texts that are masked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderValue};

use super::{Credential, Credentials};
use crate::provider::{Scheme, SchemeKind};

const BASIC: Scheme = Scheme {
    name: "basic",
    kind: SchemeKind::Basic,
    label: "Login",
    env: &["U", "P"],
    secret: true,
};
const USER: Scheme = Scheme {
    name: "user",
    kind: SchemeKind::BasicUserOnly,
    label: "Key",
    env: &["K"],
    secret: true,
};
const BEARER: Scheme = Scheme {
    name: "bearer",
    kind: SchemeKind::Bearer,
    label: "Token",
    env: &["T"],
    secret: true,
};
const HEADER: Scheme = Scheme {
    name: "header",
    kind: SchemeKind::Header("X-Key"),
    label: "API key",
    env: &["H"],
    secret: true,
};

fn add(scheme: &'static Scheme, credential: Credential) -> Result<Credentials<()>, String> {
    let mut credentials = Credentials::default();
    credentials.add(scheme, &credential).map(|()| credentials)
}

fn sent(scheme: &'static Scheme, credential: Credential) -> HeaderMap {
    let mut headers = HeaderMap::new();
    add(scheme, credential)
        .unwrap()
        .attach(&[scheme.name], &[], &mut headers);
    assert!(headers.values().all(HeaderValue::is_sensitive));
    headers
}

#[test]
fn each_credential_is_sent_in_its_own_header() {
    assert_eq!(
        sent(&BASIC, Credential::basic("Aladdin", "open sesame"))["authorization"],
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    );
    assert_eq!(
        sent(&USER, Credential::user_only("key"))["authorization"],
        "Basic a2V5Og=="
    );
    assert_eq!(
        sent(&BEARER, Credential::bearer("t0k"))["authorization"],
        "Bearer t0k"
    );
    assert_eq!(sent(&HEADER, Credential::header("k"))["x-key"], "k");
}

#[test]
fn errors_about_invalid_credentials_do_not_contain_them() {
    for (scheme, credential) in [
        (&BASIC, Credential::basic("", "hidden")),
        (&BASIC, Credential::basic("hidden", " ")),
        (&BASIC, Credential::basic("hid:den", "hidden")),
        (&BASIC, Credential::basic("hidden", "hidden\n")),
        (&BASIC, Credential::bearer("hidden")),
        (&USER, Credential::user_only("\t")),
        (&BEARER, Credential::bearer("Bearer hidden")),
        (&BEARER, Credential::bearer("hidden\r\n")),
        (&BEARER, Credential::bearer("hiddené")),
        (&HEADER, Credential::header(" hidden")),
        (&HEADER, Credential::header("hidden\u{7f}")),
        (&HEADER, Credential::user_only("hidden")),
    ] {
        let reason = add(scheme, credential).err().expect("must be refused");
        assert!(!reason.contains("hid"), "{reason}");
    }
}

#[test]
fn a_public_id_is_not_masked() {
    static ID: Scheme = Scheme {
        name: "id",
        kind: SchemeKind::Header("X-Id"),
        label: "Id",
        env: &["I"],
        secret: false,
    };
    let credentials = add(&ID, Credential::header("acme")).unwrap();
    let text = "there is no customer acme".to_owned();
    assert_eq!(credentials.mask().mask(text.clone()), text);
}

#[test]
fn every_form_of_a_credential_is_masked() {
    let credentials = add(&BASIC, Credential::basic("us er@x", "pa\"ss")).unwrap();
    for echo in [
        "us er@x",
        "us%20er%40x",
        "us+er%40x",
        "pa\"ss",
        "pa\\\"ss",
        "pa%22ss",
        "pa&quot;ss",
        "dXMgZXJAeA",
        "%75s%20er%40%78",
        "dXMgZXJAeDpwYSJzcw",
        &STANDARD.encode("us er@x:pa\"ss"),
    ] {
        assert_eq!(credentials.mask().mask(format!("<{echo}>")), "<[REDACTED]>");
    }
    assert_eq!(credentials.mask().mask("ordinary".into()), "ordinary");
}

#[test]
fn alternatives_are_selected_in_order() {
    let mut both = add(&HEADER, Credential::header("k")).unwrap();
    both.add(&BEARER, &Credential::bearer("t")).unwrap();
    let only = add(&HEADER, Credential::header("k")).unwrap();
    let none = Credentials::<()>::default();
    const PAIR_OR_ONE: &[&[&str]] = &[&["header", "bearer"], &["header"]];
    assert_eq!(
        both.select_schemes(PAIR_OR_ONE),
        Some(&["header", "bearer"][..])
    );
    assert_eq!(only.select_schemes(PAIR_OR_ONE), Some(&["header"][..]));
    assert_eq!(none.select_schemes(PAIR_OR_ONE), None);
    assert_eq!(none.select_schemes(&[]), Some(&[][..]));
    assert_eq!(none.select_schemes(&[&[], &["header"]]), Some(&[][..]));
    assert_eq!(
        only.select_schemes(&[&[], &["header"]]),
        Some(&["header"][..])
    );
}

#[test]
fn a_chain_of_derived_clients_masks_a_limited_number_of_credentials() {
    let mut credentials = add(&HEADER, Credential::header("key-of-nobody")).unwrap();
    credentials
        .add(&BEARER, &Credential::bearer("shared-token"))
        .unwrap();
    for number in 0..200 {
        credentials = credentials.without_tokens();
        credentials.remove("header");
        let key = Credential::header(format!("key-of-{number:04}"));
        credentials.add(&HEADER, &key).unwrap();
    }
    let mask = |text: &str| credentials.mask().mask(text.to_owned());
    for masked in ["key-of-0199", "key-of-0190", "shared-token"] {
        assert_eq!(mask(masked), "[REDACTED]");
    }
    assert_eq!(mask("key-of-0001"), "key-of-0001");
}

#[test]
fn a_credential_that_two_schemes_share_stays_masked_with_one_of_them() {
    static SECOND: Scheme = Scheme {
        name: "second",
        ..HEADER
    };
    let mut credentials = add(&HEADER, Credential::header("the-key")).unwrap();
    credentials
        .add(&SECOND, &Credential::header("the-key"))
        .unwrap();
    credentials.remove("second");
    (0..200).for_each(|_| credentials.remove("second"));
    let other = Credential::header("other-key");
    credentials.add(&SECOND, &other).unwrap();
    credentials.remove("second");
    assert_eq!(credentials.mask().mask("the-key".into()), "[REDACTED]");
}

#[test]
fn an_account_is_another_one_if_a_credential_was_replaced() {
    let client = add(&HEADER, Credential::header("a")).unwrap();
    assert_eq!(client.account(), None);
    let with = |credentials: &Credentials<()>, scheme: &'static Scheme, credential: Credential| {
        let mut derived = credentials.without_tokens();
        derived.remove(scheme.name);
        derived.add(scheme, &credential).unwrap();
        derived
    };
    let user = with(&client, &BEARER, Credential::bearer("t"));
    assert_eq!(user.account(), None);
    let other = with(&client, &HEADER, Credential::header("b"));
    assert!(other.account().is_some());
    let twin = with(&client, &HEADER, Credential::header("b"));
    assert_eq!(twin.account(), other.account());
    let third = with(&other, &HEADER, Credential::header("c"));
    assert!(third.account().is_some() && third.account() != other.account());
    // The same account, by whatever way.
    let again = with(&third, &HEADER, Credential::header("b"));
    assert_eq!(again.account(), other.account());
    assert_eq!(
        with(&third, &HEADER, Credential::header("a")).account(),
        None
    );
    let mut without = client.without_tokens();
    without.remove("header");
    assert_eq!(without.account(), None);
}
