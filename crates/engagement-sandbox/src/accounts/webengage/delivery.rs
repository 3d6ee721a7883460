//! What message providers report.

use serde_json::Value;

use super::State;
use crate::WebEngageReport;
use crate::accounts::call::{Outcome, Reply, bad};

impl State {
    /// The reports, oldest first.
    pub(crate) fn delivery_reports(&self) -> Vec<WebEngageReport> {
        self.reports.clone()
    }

    pub(super) fn report(&mut self, channel: &'static str, body: &Value) -> Reply {
        self.reports.push(WebEngageReport {
            channel,
            body: body.clone(),
        });
        Reply::Done
    }

    pub(super) fn report_email(&mut self, channel: &'static str, body: &Value) -> Outcome {
        let given = |key: &str| body[key].as_str().is_some_and(|text| !text.is_empty());
        if !given("email") && !given("hashedEmail") {
            return Err(bad("one of `email` and `hashedEmail` must be there"));
        }
        Ok(self.report(channel, body))
    }
}
