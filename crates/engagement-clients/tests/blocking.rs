//! The blocking clients of all providers, against the sandbox: the same checks for each, and checks of single providers.

use std::cell::Cell;
use std::sync::Barrier;

use engagement_clients::engagebay::types::Property;
use engagement_clients::engageone::data_sources::DataSources;
use engagement_clients::engageone::types::TransactionalCampaignRequest;
use engagement_clients::engageone::{Api, BuilderExt as _};
use engagement_clients::engagespot::types::SendNotification;
use engagement_clients::webengage::enums::ContainerStatus;
use engagement_clients::webengage::types::{EventTrack, Feedback, FeedbackQuery, UserUpsert};
use engagement_clients::webengage::{PROVIDER, Upload};
use engagement_clients::{
    CallSettings, Error, ErrorKind, Method, RawResponse, RetryPolicy, StatusCode, engage,
    engagebay, engageone, engagespot, webengage,
};
use engagement_sandbox::{Engage, EngageBay, EngageOne, Engagespot, Sandbox, WebEngage};
use serde_json::{Value, json};

/// The number of records in a list.
const RECORDS: usize = 23;

/// The functions of each client that the checks use.
trait Blocking: Clone + Send + Sync + 'static {
    /// A client of the sandbox with one record.
    fn start(sandbox: &Sandbox) -> Self;
    /// The results of building the blocking and the async client with this base URL.
    fn build(base_url: &str) -> [Result<(), Error>; 2];
    /// Reads the record by a typed call.
    fn read(&self) -> Result<StatusCode, Error>;
    /// Reads a record that does not exist.
    fn read_missing(&self) -> Error;
    /// Sends a raw request that gets JSON.
    fn raw(&self) -> Result<RawResponse, Error>;
    /// The client with other settings.
    fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self;
}

/// The same for clients with lists. EngageOne has none.
trait Lists: Blocking {
    type Item: PartialEq + std::fmt::Debug;
    /// The number of pages of `RECORDS`.
    const PAGES: u64 = 3;
    /// Adds records until there are `RECORDS`.
    fn fill(&self, sandbox: &Sandbox);
    fn items(&self) -> impl Iterator<Item = Result<Self::Item, Error>>;
    /// The number of elements of each page.
    fn pages(&self) -> impl Iterator<Item = Result<usize, Error>>;
    /// The elements of the async client's stream.
    fn streamed(&self) -> Vec<Self::Item>;
}

fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().without_rate_limits();
    builder.start_on_thread().unwrap()
}

/// A sandbox and its client, which has logged in if necessary.
fn start<C: Blocking>() -> (Sandbox, C) {
    let sandbox = sandbox();
    let client = C::start(&sandbox);
    client.read().unwrap();
    sandbox.clear_requests();
    (sandbox, client)
}

fn a_record_is_read_and_a_missing_one_is_not_found<C: Blocking>() {
    let (sandbox, client) = start::<C>();
    assert_eq!(client.read().unwrap(), StatusCode::OK);
    let error = client.read_missing();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(sandbox.request_count(), 2);
}

fn raw_requests_are_sent<C: Blocking>() {
    let (sandbox, client) = start::<C>();
    let response = client.raw().unwrap();
    assert_eq!(
        (response.status(), response.attempts()),
        (StatusCode::OK, 1)
    );
    response.json::<Value>().unwrap();
    assert_eq!(sandbox.request_count(), 1);
}

fn changed_settings_apply_to_the_changed_client_only<C: Blocking>() {
    let (_sandbox, client) = start::<C>();
    let small = client.with(|call| call.max_body_bytes(1).retry(RetryPolicy::none()));
    assert_eq!(small.read().unwrap_err().kind(), ErrorKind::BodyTooLarge);
    client.read().unwrap();
}

fn both_builders_check_the_same<C: Blocking>() {
    let [blocking, awaited] = C::build("nowhere").map(|built| built.unwrap_err().to_string());
    assert_eq!(blocking, awaited);
    for built in C::build("http://127.0.0.1:1") {
        built.unwrap();
    }
}

