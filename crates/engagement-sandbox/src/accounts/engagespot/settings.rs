//! Categories, and what users prefer about them.

use http::StatusCode;
use serde_json::{Value, json};

use super::{State, now};
use crate::accounts::call::{Outcome, Reply, bad, missing, refused};
use crate::accounts::values::{int, items, members, text};

impl State {
    fn category(&self, identifier: &str) -> Option<i64> {
        let mut all = self.categories.iter();
        all.find(|(_, row)| text(row, "identifier") == identifier)
            .map(|(&id, _)| id)
    }

    fn add_category(&mut self, identifier: &str, name: &str) -> i64 {
        let id = self.id();
        let now = now();
        let row = members(&json!({
            "id": id, "name": name, "identifier": identifier, "hideInInApp": false,
            "hideInPreferenceManager": false, "createdAt": now, "updatedAt": now,
        }));
        self.categories.insert(id, row);
        id
    }

    /// The category that a send names, made if need be.
    pub(super) fn known_category(&mut self, identifier: &str) -> i64 {
        self.category(identifier)
            .unwrap_or_else(|| self.add_category(identifier, identifier))
    }

    pub(super) fn shown_categories(&self) -> Value {
        let all = self.categories.values().cloned();
        all.map(Value::Object).collect()
    }

    /// A category as notifications show it.
    pub(super) fn short_category(&self, id: i64) -> Value {
        let Some(row) = self.categories.get(&id) else {
            return Value::Null;
        };
        json!({ "id": id, "identifier": text(row, "identifier"), "name": text(row, "name") })
    }

    pub(super) fn categories_create(&mut self, body: &Value) -> Outcome {
        let given = |key: &str| body[key].as_str().unwrap_or_default();
        let (identifier, name) = (given("identifier"), given("name"));
        if identifier.is_empty() {
            return Err(bad("identifier should not be empty"));
        }
        if self.category(identifier).is_some() {
            let message = "a category with this identifier exists already";
            return Err(refused(StatusCode::CONFLICT, message));
        }
        let id = self.add_category(identifier, name);
        Ok(Reply::Json(
            json!({ "id": id, "name": name, "identifier": identifier }),
        ))
    }

    pub(super) fn categories_delete(&mut self, id: i64) -> Outcome {
        if self.categories.remove(&id).is_none() {
            return Err(missing("Category not found"));
        }
        for user in self.users.values_mut() {
            user.preferences.remove(&id);
        }
        Ok(Reply::Done)
    }

    pub(super) fn preferences_list(&self, user: &str) -> Reply {
        let rules = self.users.get(user).map(|user| user.preferences.iter());
        let shown = rules.into_iter().flatten().map(|(id, rules)| {
            let channels: Vec<Value> = rules
                .iter()
                .map(|(channel, enabled)| json!({ "channel": channel, "enabled": enabled }))
                .collect();
            json!({ "category": self.categories.get(id), "channelPreferences": channels })
        });
        Reply::Json(shown.collect())
    }

    pub(super) fn preferences_update(&mut self, user: &str, body: &Value) -> Outcome {
        let mut rules = Vec::new();
        // Everything is looked up before anything is changed.
        for preference in items(body, "preference") {
            let id = int(&preference["categoryId"]).unwrap_or_default();
            if !self.categories.contains_key(&id) {
                return Err(missing("Category not found"));
            }
            for rule in items(preference, "channels") {
                let channel = rule["channel"].as_str().unwrap_or_default().to_owned();
                rules.push((id, channel, rule["enabled"] == true));
            }
        }
        let user = self.user(user);
        for (id, channel, enabled) in rules {
            let known = user.preferences.entry(id).or_default();
            match known.iter_mut().find(|(name, _)| *name == channel) {
                Some(rule) => rule.1 = enabled,
                None => known.push((channel, enabled)),
            }
        }
        Ok(Reply::Done)
    }
}
