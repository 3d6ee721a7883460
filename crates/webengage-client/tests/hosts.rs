//! The hosts of calls.

use engagement_sandbox::{Sandbox, WebEngage};
use webengage_client::types::{
    EmailDeliveryReport, RcsDeliveryReport, RecommendationMeta, SmsDeliveryReport, UserUpsert,
    WhatsappDeliveryReport,
};
use webengage_client::{Client, Credential, Error, ErrorKind, PROVIDER, Region, Upload};

/// The host of every server in a region, in the order of the document.
fn hosts(region: Region) -> Vec<(&'static str, &'static str)> {
    let regional = |server: &webengage_client::Provider| {
        let servers = server.servers.iter().filter_map(|server| {
            let mut urls = server.regions.iter();
            let (_, url) = urls.find(|(name, _)| *name == region.as_str())?;
            Some((server.name, *url))
        });
        servers.collect()
    };
    regional(&PROVIDER)
}

#[test]
fn a_region_has_a_host_for_every_server() {
    assert_eq!(
        Region::ALL,
        [Region::Global, Region::India, Region::Saudi, Region::Europe]
    );
    assert_eq!(
        hosts(Region::Global),
        [
            ("api", "https://api.webengage.com"),
            ("dashboard", "https://dashboard.webengage.com"),
            ("sms-status", "https://st.webengage.com"),
            ("email-status", "https://et.webengage.com"),
            ("whatsapp-status", "https://wt.webengage.com"),
            ("rcs-status", "https://rt.webengage.com"),
        ]
    );
    assert_eq!(
        hosts(Region::India),
        [
            ("api", "https://api.in.webengage.com"),
            ("dashboard", "https://dashboard.in.webengage.com"),
            ("sms-status", "https://st.in.webengage.com"),
            ("email-status", "https://et.in.webengage.com"),
            ("whatsapp-status", "https://wt.in.webengage.com"),
            ("rcs-status", "https://rt.in.webengage.com"),
        ]
    );
    assert_eq!(
        hosts(Region::Saudi),
        [
            ("api", "https://api.ksa.webengage.com"),
            ("dashboard", "https://dashboard.ksa.webengage.com"),
            ("sms-status", "https://st.ksa.webengage.com"),
            ("email-status", "https://et.ksa.webengage.com"),
            ("whatsapp-status", "https://wt.ksa.webengage.com"),
            ("rcs-status", "https://rt.ksa.webengage.com"),
        ]
    );
    // Nothing else is known of this data centre.
    assert_eq!(
        hosts(Region::Europe),
        [("api", "https://api.eug.webengage.com")]
    );
    for server in PROVIDER.servers {
        assert_eq!(server.url, server.regions[0].1, "{}", server.name);
    }
}

#[test]
fn a_client_uses_the_configured_region() {
    let base_url = |region: Option<Region>| {
        let builder = Client::builder("demo4f2a", "key");
        let builder = region
            .into_iter()
            .fold(builder, |builder, region| builder.region(region));
        builder.build().unwrap().base_url().to_owned()
    };
    assert_eq!(base_url(None), "https://api.webengage.com");
    assert_eq!(base_url(Some(Region::Global)), "https://api.webengage.com");
    assert_eq!(
        base_url(Some(Region::India)),
        "https://api.in.webengage.com"
    );
    assert_eq!(
        base_url(Some(Region::Saudi)),
        "https://api.ksa.webengage.com"
    );
    let unknown = Client::builder("demo4f2a", "key")
        .region("mars")
        .build()
        .unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "webengage client: invalid configuration: there is no such region: the regions are `global`, `india`, `saudi`, `europe`"
    );
}

/// The hosts of another data centre must not get its data and key.
#[tokio::test]
async fn a_host_that_the_region_does_not_have_gets_nothing() {
    let client = Client::builder_with_reports("demo4f2a", "key", "token")
        .region(Region::Europe)
        .build()
        .unwrap();
    assert_eq!(client.base_url(), "https://api.eug.webengage.com");
    for (server, result) in call_other_hosts(&client).await {
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.was_sent()),
            (ErrorKind::Configuration, false)
        );
        let reported = format!("the host of `{server}` in the selected region is not known: set ");
        assert!(error.to_string().contains(&reported), "{error}");
    }
}

