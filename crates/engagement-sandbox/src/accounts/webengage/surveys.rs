//! Responses to surveys, and what they have in common with feedback.

use serde_json::Value;

use super::{State, success};
use crate::accounts::call::{Call, Outcome, Refused, bad, missing};
use crate::accounts::values::{Row, members, text};

impl State {
    pub(super) fn survey_response(&self, call: &Call) -> Outcome {
        let id = call.text("responseId");
        format_is_json(call)?;
        let found = self.surveys.get(id);
        let record = found.ok_or_else(|| missing(format!("Survey response {id} not found")))?;
        Ok(success(self.shown(call, Value::Object(record.clone()))))
    }

    /// Adds a survey response, or replaces the one with its id.
    pub(crate) fn add_survey_response(&mut self, record: &Value) -> Result<(), String> {
        let (id, record) = self.own("SurveyResponse", record)?;
        self.surveys.insert(id, record);
        Ok(())
    }

    /// A record from outside as a record of this account, with its id.
    pub(super) fn own(&self, schema: &str, record: &Value) -> Result<(String, Row), String> {
        self.valid(schema, record)?;
        let mut record = members(record);
        let id = text(&record, "id").to_owned();
        if id.is_empty() {
            return Err(format!("{schema}: the id is empty"));
        }
        record
            .entry("licenseCode")
            .or_insert_with(|| self.license.clone().into());
        Ok((id, record))
    }
}

/// Refuses what the sandbox can't write.
pub(super) fn format_is_json(call: &Call) -> Result<(), Refused> {
    match call.text("format") {
        "" | "json" => Ok(()),
        _ => Err(bad(
            "`format` must be json: the form of XML is published nowhere",
        )),
    }
}