fn sixty_four_threads_call_concurrently<C: Blocking>() {
    let (sandbox, client) = start::<C>();
    let begin = Barrier::new(64);
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                let clone = client.clone();
                begin.wait();
                for _ in 0..2 {
                    clone.read().unwrap();
                }
            });
        }
    });
    assert_eq!(sandbox.request_count(), 128);
}

/// Within a runtime, building, calling and dropping the last client do not panic.
fn it_works_in_an_async_function<C: Blocking>() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        let (sandbox, client) = start::<C>();
        client.raw().unwrap();
        let clone = client.clone();
        drop(client);
        clone.raw().unwrap();
        drop(clone);
        assert_eq!(sandbox.request_count(), 2);
    });
}

fn a_list_has_the_elements_that_the_async_client_streams<C: Lists>() {
    let (sandbox, client) = start::<C>();
    client.fill(&sandbox);
    sandbox.clear_requests();
    let mut items = client.items();
    assert_eq!(sandbox.request_count(), 0);
    let mut all = vec![items.next().unwrap().unwrap()];
    assert_eq!(sandbox.request_count(), 1);
    all.extend(items.map(Result::unwrap));
    assert_eq!((all.len(), sandbox.request_count()), (RECORDS, C::PAGES));
    assert_eq!(client.streamed(), all);
    assert_eq!(sandbox.request_count(), 2 * C::PAGES);
    assert_eq!(client.pages().map(Result::unwrap).sum::<usize>(), RECORDS);
    assert_eq!(sandbox.request_count(), 3 * C::PAGES);
}

/// Defines a test of each check for each client.
macro_rules! table {
    ($($name:ident $client:ty: $($check:ident)*;)*) => {$(
        mod $name {
            $(#[test]
            fn $check() {
                super::$check::<$client>();
            })*
        }
    )*};
}

table! {
    engage_client engagement_clients::engage::blocking::Client:
        a_record_is_read_and_a_missing_one_is_not_found
        raw_requests_are_sent
        changed_settings_apply_to_the_changed_client_only
        both_builders_check_the_same
        sixty_four_threads_call_concurrently
        it_works_in_an_async_function
        a_list_has_the_elements_that_the_async_client_streams;
    engagebay_client engagement_clients::engagebay::blocking::Client:
        a_record_is_read_and_a_missing_one_is_not_found
        raw_requests_are_sent
        changed_settings_apply_to_the_changed_client_only
        both_builders_check_the_same
        sixty_four_threads_call_concurrently
        it_works_in_an_async_function
        a_list_has_the_elements_that_the_async_client_streams;
    engageone_client engagement_clients::engageone::blocking::Client:
        a_record_is_read_and_a_missing_one_is_not_found
        raw_requests_are_sent
        changed_settings_apply_to_the_changed_client_only
        both_builders_check_the_same
        sixty_four_threads_call_concurrently
        it_works_in_an_async_function;
    engagespot_client engagement_clients::engagespot::blocking::Client:
        a_record_is_read_and_a_missing_one_is_not_found
        raw_requests_are_sent
        changed_settings_apply_to_the_changed_client_only
        both_builders_check_the_same
        sixty_four_threads_call_concurrently
        it_works_in_an_async_function
        a_list_has_the_elements_that_the_async_client_streams;
    webengage_client engagement_clients::webengage::blocking::Client:
        a_record_is_read_and_a_missing_one_is_not_found
        raw_requests_are_sent
        changed_settings_apply_to_the_changed_client_only
        both_builders_check_the_same
        sixty_four_threads_call_concurrently
        it_works_in_an_async_function
        a_list_has_the_elements_that_the_async_client_streams;
}

