//! An EngageOne Communicate account.
//!
//! Almost nothing about errors is documented. The sandbox behaves as follows:
//!
//! * **Login.** Credentials other than the account's are 401. A token is valid until it expires; a token that the
//!   sandbox didn't issue is invalid. A call without a token or without `PB-Customer-Id` is 401, a call for another
//!   customer than the token's is 403.
//! * **Sends.** Every communication and sender exists unless a test adds some. A record without an address is 400,
//!   unless `ignore_missing_fields` is true. An empty data set is accepted. Repeating a send sends twice.
//! * **Data sources.** A new account has two. Their list is an array of objects with `Id` and `Name`.

mod account;
mod auth;
mod data_sources;
mod listing;
pub(super) mod model;
mod outbox;
mod sends;
mod tokens;
mod videos;

use engagement_document::Operation;
use http::HeaderMap;
use serde_json::json;

pub(crate) use account::EngageOneAccount;

use crate::accounts::account::{Account, AccountSettings, RecordList};
use crate::accounts::call::Call;
use crate::accounts::message::Message;
use crate::accounts::response::{ApiError, ApiResponse, ApiResult};

impl Account for EngageOneAccount {
    fn clone_account(&self) -> Box<dyn Account> {
        Box::new(self.clone())
    }

    fn attach(&mut self, settings: &AccountSettings) {
        self.clock = settings.clock.clone();
        self.credentials = settings.credentials.clone();
        self.sends.set_limit(settings.log_size);
    }

    fn save(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    fn call(&mut self, operation: &str, call: &Call) -> ApiResult {
        match operation {
            "auth_login" => self.login(&call.body),
            "campaigns_send_transactional_v2" => {
                let send_id = self.send(2, call.text("campaignName"), &call.body)?;
                Ok(ApiResponse::Json(json!({ "send_id": send_id })))
            }
            "campaigns_send_transactional_v1" => {
                self.send(1, call.text("campaignName"), &call.body)?;
                Ok(ApiResponse::Empty)
            }
            "data_sources_list" => Ok(self.list_data_sources()),
            "data_sources_get" => self.get_data_source(call.text("dataSourceId")),
            "videos_get_url" => Ok(videos::url(call)),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn authenticate(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
    ) -> Option<Result<Vec<String>, String>> {
        Some(self.check_token(operation, headers))
    }

    fn authorise(&self, operation: &Operation, headers: &HeaderMap) -> Result<(), ApiError> {
        self.check_customer(operation, headers)
    }

    fn expire_tokens(&mut self) {
        self.tokens.expire();
    }

    fn outbox(&self) -> Vec<Message> {
        self.sent_messages()
    }

    fn records(&self, limit: usize) -> Vec<RecordList> {
        self.listing(limit)
    }
}
