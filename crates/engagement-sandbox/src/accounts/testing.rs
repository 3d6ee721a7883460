//! Accounts with records of every kind, for tests.

use serde_json::Value;

use super::account::{Account, AccountSettings};
use super::call::{Call, UploadedFile};
use super::json::to_object;
use crate::clock::Clock;
use crate::provider::config::ProviderId;
use crate::provider::credentials::Credentials;
use crate::provider::{self, Provider};

/// The settings of an account with default credentials.
pub(crate) fn settings(provider: &Provider) -> AccountSettings {
    AccountSettings {
        credentials: Credentials::new(provider.credentials.clone()),
        examples_only: false,
        clock: Clock::new().for_provider(),
        log_size: 500,
    }
}

/// Calls that create records of every kind: the provider and the operation of each, and the call.
pub(crate) fn calls() -> Vec<(&'static Provider, String, Call)> {
    let calls: Vec<(String, String, Value, Value)> =
        serde_json::from_str(include_str!("testing.json")).unwrap();
    let providers = provider::all().unwrap();
    let call = |(name, operation, parameters, body): (String, String, Value, Value)| {
        let mut providers = providers.iter();
        let provider = providers.find(|known| known.name == name).unwrap();
        assert!(provider.position(&operation).is_some(), "{operation}");
        let body = if body.is_null() { Value::Null } else { body };
        (
            provider,
            operation,
            with_user(&to_object(&parameters), body),
        )
    };
    calls.into_iter().map(call).collect()
}

/// A call by the user `u1` with the device `d1`, and with a file.
pub(crate) fn with_user(parameters: &super::json::Object, body: Value) -> Call {
    let mut call = Call {
        parameters: parameters.clone(),
        body,
        schemes: vec!["apiKey".to_owned(), "userId".to_owned()],
        files: vec![UploadedFile {
            name: "file".to_owned(),
            file_name: "books.csv".to_owned(),
            content_type: "text/csv".to_owned(),
            bytes: bytes::Bytes::from_static(b"id,title\n\xff,b"),
        }],
        ..Call::default()
    };
    for (name, value) in [
        ("x-engagespot-user-id", "u1"),
        ("x-engagespot-device-id", "d1"),
    ] {
        call.headers.insert(name, value.parse().unwrap());
    }
    call
}

/// An account of each provider after all calls, without those that only have examples.
pub(crate) fn accounts() -> Vec<(&'static Provider, AccountSettings, Box<dyn Account>)> {
    let open = |provider: &'static Provider| {
        let settings = settings(provider);
        let account = super::open(provider, &settings);
        (provider, settings, account)
    };
    let with_records = |provider: &&Provider| provider.config.id != ProviderId::Examples;
    let providers = provider::all().unwrap().iter();
    let mut accounts: Vec<_> = providers.filter(with_records).map(open).collect();
    for (provider, operation, call) in calls() {
        let mut accounts = accounts.iter_mut();
        let (_, _, account) = accounts
            .find(|(known, ..)| known.name == provider.name)
            .unwrap();
        // Some calls are refused.
        let _ = account.call(&operation, &call);
    }
    accounts
}
