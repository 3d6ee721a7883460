//! The credentials of a client: which of them a request takes, and the tokens that come with time.

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

/// The credentials of a client; `S` is the source of its tokens.
pub(crate) struct Credentials<S> {
    prepared: Vec<PreparedCredential>,
    slots: Vec<TokenSlot<S>>,
    mask: Arc<SecretMask>,
    /// How many tokens sources have given.
    fetched: AtomicU64,
}

/// Token sources that a login must not use, one bit each: it would wait for itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ExcludedSchemes(u64);

impl ExcludedSchemes {
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
    /// Adds a checked credential. The reason of a refusal never holds its value.
    pub(crate) fn add(
        &mut self,
        scheme: &'static Scheme,
        credential: &Credential,
    ) -> Result<(), String> {
        let entry = prepare(scheme, credential)?;
        // An id that is no secret is what a provider's words are about: "there is no customer acme".
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
            return Err("it takes a user and a password, which are no token");
        }
        for secret in secrets {
            self.mask.add(secret.expose(), None);
        }
        self.slots.push(TokenSlot::new(scheme, source));
        Ok(())
    }

    /// Removes what proves `scheme`. It stays masked.
    pub(crate) fn remove(&mut self, scheme: &str) {
        self.prepared.retain(|entry| entry.scheme != scheme);
        self.slots.retain(|slot| slot.scheme.name != scheme);
    }

    /// The same credentials, without the tokens that sources gave.
    pub(crate) fn without_tokens(&self) -> Self {
        Self {
            prepared: self.prepared.clone(),
            slots: self.slots.iter().map(TokenSlot::without_token).collect(),
            mask: Arc::new(SecretMask::clone(&self.mask)),
            fetched: AtomicU64::new(self.fetched.load(Ordering::Relaxed)),
        }
    }

    /// What masks these credentials in texts.
    pub(crate) fn mask(&self) -> &Arc<SecretMask> {
        &self.mask
    }

    fn has(&self, scheme: &str, excluded: ExcludedSchemes) -> bool {
        let source = |(index, slot): (usize, &TokenSlot<S>)| {
            slot.scheme.name == scheme && !excluded.holds(index)
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

    /// The alternative of `security` to use. An alternative without schemes means "may be called without": it is taken
    /// only when no other can be.
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

    /// What to send with a request that no operation describes: what most operations would take.
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
        // The first of several equally frequent ones, so that the answer does not depend on chance.
        counts
            .into_iter()
            .rev()
            .max_by_key(|(_, count)| *count)
            .map(|(schemes, _)| schemes)
    }

    /// The sources of the tokens that `schemes` need, each with the set that a login through it must not use.
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

    /// Checks a token that was just fetched, masks it from now on, and prepares it for sending.
    pub(crate) fn accept_token(
        &self,
        scheme: &'static Scheme,
        token: &Token,
    ) -> Result<CachedToken, String> {
        // Masked first, before anything can go wrong with it.
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

    /// Puts the credentials of `schemes` into `headers`, over anything that is there.
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
