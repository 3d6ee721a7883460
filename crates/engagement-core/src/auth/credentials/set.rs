//! The credentials and token sources of a client, and the selection of those that a request uses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::HeaderMap;

use super::credential::Credential;
use super::prepared::{PreparedCredential, prepare};
use crate::auth::token::Token;
use crate::auth::token_cache::{CachedToken, TokenSlot};
use crate::provider::{Operation, Scheme, SchemeKind};
use crate::redact::secret_mask::SecretMask;
use crate::secret::Secret;

/// The credentials of a client; `S` is the type of its token sources.
pub(crate) struct Credentials<S> {
    prepared: Vec<PreparedCredential>,
    slots: Vec<TokenSlot<S>>,
    mask: Arc<SecretMask>,
    /// Number of tokens that were fetched.
    fetched: AtomicU64,
}

/// Token sources that a login must not use because it would wait for itself; one bit each.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExcludedSchemes(u64);

impl ExcludedSchemes {
    fn with(self, slot: usize) -> Self {
        Self(self.0 | bit(slot))
    }

    fn contains(self, slot: usize) -> bool {
        self.0 & bit(slot) != 0
    }
}

/// No provider has more than 64 schemes.
fn bit(slot: usize) -> u64 {
    1 << (slot % 64)
}

impl<S> Default for Credentials<S> {
    fn default() -> Self {
        Self {
            prepared: Vec::new(),
            slots: Vec::new(),
            mask: Arc::default(),
            fetched: AtomicU64::new(0),
        }
    }
}

impl<S: Clone> Credentials<S> {
    /// Checks and adds a credential. An error never contains its value.
    pub(crate) fn add(
        &mut self,
        scheme: &'static Scheme,
        credential: &Credential,
    ) -> Result<(), String> {
        let entry = prepare(scheme, credential)?;
        // A public id is not masked: messages such as "there is no customer acme" need it.
        if scheme.secret {
            for text in &entry.masked_texts {
                self.mask.add(text.expose(), None);
            }
        }
        self.prepared.push(entry);
        Ok(())
    }

    /// Adds a source of tokens.
    pub(crate) fn add_source(
        &mut self,
        scheme: &'static Scheme,
        source: S,
        secrets: Vec<Secret>,
    ) -> Result<(), &'static str> {
        if scheme.kind == SchemeKind::Basic {
            return Err("it takes a user and a password, not a token");
        }
        for secret in secrets {
            self.mask.add(secret.expose(), None);
        }
        self.slots.push(TokenSlot::new(scheme, source));
        Ok(())
    }

    /// Removes the credential and the token source of `scheme`. They stay masked.
    pub(crate) fn remove(&mut self, scheme: &str) {
        self.prepared.retain(|entry| entry.scheme != scheme);
        self.slots.retain(|slot| slot.scheme.name != scheme);
    }

    /// The same credentials without cached tokens.
    pub(crate) fn without_tokens(&self) -> Self {
        Self {
            prepared: self.prepared.clone(),
            slots: self.slots.iter().map(TokenSlot::without_token).collect(),
            mask: Arc::new(SecretMask::clone(&self.mask)),
            fetched: AtomicU64::new(self.fetched.load(Ordering::Relaxed)),
        }
    }

    /// The mask for these credentials.
    pub(crate) fn mask(&self) -> &Arc<SecretMask> {
        &self.mask
    }

    fn has(&self, scheme: &str, excluded: ExcludedSchemes) -> bool {
        let source = |(index, slot): (usize, &TokenSlot<S>)| {
            slot.scheme.name == scheme && !excluded.contains(index)
        };
        self.prepared.iter().any(|entry| entry.scheme == scheme)
            || self.slots.iter().enumerate().any(source)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        let sources = self.slots.iter().map(|slot| slot.scheme.name);
        self.prepared
            .iter()
            .map(|entry| entry.scheme)
            .chain(sources)
    }

    /// The alternative of `security` to use. An empty alternative (no credentials needed) is used only if no other is
    /// available.
    pub(crate) fn select_schemes(
        &self,
        security: &'static [&'static [&'static str]],
        excluded: ExcludedSchemes,
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

    /// The schemes for a raw request: those that most operations would use.
    pub(crate) fn default_schemes(
        &self,
        operations: &'static [Operation],
        excluded: ExcludedSchemes,
    ) -> Option<&'static [&'static str]> {
        let mut counts: Vec<(&'static [&'static str], usize)> = Vec::new();
        for schemes in operations
            .iter()
            .filter_map(|operation| self.select_schemes(operation.security, excluded))
        {
            match counts.iter_mut().find(|(known, _)| *known == schemes) {
                Some((_, count)) => *count += 1,
                None if schemes.is_empty() => {}
                None => counts.push((schemes, 1)),
            }
        }
        // The first of several equally frequent ones, so that the result is deterministic.
        counts
            .into_iter()
            .rev()
            .max_by_key(|(_, count)| *count)
            .map(|(schemes, _)| schemes)
    }

    /// The token sources for `schemes`, each with the sources that its login must not use.
    pub(crate) fn token_slots(
        &self,
        schemes: &[&str],
        excluded: ExcludedSchemes,
    ) -> impl Iterator<Item = (&TokenSlot<S>, ExcludedSchemes)> {
        let slots = self.slots.iter().enumerate();
        slots
            .filter(|(_, slot)| schemes.contains(&slot.scheme.name))
            .map(move |(index, slot)| (slot, excluded.with(index)))
    }

    /// Masks a fetched token, checks it, and prepares it for sending.
    pub(crate) fn accept_token(
        &self,
        scheme: &'static Scheme,
        token: &Token,
    ) -> Result<CachedToken, String> {
        // Masked first, so that no error can show it.
        let number = self.fetched.fetch_add(1, Ordering::Relaxed);
        self.mask.add(token.text.expose(), Some(number));
        let credential = Credential::from_values(scheme, std::iter::once(token.text.clone()))
            .ok_or_else(|| "it takes a user and a password".to_owned())?;
        let entry = prepare(scheme, &credential)?;
        for text in &entry.masked_texts {
            self.mask.add(text.expose(), Some(number));
        }
        Ok(CachedToken {
            scheme: scheme.name,
            name: entry.name,
            value: entry.value,
            until: token.use_until(),
            number,
        })
    }

    /// Forgets tokens that the provider refused.
    pub(crate) fn forget(&self, tokens: &[CachedToken]) {
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
        self.slots.iter().for_each(TokenSlot::forget_all);
    }

    /// Sets the credentials of `schemes` in `headers`, and replaces existing values.
    pub(crate) fn attach(&self, schemes: &[&str], tokens: &[CachedToken], headers: &mut HeaderMap) {
        for entry in self
            .prepared
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
