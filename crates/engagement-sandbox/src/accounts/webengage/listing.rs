//! What an account holds, for the page and the API of the sandbox.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::model::{SubjectRequest, WebEngageDeliveryReport, WebEngageUpload};
use crate::accounts::account::RecordList;
use crate::accounts::json::Object;

impl WebEngageAccount {
    pub(super) fn listing(&self, limit: usize) -> Vec<RecordList> {
        let objects = |kind, records: &mut dyn Iterator<Item = &Object>| {
            RecordList::new(kind, limit, records.cloned().map(Value::Object))
        };
        let subject_requests = self.subject_requests.iter().map(subject_request);
        let reports = self.delivery_reports.iter().map(report);
        let dropped = self.dropped.iter().map(|why| why.as_str().into());
        vec![
            objects("users", &mut self.users.values().map(|user| &**user)),
            RecordList::recent("events", limit, &self.events),
            RecordList::recent("business events", limit, &self.business_events),
            objects("survey responses", &mut self.survey_responses.values()),
            objects("feedback", &mut self.feedback.values()),
            RecordList::new("subject requests", limit, subject_requests),
            RecordList::new("uploads", limit, self.uploads.iter().map(upload)),
            RecordList::new("delivery reports", limit, reports),
            RecordList::new("dropped", limit, dropped),
        ]
    }
}

fn subject_request((id, request): (&String, &SubjectRequest)) -> Value {
    json!({ "id": id, "type": request.kind, "status": request.status, "user": request.user })
}

fn upload(upload: &WebEngageUpload) -> Value {
    json!({
        "slug": upload.slug, "fileName": upload.file_name, "bytes": upload.bytes, "columns": upload.columns,
        "meta": upload.meta,
    })
}

fn report(report: &WebEngageDeliveryReport) -> Value {
    json!({ "channel": report.channel, "body": report.body })
}