impl Blocking for engage::blocking::Client {
    fn start(sandbox: &Sandbox) -> Self {
        let builder = Self::builder(Engage::API_KEY, Engage::API_SECRET);
        let client = builder.base_url(sandbox.engage().base_url()).build();
        let client = client.unwrap();
        client.users().create(engage_user(0)).send().unwrap();
        client
    }

    fn build(base_url: &str) -> [Result<(), Error>; 2] {
        [
            Self::builder("k", "s").base_url(base_url).build().map(drop),
            engage::Client::builder("k", "s")
                .base_url(base_url)
                .build()
                .map(drop),
        ]
    }

    fn read(&self) -> Result<StatusCode, Error> {
        let user = self.users().get("u0").response()?;
        assert_eq!(user.value().first_name.as_deref(), Some("Ada"));
        Ok(user.status())
    }

    fn read_missing(&self) -> Error {
        self.users().get("nobody").send().unwrap_err()
    }

    fn raw(&self) -> Result<RawResponse, Error> {
        self.request(Method::GET, "/users").query("limit", 1).send()
    }

    fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.with(change)
    }
}

fn engage_user(at: usize) -> engage::types::NewUser {
    engage::types::NewUser::new(format!("u{at}")).first_name("Ada")
}

impl Lists for engage::blocking::Client {
    type Item = engage::types::User;

    fn fill(&self, _: &Sandbox) {
        for at in 1..RECORDS {
            self.users().create(engage_user(at)).send().unwrap();
        }
    }

    fn items(&self) -> impl Iterator<Item = Result<Self::Item, Error>> {
        self.users().list().limit(10).iter()
    }

    fn pages(&self) -> impl Iterator<Item = Result<usize, Error>> {
        let pages = self.users().list().limit(10).pages();
        pages.map(|page| Ok(page?.data.unwrap_or_default().len()))
    }

    fn streamed(&self) -> Vec<Self::Item> {
        let list = self.as_async().users().list().limit(10);
        self.block_on(list.stream().try_collect()).unwrap()
    }
}

#[test]
fn engage_needs_a_secret_for_some_calls_and_lists_forwards_only() {
    let sandbox = sandbox();
    let url = sandbox.engage().base_url();
    let builder = engage::blocking::Client::builder_with_key(Engage::API_KEY);
    let client = builder.base_url(url).build().unwrap();
    let error = client.users().delete("u1").send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    let backwards = client.users().list().previous_cursor("x");
    let error = backwards.iter().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.request_count(), 0);
}

impl Blocking for engagebay::blocking::Client {
    fn start(sandbox: &Sandbox) -> Self {
        let url = sandbox.engagebay().base_url();
        let client = Self::builder(EngageBay::API_KEY).base_url(url).build();
        let client = client.unwrap();
        engagebay_contact(&client, 0);
        client
    }

    fn build(base_url: &str) -> [Result<(), Error>; 2] {
        [
            Self::builder("k").base_url(base_url).build().map(drop),
            engagebay::Client::builder("k")
                .base_url(base_url)
                .build()
                .map(drop),
        ]
    }

    fn read(&self) -> Result<StatusCode, Error> {
        let contact = self
            .contacts()
            .get_by_email("ada0@example.com")
            .response()?;
        assert_eq!(contact.value().email.as_deref(), Some("ada0@example.com"));
        Ok(contact.status())
    }

    fn read_missing(&self) -> Error {
        self.contacts().get(1).send().unwrap_err()
    }

    fn raw(&self) -> Result<RawResponse, Error> {
        let request = self.request(Method::GET, "/dev/api/panel/{what}");
        request.path("what", "tags").send()
    }

    fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.with(change)
    }
}

fn engagebay_contact(client: &engagebay::blocking::Client, at: usize) {
    let properties = [Property::first_name(format!("Ada {at}"))];
    let email = format!("ada{at}@example.com");
    let upsert = client.contacts().upsert(email, properties);
    assert!(upsert.send().unwrap().is_new());
}

impl Lists for engagebay::blocking::Client {
    type Item = engagebay::types::Contact;

