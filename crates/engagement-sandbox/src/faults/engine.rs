//! The faults of a sandbox: which of them a request gets.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::FaultError;
use super::fault::{Fault, FaultKind, Which};
use super::grammar;
use super::target::{Request, Target};
use crate::provider::Provider;

/// A fault that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultInfo {
    /// Its number, for [`Sandbox::remove_fault`](crate::Sandbox::remove_fault).
    pub id: u64,
    /// The requests that it applies to.
    pub target: String,
    /// What happens and when, as [`Sandbox::set_fault`](crate::Sandbox::set_fault) reads it.
    pub fault: String,
    /// How often it has happened.
    pub injected: u64,
}

/// The faults of a sandbox, in the order in which they were set.
pub(crate) struct Faults {
    rules: Mutex<Rules>,
    /// The names of the providers that are served.
    served: Vec<&'static str>,
}

#[derive(Default)]
struct Rules {
    next_id: u64,
    rules: Vec<Rule>,
}

struct Rule {
    id: u64,
    target: Target,
    fault: Fault,
    random: fastrand::Rng,
    /// Matching requests.
    seen: u64,
    injected: u64,
    /// Start of the window of a rate limit, and requests in it.
    window: Option<(Duration, u32)>,
}

/// A fault that a request gets.
#[derive(Debug)]
pub(crate) struct Injection {
    pub(crate) kind: FaultKind,
    pub(crate) delay: Duration,
    /// The fault as text, for the log.
    pub(crate) text: String,
    /// How many requests of a rate limit are left, and after how many seconds its window ends.
    pub(crate) window: Option<Window>,
}

/// The state of a rate limit after a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) exceeded: bool,
    /// Whole seconds, at least 1.
    pub(crate) ends_in: u64,
}

impl Faults {
    pub(crate) fn new(served: Vec<&'static str>) -> Self {
        Self {
            rules: Mutex::default(),
            served,
        }
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a fault, and returns its number.
    pub(crate) fn add(
        &self,
        target: &str,
        fault: Fault,
        providers: &'static [Provider],
    ) -> Result<u64, FaultError> {
        let target = Target::parse(target, providers)?;
        let error = |why: String| FaultError(format!("`{target}: {fault}`: {why}"));
        fault.check().map_err(error)?;
        if !target.is_served(&self.served, providers) {
            let served = self.served.join(", ");
            return Err(error(format!("the sandbox serves only {served}")));
        }
        let has_list = |provider: &Provider, id: &str| provider.list_in_body(id).is_some();
        if matches!(fault.kind, FaultKind::DropItems(_))
            && !target.any_operation(providers, has_list)
        {
            return Err(error("the body of this operation has no list".to_owned()));
        }
        let mut rules = self.rules();
        rules.next_id += 1;
        let id = rules.next_id;
        rules.rules.push(Rule {
            id,
            target,
            random: fastrand::Rng::with_seed(fault.schedule.seed),
            fault,
            seen: 0,
            injected: 0,
            window: None,
        });
        Ok(id)
    }

    /// Adds the fault that a text such as `contacts_add_tags: status=429 times=2` describes, and returns its number.
    pub(crate) fn add_text(
        &self,
        text: &str,
        providers: &'static [Provider],
    ) -> Result<u64, FaultError> {
        let (target, fault) = grammar::parse(text)?;
        self.add(target, fault, providers)
    }

    /// Removes a fault. Returns whether there was one of this number.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut rules = self.rules();
        let before = rules.rules.len();
        rules.rules.retain(|rule| rule.id != id);
        rules.rules.len() < before
    }

    pub(crate) fn clear(&self) {
        self.rules().rules.clear();
    }

    pub(crate) fn all(&self) -> Vec<FaultInfo> {
        let info = |rule: &Rule| FaultInfo {
            id: rule.id,
            target: rule.target.to_string(),
            fault: rule.fault.to_string(),
            injected: rule.injected,
        };
        self.rules().rules.iter().map(info).collect()
    }

    /// The fault that a request gets at this time: that of the first rule which matches it and whose turn it is.
    pub(crate) fn take(&self, request: &Request<'_>, now: Duration) -> Option<Injection> {
        let rules = &mut self.rules().rules;
        let mut position = 0;
        while position < rules.len() {
            let rule = &mut rules[position];
            position += 1;
            if !rule.target.matches(request) || !rule.is_selected() {
                continue;
            }
            let injection = rule.inject(now);
            if rule.is_used_up() {
                rules.remove(position - 1);
            }
            return Some(injection);
        }
        None
    }
}

impl Rule {
    /// Counts a request, and decides whether it fails.
    fn is_selected(&mut self) -> bool {
        self.seen += 1;
        match self.fault.schedule.which {
            Which::Each => true,
            Which::Every(k) => self.seen.is_multiple_of(k),
            Which::Probability(probability) => self.random.f64() < probability,
        }
    }

    fn inject(&mut self, now: Duration) -> Injection {
        self.injected += 1;
        let jitter = self.fault.jitter.mul_f64(self.random.f64());
        let window = match self.fault.kind {
            FaultKind::RateLimit { requests, window } => Some(self.count(requests, window, now)),
            _ => None,
        };
        Injection {
            kind: self.fault.kind.clone(),
            delay: self.fault.delay.unwrap_or_default().saturating_add(jitter),
            text: self.fault.to_string(),
            window,
        }
    }

    fn is_used_up(&self) -> bool {
        let limit = self.fault.schedule.limit(&self.fault.kind);
        limit.is_some_and(|limit| self.injected >= limit)
    }

    /// Counts a request in the window of a rate limit.
    fn count(&mut self, limit: u32, length: Duration, now: Duration) -> Window {
        let (start, requests) = self.window.get_or_insert((now, 0));
        if now.saturating_sub(*start) >= length {
            (*start, *requests) = (now, 0);
        }
        *requests = requests.saturating_add(1);
        let end = start.saturating_add(length).saturating_sub(now);
        // `Retry-After` has whole seconds, and must not end before the window does.
        let ends_in = end.as_secs() + u64::from(end.subsec_nanos() > 0);
        Window {
            limit,
            remaining: limit.saturating_sub(*requests),
            exceeded: *requests > limit,
            ends_in: ends_in.max(1),
        }
    }
}
