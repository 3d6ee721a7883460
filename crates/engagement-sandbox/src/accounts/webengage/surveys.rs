//! Responses to surveys.

use serde_json::Value;

use super::account::WebEngageAccount;
use super::responses::success;
use crate::accounts::call::Call;
use crate::accounts::response::{ApiResult, not_found};

impl WebEngageAccount {
    pub(super) fn get_survey_response(&self, call: &Call) -> ApiResult {
        let id = call.text("responseId");
        let found = self.survey_responses.get(id);
        let record = found.ok_or_else(|| not_found(format!("Survey response {id} not found")))?;
        Ok(success(
            self.with_file_urls(call, Value::Object(record.clone())),
        ))
    }

    /// Adds a survey response, or replaces the one with its id.
    pub(crate) fn add_survey_response(&mut self, record: &Value) -> Result<(), String> {
        let (id, record) = self.parse_record("SurveyResponse", record)?;
        self.survey_responses.insert(id, record);
        Ok(())
    }
}
