//! A WebEngage account.
//!
//! The provider processes much data later, for example a profile after the response `queued`. The sandbox does so
//! immediately. Where the documentation is silent, it behaves as follows.
//!
//! * **Accounts.** A license code other than the account's is 404, once the credentials are valid.
//! * **Users and events.** The status is 201 where the document lists it. An empty `userId` or `anonymousId` counts as
//!   missing; other empty texts are stored. An event creates no profile, keeps both ids if it has both, and accepts any
//!   text as its time. Dropped and listed by `dropped()` are: fields that the document doesn't list, attributes that are
//!   null, names that are empty or have 50 or more characters, and attributes beyond the 25th of a data type. The type
//!   of a user's attribute applies to the account, that of an event's attribute to events of that name; dates count as
//!   text. Texts of events are truncated like those of users. A request id is stored per operation, and not for a call
//!   that was refused.
//! * **Batches.** No entries and more than 25 entries are 400. One invalid entry refuses the whole batch.
//! * **Campaigns.** Until a test adds a campaign, every campaign id exists, sends a push and reaches everybody; then any
//!   other id is 404. The address of the profile is used if `overrideData` has none. A user who opted out of a channel
//!   can't be reached there, whatever the address: 412. Push and web push need no address.
//! * **Transactions.** A `ttl` below one second is 400; a `ttl` never expires (408). Deduplication compares campaign,
//!   user and `overrideData`; a suppressed send gets the response of the first one. For several campaigns, a repeated
//!   `txnId` always gets the first response again. A campaign that can't reach the user fails, and one that can
//!   delivers; if all fail, the call is 412 and has no effect. An unknown user is 404 unless the call has `updateUser`.
//!   Fields of objects among the tokens are recorded as `outer.inner`.
//! * **Surveys and feedback.** A new account has the response and the feedback of the document's examples.
//!   `fileAccessUrl` leads to the sandbox, and files are a repeated line of text of the stated size. Only JSON is
//!   supported, `format=xml` is 400. A search returns the newest first; an invalid page, size or date is 400. Addresses
//!   and contents are compared without case, everything else exactly. A feedback is unread unless it was added
//!   otherwise; reading it doesn't change that.
//! * **Business events.** A second definition of a name replaces the first. Triggering an undefined event is 400.
//!   Attributes that the definition lacks or that have another type are dropped and listed.
//! * **Subject requests.** An erasure stays `PENDING` until a test changes it, all others are `DONE` immediately. Data
//!   of a restricted user can still be written. The exported profile is in the field `profile`.
//! * **Uploads.** Every catalog exists. The first upload of a recommendation generates its short name. An empty file is
//!   400, and so is XML where the provider doesn't accept it.
//! * **Delivery reports.** A report about an e-mail without a recipient is 400.

mod account;
mod attributes;
mod batch;
mod business_events;
mod delivery_reports;
mod events;
mod expiring_map;
mod feedback;
mod feedback_search;
mod files;
mod listing;
pub(super) mod model;
mod outbox;
mod request_ids;
mod responses;
mod subject_requests;
mod surveys;
mod time;
mod transactions;
mod uploads;
mod users;

use engagement_document::Operation;
use http::StatusCode;

pub(crate) use account::WebEngageAccount;

use crate::accounts::account::{Account, AccountSettings, RecordList};
use crate::accounts::call::Call;
use crate::accounts::message::Message;
use crate::accounts::response::{ApiResponse, ApiResult, not_found};

impl Account for WebEngageAccount {
    fn success_status(&self, operation: &Operation) -> Option<StatusCode> {
        self.created(&operation.id)
    }

    fn clone_account(&self) -> Box<dyn Account> {
        Box::new(self.clone())
    }

    fn attach(&mut self, settings: &AccountSettings) {
        self.clock = settings.clock.clone();
        settings
            .credentials
            .get("WEBENGAGE_LICENSE_CODE")
            .clone_into(&mut self.license);
        self.events.set_limit(settings.log_size);
        self.business_events.set_limit(settings.log_size);
        self.messages.set_limit(settings.log_size);
        self.uploads.set_limit(settings.log_size);
        self.delivery_reports.set_limit(settings.log_size);
        self.dropped.set_limit(settings.log_size);
    }

    fn save(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    fn call(&mut self, operation: &str, call: &Call) -> ApiResult {
        let license = call.parameters.get("licenseCode");
        if license.is_some_and(|license| license.as_str() != Some(&self.license)) {
            return Err(not_found("The license code is unknown"));
        }
        let body = &call.body;
        match operation {
            "users_track" => self.users_track(call),
            "users_track_bulk" => self.users_track_bulk(call),
            "events_track" => self.events_track(call),
            "events_track_bulk" => self.events_track_bulk(call),

            "transactions_trigger" => self.send_campaign(call.text("experimentId"), body),
            "transactions_trigger_multi" => self.send_campaigns(call),

            "surveys_get_response" => self.get_survey_response(call),
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

            "business_events_define" => self.define_business_event(body),
            "business_events_trigger" => self.trigger_business_event(body),

            "gdpr_create_request" => self.create_subject_request(body),
            "gdpr_get_request" => self.get_subject_request(call.text("requestId")),
            "gdpr_cancel_request" => self.cancel_subject_request(call.text("requestId")),

            "catalogs_upload" => self.upload_catalog(call),
            "recommendations_upload" => self.upload_recommendations(call),

            "delivery_report_sms" => Ok(self.add_delivery_report("sms", body)),
            "delivery_report_email" => self.add_email_report("email", body),
            "delivery_report_whatsapp" => Ok(self.add_delivery_report("whatsapp", body)),
            "delivery_report_rcs" => Ok(self.add_delivery_report("rcs", body)),
            "delivery_report_private_sms" => Ok(self.add_delivery_report("private_sms", body)),
            "delivery_report_pinpoint" => Ok(self.add_delivery_report("pinpoint", body)),
            "delivery_report_private_email" => self.add_email_report("private_email", body),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn outbox(&self) -> Vec<Message> {
        self.sent_messages()
    }

    fn records(&self, limit: usize) -> Vec<RecordList> {
        self.listing(limit)
    }
}
