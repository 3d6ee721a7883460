//! Accounts, and the users that belong to them.

use serde_json::{Value, json};

use super::account::EngageAccount;
use super::fields::array_mut;
use super::pagination::page;
use crate::accounts::call::Call;
use crate::accounts::json::Object;
use crate::accounts::response::{ApiError, ApiResult, not_found};

impl EngageAccount {
    /// The id of the account with a uid or id. A customer can be joined like an account: tests of the provider's own clients
    /// do so.
    pub(super) fn account_id(&self, account: &str) -> Result<String, ApiError> {
        let known = self.uids.get(account).cloned();
        let id = known.or_else(|| self.users.contains_key(account).then(|| account.to_owned()));
        id.ok_or_else(|| not_found(format!("Account {account} not found")))
    }

    pub(super) fn users_add_to_accounts(&mut self, uid: &str, body: &Value) -> ApiResult {
        let id = self.user_id(uid)?;
        self.check_references(body)?;
        self.update_user(&id, &json!({ "accounts": body["accounts"] }));
        Ok(self.user_response(&id))
    }

    /// The id of a user, and the position of an account among those that it belongs to.
    fn membership(&mut self, uid: &str, account: &str) -> Result<(String, usize), ApiError> {
        let id = self.user_id(uid)?;
        let account = if self.users.contains_key(account) {
            self.uid_of(account)
        } else {
            account.to_owned()
        };
        let position = array_mut(self.user_mut(&id), "accounts")
            .iter()
            .position(|known| known["id"] == json!(account));
        let position = position
            .ok_or_else(|| not_found(format!("User {uid} is not a member of account {account}")))?;
        Ok((id, position))
    }

    pub(super) fn users_change_account_role(
        &mut self,
        uid: &str,
        account: &str,
        body: &Value,
    ) -> ApiResult {
        let (id, position) = self.membership(uid, account)?;
        array_mut(self.user_mut(&id), "accounts")[position]["role"] = body["role"].clone();
        Ok(self.user_response(&id))
    }

    pub(super) fn users_remove_from_account(&mut self, uid: &str, account: &str) -> ApiResult {
        let (id, position) = self.membership(uid, account)?;
        array_mut(self.user_mut(&id), "accounts").remove(position);
        Ok(self.user_response(&id))
    }

    pub(super) fn users_list_members(&self, uid: &str, call: &Call) -> ApiResult {
        self.user_id(uid)?;
        let account = json!(uid);
        let filter = |record: &Object| {
            record
                .get("accounts")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|one| one["id"] == account))
        };
        page(&self.users, call, self.without_cursors, filter, |record| {
            self.user_view(record)
        })
    }
}
