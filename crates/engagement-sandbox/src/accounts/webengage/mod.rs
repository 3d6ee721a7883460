//! A WebEngage account.
//!
//! What the provider does later, such as writing a profile after it said `queued`, is done at once here. Where its
//! documentation is silent, the sandbox decides as follows.
//!
//! * **Accounts.** Another license code than the account's is 404, not 400, once the credentials are good.
//! * **Users and events.** They are answered with 201 where the document lists it. An empty `userId` or `anonymousId`
//!   counts as missing; other empty texts are stored. An event makes no profile, keeps both ids if it has both, and any
//!   text as its time. Dropped and listed by `dropped()`: members that the document doesn't list, attributes that are
//!   null, names that are empty or have 50 characters and more, attributes beyond the 25th of a data type. The type of a
//!   user's attribute holds for the account, that of an event's attribute for events of that name; dates count as text.
//!   Texts of events are cut off like those of users. A request id is remembered per operation, and not for a call that
//!   was refused.
//! * **Batches.** None and more than 25 entries are 400. One entry that a single call would refuse has the whole batch
//!   refused, and nothing is taken in.
//! * **Campaigns.** As long as none is registered, every campaign id is known, sends a push and reaches everybody;
//!   afterwards any other id is 404. An address of the profile will do where `overrideData` has none. Who opted out of
//!   a channel can't be reached there, whatever the address: 412. Push and web push need no address.
//! * **Transactions.** A `ttl` below one second is 400; that it ran out (408) never happens. The window of `dedupe`
//!   belongs to campaign, user and `overrideData`; what is suppressed is answered like the first send. For several
//!   campaigns a `txnId` that was answered is answered again in the same way for as long as the sandbox lives. A campaign
//!   that can't reach the user has failed, one that can has delivered; if all fail, the call is 412 and does nothing. An
//!   unknown user is 404 unless `updateUser` is there. Members of objects among the tokens are recorded as `outer.inner`.
//! * **Surveys and feedback.** The account starts with the response and the feedback of the document's examples.
//!   `fileAccessUrl` leads to the sandbox, and files are a repeated line of text of the stated size. Only JSON is
//!   answered, `format=xml` is 400. A search shows the newest first; what can't be read as page, size or date is 400.
//!   Addresses and contents are found in any case of their letters, everything else as it is written; a feedback is
//!   unread unless it was added otherwise, and reading it doesn't change that.
//! * **Business events.** Defining a name again replaces its definition. Triggering an undefined event is 400; attributes
//!   that aren't in the definition or don't fit it are dropped and listed.
//! * **Subject requests.** An erasure stays `PENDING` until a test says otherwise, all others are `DONE` at once. Nothing
//!   keeps the data of a restricted user from being written. The exported profile stands under `profile`.
//! * **Uploads.** Every catalog exists. A recommendation's first upload gives it a short name. An empty file is 400, and
//!   so is XML where the provider says that it takes none.
//! * **Delivery reports.** One about an e-mail that names no recipient is 400.

mod attributes;
mod business;
mod delivery;
mod events;
mod feedback;
mod files;
mod gdpr;
mod memory;
mod search;
mod surveys;
mod time;
mod transactions;
mod uploads;
mod users;

use std::collections::{BTreeMap, HashMap};

use http::StatusCode;
use serde_json::{Value, json};

use crate::accounts::call::{Call, Outcome, Reply, missing};
use crate::accounts::values::Row;
use crate::http::auth;
use crate::provider::{self, Platform, Provider, Settings};
use crate::{WebEngageChannel, WebEngageMessage, WebEngageReport, WebEngageUpload};
use attributes::Types;
use memory::Memory;
use users::Identity;

