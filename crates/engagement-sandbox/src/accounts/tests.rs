use engagement_document::Location;
use serde_json::{Value, json};

use super::account::Account;
use super::testing::{accounts, with_user};
use super::{load, open};
use crate::accounts::json::{Object, to_object};

/// All texts and numbers in a value, each once.
fn scalars(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Object(fields) => {
            found.extend(fields.keys().map(|name| json!(name)));
            fields.values().for_each(|value| scalars(value, found));
        }
        Value::String(_) | Value::Number(_) => found.push(value.clone()),
        Value::Null | Value::Bool(_) => {}
    }
}

fn value_of(account: &dyn Account) -> Value {
    serde_json::from_str(&account.save().unwrap()).unwrap()
}

#[test]
fn a_loaded_account_holds_what_was_saved() {
    for (provider, settings, account) in accounts() {
        let saved = account.save().unwrap();
        let empty = open(provider, &settings);
        assert!(saved.len() > empty.save().unwrap().len() + 1_000, "{saved}");
        let loaded = load(provider, &settings, &saved).unwrap();
        assert_eq!(loaded.save().unwrap(), saved);
        let kinds = |account: &dyn Account| -> Vec<(&str, usize, Vec<Value>)> {
            let lists = account.records(1_000).into_iter();
            lists
                .map(|list| (list.kind, list.count, list.records))
                .collect()
        };
        assert_eq!(kinds(&*loaded), kinds(&*account));
        assert_eq!(loaded.outbox(), account.outbox());
    }
}

#[test]
fn every_field_of_a_filled_account_has_a_value() {
    for (provider, settings, account) in accounts() {
        let (full, new) = (value_of(&*account), value_of(&*open(provider, &settings)));
        let same: Vec<&String> = full
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, value)| new[name.as_str()] == **value)
            .map(|(name, _)| name)
            .collect();
        // What only handles change.
        let expected: &[&str] = match provider.name {
            "engagebay" => &["owners", "lists"],
            "engage" => &[
                "created",
                "without_cursors",
                "batch_delay",
                "waiting_batches",
            ],
            "engagespot" => &["auth_rules"],
            "webengage" => &["campaigns", "survey_responses", "feedback"],
            _ => &["created", "data_sources", "communications", "senders"],
        };
        assert_eq!(same, expected, "{}", provider.name);
    }
}

/// Calls each operation that only reads with every value that the account holds.
#[test]
fn what_only_reads_changes_no_account() {
    let mut refused = Vec::new();
    for (provider, _, mut account) in accounts() {
        let before = account.save().unwrap();
        let (license, mut values) = (json!("sandbox0"), Vec::new());
        let feedback = value_of(&*account)["feedback"].clone();
        let feedback = feedback
            .as_object()
            .and_then(|known| known.keys().next().cloned());
        let feedback = json!(feedback);
        scalars(&value_of(&*account), &mut values);
        values.sort_by_key(Value::to_string);
        values.dedup();
        let operations = provider.document.operations.iter();
        for operation in operations
            .filter(|one| account.only_reads(one))
            .collect::<Vec<_>>()
        {
            let mut accepted = false;
            for value in &values {
                for all in [true, false] {
                    let parameters = operation.parameters.iter();
                    let parameters = parameters.filter(|one| all || one.location == Location::Path);
                    let parameters: Object = parameters
                        .map(|parameter| (parameter.name.clone(), value.clone()))
                        .collect();
                    let mut call = with_user(&parameters, Value::Null);
                    for (name, known) in [("licenseCode", &license), ("feedbackId", &feedback)] {
                        if let Some(given) = call.parameters.get_mut(name) {
                            given.clone_from(known);
                        }
                    }
                    accepted |= account.call(&operation.id, &call).is_ok();
                }
            }
            refused.extend((!accepted).then_some(operation.id.as_str()));
            assert_eq!(account.save().unwrap(), before, "{}", operation.id);
        }
    }
    // Their files are not among the values.
    let expected = [
        "feedback_download_file",
        "feedback_download_reply_attachment",
    ];
    assert_eq!(refused, expected, "no value was accepted");
}

#[test]
fn a_copy_and_its_original_change_apart() {
    for (_, _, account) in accounts() {
        let before = account.save().unwrap();
        let mut copy = account.clone_account();
        assert_eq!(copy.save().unwrap(), before);
        for (_, operation, call) in super::testing::calls() {
            let _ = copy.call(&operation, &call);
        }
        assert_ne!(copy.save().unwrap(), before);
        assert_eq!(account.save().unwrap(), before);
    }
}

#[test]
fn a_record_may_be_as_deep_as_a_body() {
    let mut deep = json!("end");
    for _ in 0..120 {
        deep = json!({ "d": deep });
    }
    let mut accounts = accounts().into_iter();
    let found = accounts.find(|(provider, ..)| provider.name == "engagespot");
    let (provider, settings, mut account) = found.unwrap();
    let body = json!({ "identifier": "deep", "profile": { "deep": deep } });
    let call = with_user(&to_object(&Value::Null), body);
    account.call("users_create", &call).unwrap();
    let saved = account.save().unwrap();
    assert_eq!(
        load(provider, &settings, &saved).unwrap().save().unwrap(),
        saved
    );
}
