//! Collects changes.

use crate::codegen::surface::Fact;
use crate::diff::{Change, Class};

/// A change and its place.
#[derive(Debug)]
pub(in crate::diff) struct Finding {
    pub(in crate::diff) change: Change,
    /// Whether the place is one of the old document.
    pub(in crate::diff) in_old: bool,
    pub(in crate::diff) pointer: String,
}

#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) found: Vec<Finding>,
}

/// What changes are about.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) operations: Vec<String>,
    pub(super) pointer: String,
    pub(super) in_old: bool,
}

impl Subject {
    pub(super) fn new(name: &str, pointer: &str) -> Self {
        Self {
            name: name.to_owned(),
            operations: Vec::new(),
            pointer: pointer.to_owned(),
            in_old: false,
        }
    }

    /// The same at another place of the new document.
    pub(super) fn at(&self, pointer: &str) -> Self {
        Self {
            pointer: pointer.to_owned(),
            ..self.clone()
        }
    }

    /// The same at a place of the old document.
    pub(super) fn at_old(&self, pointer: &str) -> Self {
        Self {
            in_old: true,
            ..self.at(pointer)
        }
    }
}

impl Findings {
    fn add(&mut self, class: Class, subject: &Subject, change: String, action: Option<String>) {
        self.found.push(Finding {
            change: Change {
                class,
                subject: subject.name.clone(),
                operations: subject.operations.clone(),
                change,
                action,
                place: None,
            },
            in_old: subject.in_old,
            pointer: subject.pointer.clone(),
        });
    }

    /// A change after which a caller has to do something.
    pub(super) fn breaking(
        &mut self,
        subject: &Subject,
        change: impl Into<String>,
        action: impl Into<String>,
    ) {
        self.add(Class::Breaking, subject, change.into(), Some(action.into()));
    }

    pub(super) fn additive(&mut self, subject: &Subject, change: impl Into<String>) {
        self.add(Class::Additive, subject, change.into(), None);
    }

    pub(super) fn wire_only(&mut self, subject: &Subject, change: impl Into<String>) {
        self.add(Class::WireOnly, subject, change.into(), None);
    }

    /// Reports facts that differ. `what` names the value they belong to.
    pub(super) fn facts(&mut self, subject: &Subject, what: &str, old: &[Fact], new: &[Fact]) {
        for (fact, was) in pairs(old, new) {
            let name = match what {
                "" => fact.name.clone(),
                what => format!("{what}, {}", fact.name),
            };
            self.wire_only(
                subject,
                format!("{name}: {}, was {}", fact.value, was.value),
            );
        }
    }

    /// Reports texts that differ, in one change.
    pub(super) fn texts(&mut self, subject: &Subject, old: &[Fact], new: &[Fact]) {
        let changed: Vec<&str> = pairs(old, new)
            .map(|(text, _)| text.name.as_str())
            .collect();
        if !changed.is_empty() {
            let change = format!("changed texts: {}", changed.join(", "));
            self.add(Class::Documentation, subject, change, None);
        }
    }
}

/// The facts of equal names whose values differ: new and old. A name that one side lacks has no difference.
fn pairs<'a>(old: &'a [Fact], new: &'a [Fact]) -> impl Iterator<Item = (&'a Fact, &'a Fact)> {
    new.iter().filter_map(|fact| {
        let was = old.iter().find(|was| was.name == fact.name)?;
        (was.value != fact.value).then_some((fact, was))
    })
}
