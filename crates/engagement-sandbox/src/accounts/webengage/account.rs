use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::expiring_map::ExpiringMap;
use super::model::{
    AttributeTypes, Identity, SubjectRequest, WebEngageChannel, WebEngageDeliveryReport,
    WebEngageMessage, WebEngageUpload,
};
use crate::accounts::account::AccountSettings;
use crate::accounts::json::{Object, text, to_object};
use crate::accounts::response::ApiResponse;
use crate::clock::Clock;
use crate::provider::Provider;
use crate::provider::schemas::{validator, violations};
use crate::recent::Recent;

/// A WebEngage account.
pub(crate) struct WebEngageAccount {
    pub(super) clock: Clock,
    pub(super) provider: &'static Provider,
    /// License code of the account.
    pub(super) license: String,
    pub(super) users: BTreeMap<Identity, Object>,
    /// Types of the attributes of users.
    pub(super) user_types: AttributeTypes,
    pub(super) events: Vec<Value>,
    /// Types of the attributes of events, by the name of the event.
    pub(super) event_types: HashMap<String, AttributeTypes>,
    /// Operations and request ids of accepted calls.
    pub(super) request_ids: ExpiringMap<(&'static str, String), ()>,
    /// Channels of the added campaigns by id.
    pub(super) campaigns: BTreeMap<String, WebEngageChannel>,
    pub(super) next_transaction: u64,
    /// Responses to recent sends, by the key of deduplication.
    pub(super) recent_sends: ExpiringMap<String, Value>,
    /// Responses to sends of several campaigns, by the caller's transaction id.
    pub(super) transactions: HashMap<String, Value>,
    pub(super) messages: Recent<(Duration, WebEngageMessage)>,
    /// Survey responses by id.
    pub(super) survey_responses: BTreeMap<String, Object>,
    /// Feedback by id.
    pub(super) feedback: BTreeMap<String, Object>,
    /// Attributes of business events with their types, by the name of the event.
    pub(super) business_event_definitions: BTreeMap<String, Vec<(String, String)>>,
    pub(super) business_events: Vec<Value>,
    pub(super) subject_requests: BTreeMap<String, SubjectRequest>,
    pub(super) uploads: Recent<WebEngageUpload>,
    pub(super) delivery_reports: Recent<WebEngageDeliveryReport>,
    pub(super) dropped: Recent<String>,
}

impl WebEngageAccount {
    pub(crate) fn new(provider: &'static Provider, settings: &AccountSettings) -> Self {
        let license = settings.credentials.get("WEBENGAGE_LICENSE_CODE");
        let mut account = Self {
            clock: settings.clock.clone(),
            provider,
            license: license.to_owned(),
            users: BTreeMap::new(),
            user_types: AttributeTypes::new(),
            events: Vec::new(),
            event_types: HashMap::new(),
            request_ids: ExpiringMap::default(),
            campaigns: BTreeMap::new(),
            next_transaction: 1,
            recent_sends: ExpiringMap::default(),
            transactions: HashMap::new(),
            messages: Recent::new(settings.log_size),
            survey_responses: BTreeMap::new(),
            feedback: BTreeMap::new(),
            business_event_definitions: BTreeMap::new(),
            business_events: Vec::new(),
            subject_requests: BTreeMap::new(),
            uploads: Recent::new(settings.log_size),
            delivery_reports: Recent::new(settings.log_size),
            dropped: Recent::new(settings.log_size),
        };
        // The tests of this crate fail if the document loses one of the examples.
        let _ = account.add_examples();
        account
    }

    /// Adds the survey response and the feedback of the document's examples, so that reads have a result.
    fn add_examples(&mut self) -> Option<()> {
        let documented =
            |operation: &str, path: &str| self.provider.example(operation)?.pointer(path);
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
        let schemas = &self.provider.document.schemas;
        let message = schemas
            .get(schema)
            .and_then(|schema| validator(schemas, schema))
            .and_then(|validator| violations(&validator, record, schema));
        message.map_or(Ok(()), Err)
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
        let is_documented = self.provider.documents_status(operation, created.as_u16());
        is_documented.then_some(created)
    }

    /// The response to accepted data.
    pub(super) fn queued_response(&self, operation: &str) -> ApiResponse {
        let status = self.created(operation).unwrap_or(StatusCode::OK);
        ApiResponse::JsonWithStatus(status, json!({ "response": { "status": "queued" } }))
    }

    /// The events of users, oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.events.clone()
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
