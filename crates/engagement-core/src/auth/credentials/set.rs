//! The credentials and token sources of a client, and the selection of those that a request uses.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

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
    slots: Vec<Arc<TokenSlot<S>>>,
    mask: Arc<SecretMask>,
    /// Number of tokens that were fetched, and of credentials that were replaced.
    fetched: Arc<AtomicU64>,
    /// The credentials of the client that this one is derived from, directly or not; set when the first is derived.
    original: OnceLock<Arc<Original>>,
}

/// Tells the credentials of accounts apart. The hashes mean nothing outside of this process.
struct Original {
    hasher: RandomState,
    /// By scheme; `None` for a token source.
    hashes: Vec<(&'static str, Option<u64>)>,
}

impl<S> Default for Credentials<S> {
    fn default() -> Self {
        Self {
            prepared: Vec::new(),
            slots: Vec::new(),
            mask: Arc::default(),
            fetched: Arc::default(),
            original: OnceLock::new(),
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
        self.slots.push(Arc::new(TokenSlot::new(scheme, source)));
        Ok(())
    }

    /// Removes the credential and the token source of `scheme`. They stay masked for a while: errors about calls with them
    /// arrive soon.
    pub(crate) fn remove(&mut self, scheme: &str) {
        self.slots.retain(|slot| slot.scheme.name != scheme);
        let (removed, kept) = std::mem::take(&mut self.prepared)
            .into_iter()
            .partition::<Vec<_>, _>(|entry| entry.scheme == scheme);
        self.prepared = kept;
        let number = self.fetched.fetch_add(1, Ordering::Relaxed);
        for text in removed.iter().flat_map(|entry| &entry.masked_texts) {
            let mut kept = self.prepared.iter().flat_map(|entry| &entry.masked_texts);
            if !kept.any(|kept| kept == text) {
                self.mask.retire(text.expose(), number);
            }
        }
    }

    /// The same credentials without cached tokens.
    pub(crate) fn without_tokens(&self) -> Self {
        let slots = self.slots.iter();
        self.original.get_or_init(|| self.hashed());
        Self {
            prepared: self.prepared.clone(),
            slots: slots.map(|slot| Arc::new(slot.without_token())).collect(),
            mask: Arc::new(SecretMask::clone(&self.mask)),
            fetched: Arc::new(AtomicU64::new(self.fetched.load(Ordering::Relaxed))),
            original: self.original.clone(),
        }
    }

    /// The credentials for a login of the token source of `scheme`, which must not wait for the token that it fetches.
    pub(crate) fn for_login(&self, scheme: &Scheme) -> Self {
        let mut slots = self.slots.clone();
        slots.retain(|slot| slot.scheme.name != scheme.name);
        Self {
            prepared: self.prepared.clone(),
            slots,
            mask: Arc::clone(&self.mask),
            fetched: Arc::clone(&self.fetched),
            original: self.original.clone(),
        }
    }

    fn hashed(&self) -> Arc<Original> {
        let hasher = RandomState::new();
        let prepared = self
            .prepared
            .iter()
            .map(|entry| (entry.scheme, Some(hasher.hash_one(&entry.value))));
        let sources = self.slots.iter().map(|slot| (slot.scheme.name, None));
        let hashes = prepared.chain(sources).collect();
        Arc::new(Original { hasher, hashes })
    }

    /// Stands for the account, if it is another one than that of the original client: one of that client's credentials was
    /// replaced. Credentials that were added or removed belong to the same account, such as those of one of its users.
    pub(crate) fn account(&self) -> Option<u64> {
        let Original { hasher, hashes } = &**self.original.get()?;
        let replaced = |(scheme, original): &(&'static str, Option<u64>)| {
            let mut prepared = self.prepared.iter();
            let entry = prepared.find(|entry| entry.scheme == *scheme)?;
            let hash = hasher.hash_one(&entry.value);
            (Some(hash) != *original).then_some((*scheme, hash))
        };
        let replaced: Vec<_> = hashes.iter().filter_map(replaced).collect();
        (!replaced.is_empty()).then(|| hasher.hash_one(replaced))
    }

    /// The mask for these credentials.
    pub(crate) fn mask(&self) -> &Arc<SecretMask> {
        &self.mask
    }

    fn has(&self, scheme: &str) -> bool {
        self.names().any(|name| name == scheme)
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
    ) -> Option<&'static [&'static str]> {
        let usable = |schemes: &&&[&str]| {
            !schemes.is_empty() && schemes.iter().all(|scheme| self.has(scheme))
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
    ) -> Option<&'static [&'static str]> {
        let mut counts: Vec<(&'static [&'static str], usize)> = Vec::new();
        for schemes in operations
            .iter()
            .filter_map(|operation| self.select_schemes(operation.security))
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

    /// The token sources for `schemes`.
    pub(crate) fn token_slots(&self, schemes: &[&str]) -> impl Iterator<Item = &TokenSlot<S>> {
        let slots = self.slots.iter();
        slots
            .filter(|slot| schemes.contains(&slot.scheme.name))
            .map(|slot| &**slot)
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
        self.slots.iter().for_each(|slot| slot.forget_all());
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