    fn fill(&self, _: &Sandbox) {
        (1..RECORDS).for_each(|at| engagebay_contact(self, at));
    }

    fn items(&self) -> impl Iterator<Item = Result<Self::Item, Error>> {
        self.contacts().list().page_size(10).iter()
    }

    fn pages(&self) -> impl Iterator<Item = Result<usize, Error>> {
        let pages = self.contacts().list().page_size(10).pages();
        pages.map(|page| Ok(page?.len()))
    }

    fn streamed(&self) -> Vec<Self::Item> {
        let list = self.as_async().contacts().list().page_size(10);
        self.block_on(list.stream().try_collect()).unwrap()
    }
}

#[test]
fn engagebay_updates_a_known_contact_and_refuses_an_unsafe_path() {
    let (sandbox, client) = start::<engagebay::blocking::Client>();
    let role = [Property::role("Analyst")];
    let known = client.contacts().upsert("ada0@example.com", role);
    let known = known.send().unwrap();
    assert!(!known.is_new());
    let found = client
        .contacts()
        .get(known.contact().id)
        .response()
        .unwrap();
    assert_eq!(
        (found.value().id, found.status()),
        (known.contact().id, StatusCode::OK)
    );
    let refused = client.contacts().get_by_email("..").send().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.request_count(), 3);
}

impl Blocking for engageone::blocking::Client {
    fn start(sandbox: &Sandbox) -> Self {
        let builder = Self::builder(
            EngageOne::CUSTOMER_ID,
            EngageOne::CLIENT_ID,
            EngageOne::SECRET,
        );
        let one = sandbox.engageone();
        let builder = Api::ALL.iter().fold(builder, |builder, api| {
            builder.server_url(api.server(), one.server_url(api.server()).unwrap())
        });
        builder.build().unwrap()
    }

    fn build(base_url: &str) -> [Result<(), Error>; 2] {
        let blocking = Self::builder("c", "i", "s").base_url(base_url);
        let awaited = engageone::Client::builder("c", "i", "s").base_url(base_url);
        [blocking.build().map(drop), awaited.build().map(drop)]
    }

    fn read(&self) -> Result<StatusCode, Error> {
        let sources = self.data_sources().list().response()?;
        assert_eq!(DataSources::read(sources.value()).len(), 2);
        Ok(sources.status())
    }

    fn read_missing(&self) -> Error {
        self.data_sources().get("none").send().unwrap_err()
    }

    fn raw(&self) -> Result<RawResponse, Error> {
        self.request(Method::GET, "/data").send()
    }

    fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.with(change)
    }
}

#[test]
fn engageone_sends_a_campaign_and_reads_data() {
    let (sandbox, client) = start::<engageone::blocking::Client>();
    let body = TransactionalCampaignRequest::new(
        "Order confirmation",
        [json!({"email": "ada@example.com"})],
        "email",
        "orders@example.com",
        "Your order",
    );
    let call = client.campaigns().send_transactional_v2("Orders", body);
    call.send().unwrap();
    assert_eq!(sandbox.engageone().sends().len(), 1);
    let sources = client.data_sources().list().send().unwrap();
    let awaited = client.as_async().data_sources().list().send();
    assert_eq!(sources, client.block_on(awaited).unwrap());
    let source = &DataSources::read(&sources)[0];
    let records = client.data_sources().get(&source.id).response();
    assert_eq!(records.unwrap().status(), StatusCode::OK);
    let raw = client.request_to(Api::Private, Method::GET, "/data").send();
    assert_eq!(raw.unwrap().status(), StatusCode::OK);
    assert_eq!(sandbox.engageone().logins(), 1);
}