/// One account.
pub(crate) struct State {
    provider: &'static Provider,
    /// License code of the account.
    license: String,
    users: BTreeMap<Identity, Row>,
    /// Types of the users' attributes.
    user_types: Types,
    events: Vec<Value>,
    /// Types of the events' attributes, by the event's name.
    event_types: HashMap<String, Types>,
    /// Operations and request ids that were taken in.
    requests: Memory<(&'static str, String), ()>,
    /// Registered campaigns.
    campaigns: BTreeMap<String, WebEngageChannel>,
    next_transaction: u64,
    /// Answers to sends within their window, by what was sent.
    windows: Memory<String, Value>,
    /// Answers to sends of several campaigns, by the caller's id.
    transactions: HashMap<String, Value>,
    messages: Vec<WebEngageMessage>,
    /// Survey responses by id.
    surveys: BTreeMap<String, Row>,
    /// Feedbacks by id.
    feedbacks: BTreeMap<String, Row>,
    /// Attributes of business events with their types, by the event's name.
    definitions: BTreeMap<String, Vec<(String, String)>>,
    business_events: Vec<Value>,
    subject_requests: BTreeMap<String, gdpr::Request>,
    uploads: Vec<WebEngageUpload>,
    reports: Vec<WebEngageReport>,
    dropped: Vec<String>,
}

impl State {
    /// A fresh account.
    pub(crate) fn new(provider: &'static Provider) -> Self {
        Self {
            provider,
            license: String::new(),
            users: BTreeMap::new(),
            user_types: Types::default(),
            events: Vec::new(),
            event_types: HashMap::new(),
            requests: Memory::default(),
            campaigns: BTreeMap::new(),
            next_transaction: 1,
            windows: Memory::default(),
            transactions: HashMap::new(),
            messages: Vec::new(),
            surveys: BTreeMap::new(),
            feedbacks: BTreeMap::new(),
            definitions: BTreeMap::new(),
            business_events: Vec::new(),
            subject_requests: BTreeMap::new(),
            uploads: Vec::new(),
            reports: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// Takes the survey response and the feedback of the document's examples in, so that reads work at once.
    fn seed(&mut self) -> Option<()> {
        let documented = |operation: &str, at: &str| self.provider.example(operation)?.pointer(at);
        let response = documented("surveys_get_response", "/response/data")?;
        let mut feedback = documented("feedback_get", "/response/data")?.clone();
        feedback["tags"] = documented("feedback_search", "/response/data/contents/0/tags")?.clone();
        for (record, schema) in [(response, "SurveyResponse"), (&feedback, "Feedback")] {
            let old = record["licenseCode"].as_str()?;
            let (id, record) = self
                .own(schema, &replaced(record, old, &self.license))
                .ok()?;
            let records = match schema {
                "Feedback" => &mut self.feedbacks,
                _ => &mut self.surveys,
            };
            records.insert(id, record);
        }
        Some(())
    }

    /// What is wrong with a record, by a named schema of the document.
    fn valid(&self, schema: &str, record: &Value) -> Result<(), String> {
        let schemas = &self.provider.document.schemas;
        let problem = schemas
            .get(schema)
            .and_then(|schema| provider::validator(schemas, schema))
            .and_then(|validator| provider::problems(&validator, record, schema));
        problem.map_or(Ok(()), Err)
    }

    /// The answer that data was taken in: 201 where the document has that, since nobody publishes the status.
    fn queued(&self, operation: &str) -> Reply {
        let listed = self.provider.document.operation(operation);
        let created = listed.is_some_and(|operation| {
            let mut answers = operation.answers.iter();
            answers.any(|answer| answer.status == StatusCode::CREATED)
        });
        let status = if created {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        Reply::Status(status, json!({ "response": { "status": "queued" } }))
    }
}

/// A value in whose texts one license code stands for another.
fn replaced(value: &Value, old: &str, new: &str) -> Value {
    match value {
        Value::String(text) => text.replace(old, new).into(),
        Value::Array(items) => items.iter().map(|item| replaced(item, old, new)).collect(),
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| (name.clone(), replaced(value, old, new));
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

/// Data in the provider's container.
fn success(data: Value) -> Reply {
    Reply::Json(json!({ "response": { "data": data, "message": "success", "status": "success" } }))
}

/// The answer of calls that only say that they worked.
fn acknowledged() -> Reply {
    Reply::Json(json!({ "response": { "status": "success" } }))
}

impl Platform for State {
    fn configure(&mut self, settings: &Settings) {
        auth::secret(&settings.credentials, "WEBENGAGE_LICENSE_CODE").clone_into(&mut self.license);
        // Tests of this crate notice when the document loses one of the examples.
        let _ = self.seed();
    }

    fn call(&mut self, operation: &str, call: &Call) -> Outcome {
        let license = call.parameters.get("licenseCode");
        if license.is_some_and(|license| license.as_str() != Some(&self.license)) {
            return Err(missing("The license code is unknown"));
        }
        let body = &call.body;
        match operation {
            "users_track" => self.users_track(call),
            "users_track_bulk" => self.users_track_bulk(body),
            "events_track" => self.events_track(call),
            "events_track_bulk" => self.events_track_bulk(body),

            "transactions_trigger" => self.send_one(call.text("experimentId"), body),
            "transactions_trigger_multi" => self.send_several(call),

            "surveys_get_response" => self.survey_response(call),
            "surveys_download_file" => {
                self.file("survey-responses", call.text("questionResponseId"))
            }
            "feedback_get" => self.feedback_get(call),
            "feedback_list_replies" => self.feedback_replies(call),
            "feedback_get_reply" => self.feedback_reply(call),
            "feedback_search" => self.feedback_search(call),
            "feedback_download_file" => self.file("feedback-responses", call.text("fileId")),
            "feedback_download_reply_attachment" => {
                self.file("feedback-reply-attachments", call.text("attachmentId"))
            }

            "business_events_define" => self.define(body),
            "business_events_trigger" => self.trigger(body),

            "gdpr_create_request" => self.request_create(body),
            "gdpr_get_request" => self.request_get(call.text("requestId")),
            "gdpr_cancel_request" => self.request_cancel(call.text("requestId")),

            "catalogs_upload" => self.upload_catalog(call),
            "recommendations_upload" => self.upload_recommendations(call),

            "delivery_report_sms" => Ok(self.report("sms", body)),
            "delivery_report_email" => self.report_email("email", body),
            "delivery_report_whatsapp" => Ok(self.report("whatsapp", body)),
            "delivery_report_rcs" => Ok(self.report("rcs", body)),
            "delivery_report_private_sms" => Ok(self.report("private_sms", body)),
            "delivery_report_private_email" => self.report_email("private_email", body),
            _ => Ok(Reply::Example),
        }
    }

    fn events(&self) -> Vec<Value> {
        self.events.clone()
    }

    fn dropped(&self) -> Vec<String> {
        self.dropped.clone()
    }
}
