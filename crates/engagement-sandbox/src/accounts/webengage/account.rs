use std::collections::BTreeMap;
use std::time::Duration;

use engagement_document::Schemas;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::expiring_map::ExpiringMap;
use super::model::{
    AttributeTypes, Identity, SubjectRequest, WebEngageChannel, WebEngageDeliveryReport,
    WebEngageMessage, WebEngageUpload,
};
use crate::accounts::account::AccountSettings;
use crate::accounts::json::{Object, text, to_object};
use crate::accounts::pairs;
use crate::accounts::response::ApiResponse;
use crate::accounts::shared::Shared;
use crate::clock::Clock;
use crate::provider::Provider;
use crate::provider::schemas::{validator, violations};
use crate::recent::Recent;

/// A WebEngage account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct WebEngageAccount {
    #[serde(skip)]
    pub(super) clock: Clock,
    /// `None` only while an account is loaded.
    #[serde(skip)]
    pub(super) provider: Option<&'static Provider>,
    /// License code of the account.
    #[serde(skip)]
    pub(super) license: String,
    #[serde(with = "pairs")]
    pub(super) users: Shared<BTreeMap<Identity, Shared<Object>>>,
    /// Types of the attributes of users.
    pub(super) user_types: Shared<AttributeTypes>,
    pub(super) events: Shared<Recent<Value>>,
    /// Types of the attributes of events, by the name of the event.
    pub(super) event_types: Shared<BTreeMap<String, AttributeTypes>>,
    /// Operations and request ids of accepted calls.
    pub(super) request_ids: ExpiringMap<(String, String), ()>,
    /// Channels of the added campaigns by id.
    pub(super) campaigns: Shared<BTreeMap<String, WebEngageChannel>>,
    pub(super) next_transaction: u64,
    /// Responses to recent sends, by the key of deduplication.
    pub(super) recent_sends: ExpiringMap<String, Value>,
    /// Responses to sends of several campaigns, by the caller's transaction id.
    pub(super) transactions: Shared<BTreeMap<String, Value>>,
    pub(super) messages: Shared<Recent<(Duration, WebEngageMessage)>>,
    /// Survey responses by id.
    pub(super) survey_responses: Shared<BTreeMap<String, Object>>,
    /// Feedback by id.
    pub(super) feedback: Shared<BTreeMap<String, Object>>,
    /// Attributes of business events with their types, by the name of the event.
    pub(super) business_event_definitions: Shared<BTreeMap<String, Vec<(String, String)>>>,
    pub(super) business_events: Shared<Recent<Value>>,
    pub(super) subject_requests: Shared<BTreeMap<String, SubjectRequest>>,
    pub(super) uploads: Shared<Recent<WebEngageUpload>>,
    pub(super) delivery_reports: Shared<Recent<WebEngageDeliveryReport>>,
    pub(super) dropped: Shared<Recent<String>>,
}

impl WebEngageAccount {
    pub(crate) fn new(provider: &'static Provider, settings: &AccountSettings) -> Self {
        let license = settings.credentials.get("WEBENGAGE_LICENSE_CODE");
        let mut account = Self {
            clock: settings.clock.clone(),
            provider: Some(provider),
            license: license.to_owned(),
            users: Shared::default(),
            user_types: Shared::default(),
            events: Shared::new(Recent::new(settings.log_size)),
            event_types: Shared::default(),
            request_ids: ExpiringMap::default(),
            campaigns: Shared::default(),
            next_transaction: 1,
            recent_sends: ExpiringMap::default(),
            transactions: Shared::default(),
            messages: Shared::new(Recent::new(settings.log_size)),
            survey_responses: Shared::default(),
            feedback: Shared::default(),
            business_event_definitions: Shared::default(),
            business_events: Shared::new(Recent::new(settings.log_size)),
            subject_requests: Shared::default(),
            uploads: Shared::new(Recent::new(settings.log_size)),
            delivery_reports: Shared::new(Recent::new(settings.log_size)),
            dropped: Shared::new(Recent::new(settings.log_size)),
        };
        // The tests of this crate fail if the document loses one of the examples.
        let _ = account.add_examples();
        account
    }

    /// Validates by this document.
    pub(crate) fn use_document(&mut self, provider: &'static Provider) {
        self.provider = Some(provider);
    }

    /// The schemas of the document; `None` only while an account is loaded.
    pub(super) fn schemas(&self) -> Option<&'static Schemas> {
        Some(&self.provider?.document.schemas)
    }

    /// Adds the survey response and the feedback of the document's examples, so that reads have a result.
    fn add_examples(&mut self) -> Option<()> {
        let documented =
            |operation: &str, path: &str| self.provider?.example(operation)?.pointer(path);
        let response = documented("surveys_get_response", "/response/data")?;
        let mut feedback = documented("feedback_get", "/response/data")?.clone();
        feedback["tags"] = documented("feedback_search", "/response/data/contents/0/tags")?.clone();
        for (record, schema) in [(response, "SurveyResponse"), (&feedback, "Feedback")] {
            let old = record["licenseCode"].as_str()?;
            let (id, record) = self
                .parse_record(schema, &replace_license(record, old, &self.license))
                .ok()?;
            let records = match schema {
                "Feedback" => &mut self.feedback,
                _ => &mut self.survey_responses,
            };
            records.insert(id, record);
        }
        Some(())
    }

    /// Checks a record against a named schema of the document.
    pub(super) fn check_schema(&self, schema: &str, record: &Value) -> Result<(), String> {
        let find = || {
            let schemas = self.schemas()?;
            let validator = validator(schemas, schemas.get(schema)?)?;
            violations(&validator, record, schema)
        };
        find().map_or(Ok(()), Err)
    }

    /// Validates a record of a test, sets the account's license code, and returns it with its id.
    pub(super) fn parse_record(
        &self,
        schema: &str,
        record: &Value,
    ) -> Result<(String, Object), String> {
        self.check_schema(schema, record)?;
        let mut record = to_object(record);
        let id = text(&record, "id").to_owned();
        if id.is_empty() {
            return Err(format!("{schema}: the id is empty"));
        }
        record
            .entry("licenseCode")
            .or_insert_with(|| self.license.clone().into());
        Ok((id, record))
    }

    /// The status of the response to accepted data: 201 if the document lists it, since the actual one is not documented.
    pub(super) fn created(&self, operation: &str) -> Option<StatusCode> {
        let created = StatusCode::CREATED;
        let documents =
            |provider: &Provider| provider.documents_status(operation, created.as_u16());
        let is_documented = self.provider.is_some_and(documents);
        is_documented.then_some(created)
    }

    /// The response to accepted data.
    pub(super) fn queued_response(&self, operation: &str) -> ApiResponse {
        let status = self.created(operation).unwrap_or(StatusCode::OK);
        ApiResponse::JsonWithStatus(status, json!({ "response": { "status": "queued" } }))
    }

    /// The events of users, oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.events.to_vec()
    }

    /// Attributes and events that were dropped, with the reason.
    pub(crate) fn dropped(&self) -> Vec<String> {
        self.dropped.to_vec()
    }
}

/// Replaces a license code in all texts of a value.
fn replace_license(value: &Value, old: &str, new: &str) -> Value {
    match value {
        Value::String(text) => text.replace(old, new).into(),
        Value::Array(items) => items
            .iter()
            .map(|item| replace_license(item, old, new))
            .collect(),
        Value::Object(fields) => {
            let field =
                |(name, value): (&String, &Value)| (name.clone(), replace_license(value, old, new));
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}