/// One call to each host except the main one.
async fn call_other_hosts(client: &Client) -> Vec<(&'static str, Result<(), Error>)> {
    let delivery = client.delivery();
    let file = || Upload::from_bytes("items.csv", "id,title\nsku-1,Lamp\n");
    let meta = RecommendationMeta::new(
        "STATIC_MANUAL",   // type
        "Popular",         // name
        "catalog_7",       // catalog slug
        "ada@example.com", // created by
    );
    let sms = SmsDeliveryReport::new(
        "1.0",         // version
        "msg-0001",    // message id
        "15555550101", // to number
        "sms_sent",    // status
        0,             // status code
    );
    let email = EmailDeliveryReport::new("msg-0002", "DELIVERED", "2026-05-04T09:30:00+0000")
        .email("ada@example.com");
    let whatsapp = WhatsappDeliveryReport::new(
        "1.0",                      // version
        "msg-0003",                 // message id
        "15555550101",              // to number
        "whatsapp_read",            // status
        0,                          // status code
        "2026-05-04T09:30:00+0000", // timestamp
    );
    let rcs = RcsDeliveryReport::new(
        "1.0",                      // version
        "msg-0004",                 // message id
        "+15555550101",             // to number
        "example-shop",             // sender
        "rcs_delivered",            // status
        0,                          // status code
        "2026-05-04T09:30:00+0000", // timestamp
    );
    vec![
        (
            "dashboard",
            client
                .catalogs()
                .upload("catalog_7", file())
                .send()
                .await
                .map(drop),
        ),
        (
            "dashboard",
            client
                .recommendations()
                .upload(meta, file())
                .send()
                .await
                .map(drop),
        ),
        ("sms-status", delivery.report_sms(sms).send().await),
        ("email-status", delivery.report_email(email).send().await),
        (
            "whatsapp-status",
            delivery.report_whatsapp(whatsapp).send().await,
        ),
        ("rcs-status", delivery.report_rcs(rcs).send().await),
    ]
}

#[tokio::test]
async fn a_changed_base_url_disables_the_other_hosts() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder_with_reports(
        WebEngage::LICENSE_CODE,
        WebEngage::API_KEY,
        WebEngage::DSN_TOKEN,
    )
    .base_url(sandbox.webengage().base_url())
    .build()
    .unwrap();
    for (server, result) in call_other_hosts(&client).await {
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.was_sent()),
            (ErrorKind::Configuration, false),
            "{error}"
        );
        let reported =
            format!("the base URL is set, but this operation uses the server `{server}`");
        assert!(error.to_string().contains(&reported), "{error}");
    }
    assert_eq!(sandbox.request_count(), 0);
    let user = UserUpsert::new().user_id("u13");
    client.users().track(user).send().await.unwrap();
    assert_eq!(sandbox.request_count(), 1);
}

#[tokio::test]
async fn all_hosts_can_be_changed() {
    let sandbox = Sandbox::start().await.unwrap();
    let side = sandbox.webengage();
    let mut builder = Client::builder_with_reports(
        WebEngage::LICENSE_CODE,
        WebEngage::API_KEY,
        WebEngage::DSN_TOKEN,
    );
    for server in PROVIDER.servers {
        builder = builder.server_url(server.name, side.server_url(server.name).unwrap());
    }
    let client = builder.build().unwrap();
    let user = UserUpsert::new().user_id("u13");
    client.users().track(user).send().await.unwrap();
    for (server, result) in call_other_hosts(&client).await {
        result.unwrap_or_else(|error| panic!("{server}: {error}"));
    }
    let requests = sandbox.requests();
    let asked: Vec<_> = requests
        .iter()
        .map(|request| {
            (
                request.operation.unwrap(),
                request.header("authorization").unwrap(),
            )
        })
        .collect();
    let (key, token) = (
        "Bearer sandbox-webengage-key",
        "Bearer sandbox-webengage-dsn",
    );
    assert_eq!(
        asked,
        [
            ("users_track", key),
            ("catalogs_upload", key),
            ("recommendations_upload", key),
            ("delivery_report_sms", token),
            ("delivery_report_email", token),
            ("delivery_report_whatsapp", token),
            ("delivery_report_rcs", token),
        ]
    );
    assert_eq!(side.delivery_reports().len(), 4);
}

#[tokio::test]
async fn a_client_for_reports_makes_no_other_calls() {
    let sandbox = Sandbox::start().await.unwrap();
    let side = sandbox.webengage();
    let mut builder = Client::builder_for_reports(WebEngage::DSN_TOKEN);
    for server in PROVIDER.servers {
        builder = builder.server_url(server.name, side.server_url(server.name).unwrap());
    }
    let client = builder.build().unwrap();
    for (server, result) in call_other_hosts(&client).await {
        if server == "dashboard" {
            let error = result.unwrap_err();
            assert!(!error.was_sent(), "{error}");
        } else {
            result.unwrap();
        }
    }
    let user = UserUpsert::new().user_id("u13");
    let track = client.users().track(user).license_code("demo4f2a");
    let error = track.send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::MissingCredentials, false)
    );
    assert_eq!(sandbox.request_count(), 4);
}

#[tokio::test]
async fn a_token_can_be_added_by_its_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let side = sandbox.webengage();
    let client = Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
        .credential("dsnToken", Credential::bearer(WebEngage::DSN_TOKEN))
        .base_url(side.base_url())
        .server_url("sms-status", side.server_url("sms-status").unwrap())
        .build()
        .unwrap();
    let reports = call_other_hosts(&client).await;
    let sent: Vec<_> = reports
        .iter()
        .filter(|(_, result)| result.is_ok())
        .collect();
    assert!(matches!(sent[..], [("sms-status", _)]), "{sent:?}");
}
