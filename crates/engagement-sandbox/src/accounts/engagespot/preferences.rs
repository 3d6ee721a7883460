//! Preferences of users by category and channel.

use serde_json::{Value, json};

use super::account::EngagespotAccount;
use crate::accounts::json::{array, integer};
use crate::accounts::response::{ApiResponse, ApiResult, not_found};

impl EngagespotAccount {
    pub(super) fn preferences_list(&self, user: &str) -> ApiResponse {
        let rules = self.users.get(user).map(|user| user.preferences.iter());
        let views = rules.into_iter().flatten().map(|(id, rules)| {
            let channels: Vec<Value> = rules
                .iter()
                .map(|(channel, enabled)| json!({ "channel": channel, "enabled": enabled }))
                .collect();
            json!({ "category": self.categories.get(id), "channelPreferences": channels })
        });
        ApiResponse::Json(views.collect())
    }

    pub(super) fn preferences_update(&mut self, user: &str, body: &Value) -> ApiResult {
        let mut rules = Vec::new();
        // All categories are checked before anything is changed.
        for preference in array(body, "preference") {
            let id = integer(&preference["categoryId"]).unwrap_or_default();
            if !self.categories.contains_key(&id) {
                return Err(not_found("Category not found"));
            }
            for rule in array(preference, "channels") {
                let channel = rule["channel"].as_str().unwrap_or_default().to_owned();
                rules.push((id, channel, rule["enabled"] == true));
            }
        }
        let user = self.user_mut(user);
        for (id, channel, enabled) in rules {
            let known = user.preferences.entry(id).or_default();
            match known.iter_mut().find(|(name, _)| *name == channel) {
                Some(rule) => rule.1 = enabled,
                None => known.push((channel, enabled)),
            }
        }
        Ok(ApiResponse::Empty)
    }
}
