//! The header that carries a credential, and the texts that are masked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderValue};

use super::{Credential, Credentials, ExcludedSchemes};
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
        both.select_schemes(PAIR_OR_ONE, ExcludedSchemes::default()),
        Some(&["header", "bearer"][..])
    );
    assert_eq!(
        only.select_schemes(PAIR_OR_ONE, ExcludedSchemes::default()),
        Some(&["header"][..])
    );
    assert_eq!(
        none.select_schemes(PAIR_OR_ONE, ExcludedSchemes::default()),
        None
    );
    assert_eq!(
        none.select_schemes(&[], ExcludedSchemes::default()),
        Some(&[][..])
    );
    assert_eq!(
        none.select_schemes(&[&[], &["header"]], ExcludedSchemes::default()),
        Some(&[][..])
    );
    assert_eq!(
        only.select_schemes(&[&[], &["header"]], ExcludedSchemes::default()),
        Some(&["header"][..])
    );
}
