//! Texts of errors and of `Debug`: they contain the provider's message and the position, and no secret or value.

use engagebay_client::types;
use engagement_core::ErrorKind;
use engagement_sandbox::Sandbox;
use engagement_tests::providers;

#[tokio::test]
async fn texts() {
    let sandbox = Sandbox::start().await.unwrap();
    let client =
        providers::client::<engagebay_client::Client>(&sandbox, &engagebay_client::PROVIDER);
    let new = || {
        types::NewContact::new()
            .properties([types::Property::new("email").value("ada@example.com")])
    };
    client.contacts().create(new()).send().await.unwrap();

    let mut reported = Vec::new();
    let mut report = |what: &str, error: engagement_core::Error| {
        reported.push(format!(
            "# {what}\ndisplay: {error}\ndebug:   {error:?}\nkind: {:?}, status: {:?}, sent: {}, not found: {}, unauthorized: {}\n",
            error.kind(), error.status().map(|status| status.as_u16()), error.was_sent(), error.is_not_found(), error.is_unauthorized(),
        ));
    };
    let contacts = client.contacts();
    let error = contacts.create(new()).send().await.unwrap_err();
    report("an existing address", error);
    let unknown = contacts.get(4_444_444_444_444_444);
    let error = unknown.send().await.unwrap_err();
    report("an unknown id, with an empty 204", error);
    let unknown = contacts.get_by_email("grace@example.com");
    let error = unknown.send().await.unwrap_err();
    report("an unknown address, with 400", error);
    let error = contacts.get_by_email("..").send().await.unwrap_err();
    report("a path value that would change the path", error);
    let other: engagement_core::ResumePoint = "page:3".parse().unwrap();
    let error = contacts.list().resume(other).send().await.unwrap_err();
    report("a resume point of another kind of list", error);
    let wrong = engagebay_client::Client::builder("wrong-key")
        .base_url(sandbox.engagebay().base_url())
        .build()
        .unwrap();
    report("a wrong key", wrong.tags().list().send().await.unwrap_err());
    let provider = &engagebay_client::PROVIDER;
    let no_key = engagement_core::ClientBuilder::<engagebay_client::Client>::new(provider)
        .base_url(sandbox.engagebay().base_url())
        .build()
        .unwrap();
    report("no key", no_key.tags().list().send().await.unwrap_err());
    let public = engage_client::Client::builder_with_key("sandbox-engage-key")
        .base_url(sandbox.engage().base_url())
        .build()
        .unwrap();
    let error = public.users().delete("u1").send().await.unwrap_err();
    report("a key without the required secret", error);
    let error = public.ingest().list_form("l1").send().await.unwrap_err();
    report("a server whose URL is not set", error);
    let engage = providers::client::<engage_client::Client>(&sandbox, &engage_client::PROVIDER);
    let error = engage.users().get("unknown").send().await.unwrap_err();
    report("an unknown user", error);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let unused = listener.local_addr().unwrap();
    drop(listener);
    let client = engagebay_client::Client::builder("key")
        .base_url(format!("http://{unused}"))
        .build()
        .unwrap();
    let error = client.tags().list().send().await.unwrap_err();
    report("a closed port", error);
    // The ports differ in each run.
    let text = reported
        .join("\n")
        .replace(&sandbox.address().port().to_string(), "(port)")
        .replace(&unused.port().to_string(), "(port)");
    insta::assert_snapshot!(text);
}

#[test]
fn settings_that_cannot_be_used() {
    let key = engagebay_client::Client::builder;
    let at = |url: &str| key("key").base_url(url);
    let unknown = key("key").server_url("nowhere", "https://example.com");
    let reported = [
        ("plain http", at("http://example.com")),
        ("a relative URL", at("example.com")),
        (
            "credentials in the URL",
            at("https://user:word@example.com"),
        ),
        ("a query in the URL", at("https://example.com/?a=b")),
        ("another scheme", at("ftp://example.com")),
        ("an empty key", key("")),
        ("a key of blanks", key("  ")),
        ("a key with a line break", key("ab\r\ncd")),
        ("an unknown host", unknown),
    ];
    let reported = reported.map(|(what, builder)| {
        let error = builder.build().expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{what}");
        assert!(!error.was_sent(), "{what}");
        format!("{what}: {error}")
    });
    insta::assert_snapshot!(reported.join("\n"));
}

#[tokio::test]
async fn debug() {
    let sandbox = Sandbox::start().await.unwrap();
    let bay = providers::client::<engagebay_client::Client>(&sandbox, &engagebay_client::PROVIDER);
    let engage = providers::client::<engage_client::Client>(&sandbox, &engage_client::PROVIDER);
    let update = engage_client::types::UserUpdate::new().first_name("Ada");
    let update = engage.users().update("u1", update);
    let response = update.response().await.unwrap();
    let engage_builder = engage_client::Client::builder("a-secret-key", "a-secret-secret");
    let basic = engagement_core::Credential::basic("a-secret", "a-secret");
    let reported = [
        format!("{bay:?}"),
        format!("{engage:?}"),
        format!("{:?}", engagebay_client::Client::builder("a-secret-key")),
        format!("{engage_builder:?}"),
        format!("{:?}", bay.contacts()),
        format!("{:?}", bay.contacts().get_by_email("ada@example.com")),
        format!("{:?}", engagement_core::Secret::from("a-secret")),
        format!("{basic:?}"),
        format!("{:?}", response.headers().get("content-type")),
    ];
    let text = reported
        .join("\n")
        .replace(&sandbox.address().port().to_string(), "(port)");
    assert!(
        !text.contains("a-secret") && !text.contains("ada@"),
        "{text}"
    );
    insta::assert_snapshot!(text);
}
