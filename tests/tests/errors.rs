//! What errors and `Debug` say: the provider's own words, where, and never a secret or a value.

use engagebay_client::types;
use engagement_core::ErrorKind;
use engagement_sandbox::Sandbox;
use engagement_tests::providers::{engage_client, engagebay_client};

#[tokio::test]
async fn texts() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = engagebay_client(&sandbox);
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
    report(
        "the address is taken",
        client.contacts().create(new()).send().await.unwrap_err(),
    );
    report(
        "an unknown id, responded with an empty 204",
        client
            .contacts()
            .get(4_444_444_444_444_444)
            .send()
            .await
            .unwrap_err(),
    );
    report(
        "an unknown address, responded with 400",
        client
            .contacts()
            .get_by_email("grace@example.com")
            .send()
            .await
            .unwrap_err(),
    );
    report(
        "a path value that would change the path",
        client
            .contacts()
            .get_by_email("..")
            .send()
            .await
            .unwrap_err(),
    );
    let elsewhere: engagement_core::ResumePoint = "page:3".parse().unwrap();
    report(
        "a resume point of another kind of list",
        client
            .contacts()
            .list()
            .resume(elsewhere)
            .send()
            .await
            .unwrap_err(),
    );
    let wrong = engagebay_client::Client::builder("wrong-key")
        .base_url(sandbox.engagebay().base_url())
        .build()
        .unwrap();
    report("a wrong key", wrong.tags().list().send().await.unwrap_err());
    let nobody = engagement_core::ClientBuilder::<engagebay_client::Client>::new(
        &engagebay_client::PROVIDER,
    )
    .base_url(sandbox.engagebay().base_url())
    .build()
    .unwrap();
    report("no key", nobody.tags().list().send().await.unwrap_err());
    let public = engage_client::Client::builder_with_key("sandbox-engage-key")
        .base_url(sandbox.engage().base_url())
        .build()
        .unwrap();
    report(
        "the key alone where the secret is needed",
        public.users().delete("u1").send().await.unwrap_err(),
    );
    report(
        "a host that was not moved with the others",
        public.ingest().list_form("l1").send().await.unwrap_err(),
    );
    let engage = engage_client(&sandbox);
    report(
        "an unknown user",
        engage.users().get("nobody").send().await.unwrap_err(),
    );
    let unused = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    report("nobody listens", {
        let client = engagebay_client::Client::builder("key")
            .base_url(format!("http://{unused}"))
            .build()
            .unwrap();
        client.tags().list().send().await.unwrap_err()
    });
    // The port and the system's words differ from run to run and from system to system.
    let text = reported
        .join("\n")
        .replace(&sandbox.address().port().to_string(), "(port)")
        .replace(&unused.port().to_string(), "(port)");
    insta::assert_snapshot!(text);
}

#[test]
fn settings_that_cannot_be_used() {
    let build = |what: &str, result: Result<engagebay_client::Client, engagement_core::Error>| {
        let error = result.expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{what}");
        assert!(!error.was_sent());
        format!("{what}: {error}")
    };
    let key = engagebay_client::Client::builder;
    let reported = [
        build(
            "plain http",
            key("key").base_url("http://example.com").build(),
        ),
        build("a relative URL", key("key").base_url("example.com").build()),
        build(
            "credentials in the URL",
            key("key").base_url("https://user:word@example.com").build(),
        ),
        build(
            "a query in the URL",
            key("key").base_url("https://example.com/?a=b").build(),
        ),
        build(
            "another scheme",
            key("key").base_url("ftp://example.com").build(),
        ),
        build("an empty key", key("").build()),
        build("a key of blanks", key("  ").build()),
        build("a key with a line break", key("ab\r\ncd").build()),
        build(
            "an unknown host",
            key("key")
                .server_url("nowhere", "https://example.com")
                .build(),
        ),
    ];
    insta::assert_snapshot!(reported.join("\n"));
}

#[tokio::test]
async fn debug() {
    let sandbox = Sandbox::start().await.unwrap();
    let bay = engagebay_client(&sandbox);
    let engage = engage_client(&sandbox);
    let response = engage
        .users()
        .update(
            "u1",
            engage_client::types::UserUpdate::new().first_name("Ada"),
        )
        .response()
        .await
        .unwrap();
    let reported = [
        format!("{bay:?}"),
        format!("{engage:?}"),
        format!("{:?}", engagebay_client::Client::builder("a-secret-key")),
        format!(
            "{:?}",
            engage_client::Client::builder("a-secret-key", "a-secret-secret")
        ),
        format!("{:?}", bay.contacts()),
        format!("{:?}", bay.contacts().get_by_email("ada@example.com")),
        format!("{:?}", engagement_core::Secret::from("a-secret")),
        format!(
            "{:?}",
            engagement_core::Credential::basic("a-secret", "a-secret")
        ),
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