#[test]
fn engageone_renews_and_forgets_tokens() {
    let sandbox = sandbox();
    let client = engageone::blocking::Client::start(&sandbox);
    let one = sandbox.engageone();
    let list = || {
        let response = client.data_sources().list().response();
        response.unwrap().attempts()
    };
    assert_eq!((list(), one.logins()), (1, 1));
    one.expire_tokens();
    assert_eq!((list(), one.logins()), (2, 2));
    client.forget_token();
    assert_eq!((list(), one.logins()), (1, 3));
    let stranger = client.for_customer("another").unwrap();
    let error = stranger.data_sources().list().send().unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    assert!(client.for_customer("").is_err());
    let token = engageone::blocking::Client::builder_with_token("c", "t")
        .customer("d")
        .in_region("eu-west-1");
    let url = "https://api.eu-west-1.communicate.engageone.co";
    assert_eq!(token.build().unwrap().base_url(), url);
}

#[test]
fn engageone_logs_in_once_for_many_threads() {
    let sandbox = sandbox();
    let client = engageone::blocking::Client::start(&sandbox);
    let begin = Barrier::new(64);
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                begin.wait();
                client.data_sources().list().send().unwrap();
            });
        }
    });
    let logins = sandbox.engageone().logins();
    assert_eq!((sandbox.request_count(), logins), (65, 1));
}

/// The client of the user Ada, derived from one that is dropped.
impl Blocking for engagespot::blocking::Client {
    fn start(sandbox: &Sandbox) -> Self {
        engagespot_app(sandbox).as_user("ada").unwrap()
    }

    fn build(base_url: &str) -> [Result<(), Error>; 2] {
        let blocking = Self::builder("k", "s").base_url(base_url);
        let awaited = engagespot::Client::builder("k", "s").base_url(base_url);
        [blocking.build().map(drop), awaited.build().map(drop)]
    }

    fn read(&self) -> Result<StatusCode, Error> {
        Ok(self.profile().get().response()?.status())
    }

    fn read_missing(&self) -> Error {
        self.notifications().get(1).send().unwrap_err()
    }

    fn raw(&self) -> Result<RawResponse, Error> {
        self.request(Method::GET, "/v3/profile").send()
    }

    fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.with(change)
    }
}

/// The client of a backend, and its one user.
fn engagespot_app(sandbox: &Sandbox) -> engagespot::blocking::Client {
    let url = sandbox.engagespot().base_url();
    let (key, secret) = (Engagespot::API_KEY, Engagespot::API_SECRET);
    let builder = engagespot::blocking::Client::builder(key, secret);
    let client = builder.base_url(url).build().unwrap();
    let ada = engagespot::types::NewUser::new("ada");
    client.users().create(ada).send().unwrap();
    sandbox.clear_requests();
    client
}

impl Lists for engagespot::blocking::Client {
    type Item = engagespot::types::Notification;

    fn fill(&self, sandbox: &Sandbox) {
        let url = sandbox.engagespot().base_url();
        let builder = Self::builder(Engagespot::API_KEY, Engagespot::API_SECRET);
        let app = builder.base_url(url).build().unwrap();
        for at in 0..RECORDS {
            let send = SendNotification::new(format!("n{at}")).send_to("ada");
            app.notifications().send(send).send().unwrap();
        }
    }

    fn items(&self) -> impl Iterator<Item = Result<Self::Item, Error>> {
        self.notifications().list().limit(10).iter()
    }

    fn pages(&self) -> impl Iterator<Item = Result<usize, Error>> {
        let pages = self.notifications().list().limit(10).pages();
        pages.map(|page| Ok(page?.data.unwrap_or_default().len()))
    }

    fn streamed(&self) -> Vec<Self::Item> {
        let list = self.as_async().notifications().list().limit(10);
        self.block_on(list.stream().try_collect()).unwrap()
    }
}

#[test]
fn engagespot_reads_a_notification_of_the_inbox() {
    let (sandbox, ada) = start::<engagespot::blocking::Client>();
    ada.fill(&sandbox);
    let newest = ada.items().next().unwrap().unwrap();
    let read = ada.notifications().get(newest.id).response().unwrap();
    assert_eq!(
        (read.value().id, read.status()),
        (newest.id, StatusCode::OK)
    );
}

