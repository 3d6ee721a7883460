//! Delivery reports of message providers.

use serde_json::Value;

use super::account::WebEngageAccount;
use super::model::WebEngageDeliveryReport;
use crate::accounts::response::{ApiResponse, ApiResult, bad_request};

impl WebEngageAccount {
    /// The delivery reports, oldest first.
    pub(crate) fn delivery_reports(&self) -> Vec<WebEngageDeliveryReport> {
        self.delivery_reports.to_vec()
    }

    pub(super) fn add_delivery_report(
        &mut self,
        channel: &'static str,
        body: &Value,
    ) -> ApiResponse {
        self.delivery_reports.push(WebEngageDeliveryReport {
            channel,
            body: body.clone(),
        });
        ApiResponse::Empty
    }

    pub(super) fn add_email_report(&mut self, channel: &'static str, body: &Value) -> ApiResult {
        let given = |field: &str| body[field].as_str().is_some_and(|text| !text.is_empty());
        if !given("email") && !given("hashedEmail") {
            return Err(bad_request("`email` or `hashedEmail` is required"));
        }
        Ok(self.add_delivery_report(channel, body))
    }
}
