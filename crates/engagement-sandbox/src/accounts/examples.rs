//! An account without records: the response to each call is the example in the document.

use crate::accounts::account::{Account, AccountSettings, RecordList};
use crate::accounts::call::Call;
use crate::accounts::response::{ApiResponse, ApiResult};

#[derive(Clone)]
pub(crate) struct ExamplesAccount;

impl Account for ExamplesAccount {
    fn clone_account(&self) -> Box<dyn Account> {
        Box::new(self.clone())
    }

    fn attach(&mut self, _: &AccountSettings) {}

    fn save(&self) -> serde_json::Result<String> {
        Ok("null".to_owned())
    }

    fn call(&mut self, _: &str, _: &Call) -> ApiResult {
        Ok(ApiResponse::Example(None))
    }

    fn records(&self, _: usize) -> Vec<RecordList> {
        Vec::new()
    }
}