#[test]
fn engagespot_checks_the_credentials_of_each_call() {
    let sandbox = sandbox();
    let client = engagespot_app(&sandbox);
    let ada = client.as_user("ada").unwrap();
    let error = ada.users().delete("ada").send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    let error = client.profile().get().send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert_eq!(sandbox.request_count(), 0);
    ada.profile().get().send().unwrap();
    let signed = client.as_user_with_signature("ada", "s").unwrap();
    signed.profile().get().send().unwrap();
    let requests = sandbox.requests();
    assert_eq!(requests[1].header("x-engagespot-user-signature"), Some("s"));
    let unsigned = client.as_user_with_token("ada", "no-token").unwrap();
    let error = unsigned.profile().get().send().unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(client.as_user("").is_err());
    let raw = client.request(Method::GET, "/v3/notifications");
    let raw = raw.query("userIdentifier", "ada").send().unwrap();
    assert!(raw.json::<Value>().unwrap().is_object());
}

impl Blocking for webengage::blocking::Client {
    fn start(sandbox: &Sandbox) -> Self {
        let account = sandbox.webengage();
        let mut builder = Self::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY);
        for server in PROVIDER.servers {
            let url = account.server_url(server.name).unwrap();
            builder = builder.server_url(server.name, url);
        }
        account.add_feedback(&feedback(0)).unwrap();
        builder.build().unwrap()
    }

    fn build(base_url: &str) -> [Result<(), Error>; 2] {
        let blocking = Self::builder("c", "k").base_url(base_url);
        let awaited = webengage::Client::builder("c", "k").base_url(base_url);
        [blocking.build().map(drop), awaited.build().map(drop)]
    }

    fn read(&self) -> Result<StatusCode, Error> {
        let feedback = self.feedback().get("~f0").response()?;
        assert_eq!(feedback.value().id.as_str(), "~f0");
        Ok(feedback.status())
    }

    fn read_missing(&self) -> Error {
        self.feedback().get("~none").send().unwrap_err()
    }

    fn raw(&self) -> Result<RawResponse, Error> {
        self.request(Method::GET, "/v1/feedback/~f0").send()
    }

    fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.with(change)
    }
}

fn feedback(at: usize) -> Value {
    json!({
        "id": format!("~f{at}"), "licenseCode": WebEngage::LICENSE_CODE, "fields": [], "customData": {}, "replies": [],
        "action": "unread",
        "activity": { "activityOn": format!("2026-05-04T09:{at:02}:00+0000") },
    })
}

fn ten_a_page() -> FeedbackQuery {
    FeedbackQuery::new().page_size("10")
}

impl Lists for webengage::blocking::Client {
    type Item = Feedback;

    /// The sandbox's account has one from the start.
    fn fill(&self, sandbox: &Sandbox) {
        for at in 1..RECORDS - 1 {
            sandbox.webengage().add_feedback(&feedback(at)).unwrap();
        }
    }

    fn items(&self) -> impl Iterator<Item = Result<Self::Item, Error>> {
        let search = self.feedback().search_all(ten_a_page());
        search.license_code(WebEngage::LICENSE_CODE).iter()
    }

    fn pages(&self) -> impl Iterator<Item = Result<usize, Error>> {
        let pages = self.feedback().search_all(ten_a_page()).pages();
        pages.map(|page| Ok(page?.contents.unwrap_or_default().len()))
    }

    fn streamed(&self) -> Vec<Self::Item> {
        let search = self.as_async().feedback().search_all(ten_a_page());
        self.block_on(search.stream().try_collect()).unwrap()
    }
}

