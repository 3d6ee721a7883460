//! An account without records: the response to each call is the example in the document.

use crate::accounts::account::{Account, RecordList};
use crate::accounts::call::Call;
use crate::accounts::response::{ApiResponse, ApiResult};

pub(crate) struct ExamplesAccount;

impl Account for ExamplesAccount {
    fn call(&mut self, _: &str, _: &Call) -> ApiResult {
        Ok(ApiResponse::Example(None))
    }

    fn records(&self, _: usize) -> Vec<RecordList> {
        Vec::new()
    }
}
