//! Compares two surfaces. In: what two documents generate. Out: changes with their classes.

mod client;
mod findings;
mod operations;
mod types;
mod values;

use std::collections::BTreeMap;

pub(super) use findings::Finding;
use findings::Findings;

use crate::codegen::surface::Surface;

pub(super) fn surfaces(old: &Surface, new: &Surface) -> Vec<Finding> {
    let mut findings = Findings::default();
    operations::operations(old, new, &mut findings);
    let users = users_of_types(old, new);
    types::types(old, new, &users, &mut findings);
    client::client(&old.client, &new.client, &mut findings);
    findings.found
}

/// The operations that use each type, in the order of the documents.
fn users_of_types<'a>(old: &'a Surface, new: &'a Surface) -> BTreeMap<&'a str, Vec<String>> {
    let mut users: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in new.operations.iter().chain(&old.operations) {
        for name in &operation.types {
            let ids = users.entry(name).or_default();
            if !ids.contains(&operation.id) {
                ids.push(operation.id.clone());
            }
        }
    }
    users
}