#[test]
fn webengage_tracks_a_user_and_needs_a_key_to_read() {
    let (sandbox, client) = start::<webengage::blocking::Client>();
    let ada = UserUpsert::new().user_id("ada").email("ada@example.com");
    let queued = client.users().track(ada).send().unwrap();
    assert_eq!(queued.status, Some(ContainerStatus::Queued));
    let reporter = webengage::blocking::Client::builder_for_reports("token");
    let reporter = reporter.base_url(sandbox.webengage().base_url()).build();
    let error = reporter.unwrap().feedback().get("~f0").send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    let call = client.feedback().get("~f0");
    let error = call.with(|call| call.max_body_bytes(1)).send();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::BodyTooLarge);
    assert_eq!(sandbox.request_count(), 2);
}

#[test]
fn webengage_resumes_a_search() {
    let (sandbox, client) = start::<webengage::blocking::Client>();
    client.fill(&sandbox);
    let search = client.feedback().search_all(ten_a_page());
    let mut found = search.clone().iter();
    for _ in 0..10 {
        found.next().unwrap().unwrap();
    }
    let point = found.resume_point().unwrap();
    assert_eq!(point.to_string(), "page:2");
    assert_eq!(search.resume(point).iter().count(), RECORDS - 10);
    let unusable = client.feedback().search_all(ten_a_page().page_no("0"));
    let error = unusable.iter().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn webengage_sends_any_number_of_users_and_events() {
    let (sandbox, client) = start::<webengage::blocking::Client>();
    // The iterator may be neither `Send` nor `'static`.
    let read = Cell::new(0);
    let users = || {
        (0..60).map(|at| {
            read.set(read.get() + 1);
            UserUpsert::new().user_id(format!("u{at}"))
        })
    };
    let report = client.users().track_all(users()).send();
    assert_eq!(
        (report.queued(), report.requests(), read.get()),
        (60, 3, 60)
    );
    assert_eq!(sandbox.webengage().users().len(), 60);

    let mut chunks = client.users().track_all(users()).resume_at(10).chunks();
    assert_eq!(chunks.next().unwrap().positions(), 10..35);
    assert_eq!((read.get(), sandbox.request_count()), (95, 4));
    drop(chunks);

    let event = |at| EventTrack::new("Seen").user_id(format!("u{at}"));
    let events = client.events().track_all((0..30).map(event));
    let stopped = events.license_code("other").stop_after(1).send();
    assert!(stopped.stopped().unwrap().is_not_found());
    let (failed, rest) = stopped.into_remaining();
    assert_eq!((failed.len(), rest.count()), (25, 5));
    let events = client.events().track_all((0..30).map(event));
    assert_eq!(events.chunks().count(), 2);
}

/// The iterator makes calls too.
#[test]
fn webengage_sends_the_elements_of_another_list() {
    let (sandbox, client) = start::<webengage::blocking::Client>();
    for at in 1..29 {
        sandbox.webengage().add_feedback(&feedback(at)).unwrap();
    }
    let query = FeedbackQuery::new().page_size("7");
    let feedbacks = client.feedback().search_all(query).iter();
    let events = feedbacks.map(|feedback| {
        let id = feedback.unwrap().id;
        EventTrack::new("Said something").user_id(id.as_str())
    });
    let report = client.events().track_all(events).send();
    assert_eq!((report.queued(), report.requests()), (30, 2));
}

#[test]
fn webengage_uploads_files() {
    let (sandbox, client) = start::<webengage::blocking::Client>();
    let csv = "id,title,price\nsku-1,Lamp,19.5\n";
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("items.csv");
    std::fs::write(&path, csv).unwrap();
    let upload = |file: Upload| client.catalogs().upload("catalog_7", file);
    upload(path.as_path().into()).send().unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let reader = Upload::from_blocking_reader("items.csv", file).length(csv.len() as u64);
    upload(reader).send().unwrap();
    let uploads = sandbox.webengage().uploads();
    assert_eq!(uploads.len(), 2);
    for upload in &uploads {
        assert_eq!((upload.bytes, upload.columns.len()), (csv.len(), 3));
    }
    let gone = upload(path.into()).send().unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::InvalidRequest);
}
