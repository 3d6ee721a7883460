//! The credentials of a client: which of them a request takes, and the tokens that come with time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use super::credential::Credential;
use super::entry::{Entry, ready};
use crate::auth::token_source::{Held, Slot, TokenSource};
use crate::client::core::Runtime;
use crate::error::Error;
use crate::provider::{Operation, Scheme, SchemeKind};
use crate::redact::secret_mask::SecretMask;
use crate::secret::Secret;

/// The credentials of a client.
#[derive(Default)]
pub(crate) struct Credentials {
    entries: Vec<Entry>,
    slots: Vec<Slot>,
    mask: Arc<SecretMask>,
    /// How many tokens sources have given.
    fetched: AtomicU64,
}

/// Token sources that a login must not use, one bit each: it would wait for itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Excluded(u64);

impl Excluded {
    fn with(self, slot: usize) -> Self {
        Self(self.0 | bit(slot))
    }

    fn holds(self, slot: usize) -> bool {
        self.0 & bit(slot) != 0
    }
}

/// No provider has as many ways to authenticate as there are bits.
fn bit(slot: usize) -> u64 {
    1 << (slot % 64)
}

impl Credentials {
    /// Adds a checked credential. The reason of a refusal never holds its value.
    pub(crate) fn add(
        &mut self,
        scheme: &'static Scheme,
        credential: &Credential,
    ) -> Result<(), String> {
        let entry = ready(scheme, credential)?;
        // An id that is no secret is what a provider's words are about: "there is no customer acme".
        if scheme.secret {
            for echo in &entry.echoes {
                self.mask.add(echo.expose(), None);
            }
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Adds a source of tokens.
    pub(crate) fn add_source(
        &mut self,
        scheme: &'static Scheme,
        source: Arc<dyn TokenSource>,
    ) -> Result<(), &'static str> {
        if scheme.kind == SchemeKind::Basic {
            return Err("it takes a user and a password, which are no token");
        }
        for secret in source.secrets() {
            self.mask.add(secret.expose(), None);
        }
        self.slots.push(Slot::new(scheme, source));
        Ok(())
    }

    /// Removes what proves `scheme`. It stays masked.
    pub(crate) fn remove(&mut self, scheme: &str) {
        self.entries.retain(|entry| entry.scheme != scheme);
        self.slots.retain(|slot| slot.scheme.name != scheme);
    }

    /// The same credentials, without the tokens that sources gave.
    pub(crate) fn without_tokens(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            slots: self.slots.iter().map(Slot::fresh).collect(),
            mask: Arc::new(SecretMask::clone(&self.mask)),
            fetched: AtomicU64::new(self.fetched.load(Ordering::Relaxed)),
        }
    }

    /// What masks these credentials in texts.
    pub(crate) fn mask(&self) -> &Arc<SecretMask> {
        &self.mask
    }

    /// A number for a token that was just fetched, higher than all before.
    pub(crate) fn next_token(&self) -> u64 {
        self.fetched.fetch_add(1, Ordering::Relaxed)
    }

    /// Masks a token from now on.
    pub(crate) fn remember_token(&self, token: &Secret, number: u64) {
        self.mask.add(token.expose(), Some(number));
    }

    fn has(&self, scheme: &str, excluded: Excluded) -> bool {
        let source =
            |(index, slot): (usize, &Slot)| slot.scheme.name == scheme && !excluded.holds(index);
        self.entries.iter().any(|entry| entry.scheme == scheme)
            || self.slots.iter().enumerate().any(source)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        let sources = self.slots.iter().map(|slot| slot.scheme.name);
        self.entries.iter().map(|entry| entry.scheme).chain(sources)
    }

    /// The alternative of `security` to use. An alternative without schemes means "may be called without": it is taken
    /// only when no other can be.
    pub(crate) fn choose(
        &self,
        security: &'static [&'static [&'static str]],
        excluded: Excluded,
    ) -> Option<&'static [&'static str]> {
        let usable = |schemes: &&&[&str]| {
            !schemes.is_empty() && schemes.iter().all(|scheme| self.has(scheme, excluded))
        };
        match security.iter().find(usable) {
            Some(schemes) => Some(schemes),
            None if security.is_empty() || security.iter().any(|schemes| schemes.is_empty()) => {
                Some(&[])
            }
            None => None,
        }
    }

    /// What to send with a request that no operation describes: what most operations would take.
    pub(crate) fn most_used(
        &self,
        operations: &'static [Operation],
        excluded: Excluded,
    ) -> Option<&'static [&'static str]> {
        let mut counts: Vec<(&'static [&'static str], usize)> = Vec::new();
        for schemes in operations
            .iter()
            .filter_map(|operation| self.choose(operation.security, excluded))
        {
            match counts.iter_mut().find(|(known, _)| *known == schemes) {
                Some((_, count)) => *count += 1,
                None if schemes.is_empty() => {}
                None => counts.push((schemes, 1)),
            }
        }
        // The first of several equally frequent ones, so that the answer does not depend on chance.
        counts
            .into_iter()
            .rev()
            .max_by_key(|(_, count)| *count)
            .map(|(schemes, _)| schemes)
    }

    /// The tokens that `schemes` take from sources, fetched if need be.
    pub(crate) async fn tokens(
        &self,
        schemes: &[&str],
        runtime: &Runtime,
        began: Instant,
    ) -> Result<Vec<Held>, Error> {
        let mut tokens = Vec::new();
        for (index, slot) in self.slots.iter().enumerate() {
            if schemes.contains(&slot.scheme.name) {
                let excluded = runtime.excluded().with(index);
                tokens.push(slot.token(&runtime.excluding(excluded), began).await?);
            }
        }
        Ok(tokens)
    }

    /// Forgets tokens that the provider refused.
    pub(crate) fn forget(&self, tokens: &[Held]) {
        for token in tokens {
            for slot in &self.slots {
                if slot.scheme.name == token.scheme {
                    slot.forget(token);
                }
            }
        }
    }

    /// Forgets all tokens.
    pub(crate) fn forget_all(&self) {
        self.slots.iter().for_each(Slot::forget_all);
    }

    /// Puts the credentials of `schemes` into `headers`, over anything that is there.
    pub(crate) fn attach(&self, schemes: &[&str], tokens: &[Held], headers: &mut HeaderMap) {
        for entry in self
            .entries
            .iter()
            .filter(|entry| schemes.contains(&entry.scheme))
        {
            headers.insert(entry.name.clone(), entry.value.clone());
        }
        for token in tokens {
            headers.insert(token.name.clone(), token.value.clone());
        }
    }
}
