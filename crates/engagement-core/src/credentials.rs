//! Credentials: checked once when a client is built, attached to each request, masked in everything that prints.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::utf8_percent_encode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use crate::error::Error;
use crate::mask::replace_words;
use crate::path::RESERVED;
use crate::provider::{Operation, Provider, Scheme, SchemeKind};
use crate::runtime::Runtime;
use crate::secret::Secret;
use crate::text::secret_header_value;
use crate::token_source::{Held, Slot, TokenSource};
use tokio::time::Instant;
use zeroize::Zeroizing;

/// What proves to a provider who is calling. `Debug` shows the kind only.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credential {
    /// A user and a password, sent as RFC 7617 basic authentication.
    #[non_exhaustive]
    Basic {
        /// The user.
        user: Secret,
        /// The password.
        password: Secret,
    },
    /// A key that takes the user's place in basic authentication, with an empty password.
    UserOnly(Secret),
    /// A token sent as `Authorization: Bearer …`.
    Bearer(Secret),
    /// A key sent in a header of the provider's own.
    Header(Secret),
}

impl Credential {
    /// A user and a password.
    pub fn basic(user: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        Self::Basic {
            user: user.into(),
            password: password.into(),
        }
    }

    /// A key that takes the user's place in basic authentication.
    pub fn user_only(user: impl Into<Secret>) -> Self {
        Self::UserOnly(user.into())
    }

    /// A bearer token.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self::Bearer(token.into())
    }

    /// A key for a header of the provider's own.
    pub fn header(value: impl Into<Secret>) -> Self {
        Self::Header(value.into())
    }

    /// The credential of `scheme` from the values of its environment variables.
    pub(crate) fn from_values(
        scheme: &Scheme,
        mut values: impl Iterator<Item = Secret>,
    ) -> Option<Self> {
        Some(match scheme.kind {
            SchemeKind::Basic => Self::basic(values.next()?, values.next()?),
            SchemeKind::BasicUserOnly => Self::user_only(values.next()?),
            SchemeKind::Bearer => Self::bearer(values.next()?),
            SchemeKind::Header(_) => Self::header(values.next()?),
        })
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::Basic { user, password } => (user, Some(password)),
            Self::UserOnly(secret) | Self::Bearer(secret) | Self::Header(secret) => (secret, None),
        };
        [Some(first), second]
            .into_iter()
            .flatten()
            .map(Secret::expose)
    }
}

/// The header that `scheme` uses, or `None` if its table entry is unusable.
pub(crate) fn header_name(scheme: &Scheme) -> Option<HeaderName> {
    match scheme.kind {
        SchemeKind::Basic | SchemeKind::BasicUserOnly | SchemeKind::Bearer => Some(AUTHORIZATION),
        SchemeKind::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok(),
    }
}

/// Why callers may not set `name` themselves, if so: a second credential header beside ours, or one that decides how
/// the request is framed and where it goes.
pub(crate) fn reserved_header(provider: &Provider, name: &HeaderName) -> Option<&'static str> {
    const CREDENTIAL: &[&str] = &["authorization", "proxy-authorization", "cookie"];
    const FRAMING: &[&str] = &[
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
    ];
    let own = || {
        provider
            .schemes
            .iter()
            .any(|scheme| header_name(scheme).as_ref() == Some(name))
    };
    if CREDENTIAL.contains(&name.as_str()) || own() {
        Some("carries credentials; use .credential(…) of the builder")
    } else if FRAMING.contains(&name.as_str()) {
        Some("is set by the HTTP client")
    } else {
        None
    }
}

/// One scheme's credential, ready to be sent.
#[derive(Clone)]
pub(crate) struct Entry {
    scheme: &'static str,
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    /// What a provider may repeat of it.
    pub(crate) echoes: Vec<Secret>,
}

/// Checks a credential and writes it as it is sent. The reason of a refusal never holds its value.
pub(crate) fn ready(scheme: &'static Scheme, credential: &Credential) -> Result<Entry, String> {
    let name = header_name(scheme).ok_or("its header name is not valid")?;
    for part in credential.parts() {
        if part.trim().is_empty() {
            return Err("it is empty".into());
        }
        if part.chars().any(char::is_control) {
            return Err("it holds a line end or another control character".into());
        }
    }
    let text = match (scheme.kind, credential) {
        (SchemeKind::Basic, Credential::Basic { user, password }) => {
            basic(user.expose(), password.expose())?
        }
        (SchemeKind::BasicUserOnly, Credential::UserOnly(user)) => basic(user.expose(), "")?,
        (SchemeKind::Bearer, Credential::Bearer(token)) => {
            if token.expose().contains(char::is_whitespace) {
                return Err("it holds white space; give the token alone, without `Bearer`".into());
            }
            joined(&["Bearer ", token.expose()])
        }
        (SchemeKind::Header(_), Credential::Header(value)) => {
            if value.expose().trim() != value.expose() {
                return Err("it starts or ends with white space".into());
            }
            value.clone()
        }
        (kind, _) => {
            return Err(format!(
                "it must be made with Credential::{}",
                constructor(kind)
            ));
        }
    };
    let value =
        secret_header_value(&text).ok_or("it holds a character that a header cannot carry")?;
    // The `Basic …` text without its first word, which alone would not be found in an echo.
    let encoded = text.expose().split_once(' ').map(|(_, encoded)| encoded);
    let echoes = credential.parts().chain(encoded).map(Secret::from);
    Ok(Entry {
        scheme: scheme.name,
        name,
        value,
        echoes: echoes.collect(),
    })
}

/// The credentials of a client.
#[derive(Default)]
pub(crate) struct Credentials {
    entries: Vec<Entry>,
    slots: Vec<Slot>,
    forms: RwLock<Forms>,
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
            let forms = self.forms.get_mut().unwrap_or_else(PoisonError::into_inner);
            for echo in &entry.echoes {
                forms.add(echo.expose(), None);
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
        let forms = self.forms.get_mut().unwrap_or_else(PoisonError::into_inner);
        for secret in source.secrets() {
            forms.add(secret.expose(), None);
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
            forms: RwLock::new(self.forms().clone()),
            fetched: AtomicU64::new(self.fetched.load(Ordering::Relaxed)),
        }
    }

    fn forms(&self) -> RwLockReadGuard<'_, Forms> {
        self.forms.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a token that was just fetched, higher than all before.
    pub(crate) fn next_token(&self) -> u64 {
        self.fetched.fetch_add(1, Ordering::Relaxed)
    }

    /// Masks a token from now on.
    pub(crate) fn remember_token(&self, token: &Secret, number: u64) {
        let mut forms = self.forms.write().unwrap_or_else(PoisonError::into_inner);
        forms.add(token.expose(), Some(number));
    }

    /// Replaces every credential in `text`.
    pub(crate) fn mask(&self, mut text: String) -> String {
        let forms = self.forms();
        for form in &forms.0 {
            if text.contains(form.text.expose()) {
                text = text.replace(form.text.expose(), "[REDACTED]");
            }
        }
        // Other ways to escape it, and base64.
        replace_words(&text, "[REDACTED]", &|word, _| {
            forms.0.iter().any(|form| word.contains(form.text.expose()))
        })
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

/// Every form in which a provider may echo a credential, longest first.
#[derive(Clone, Default)]
struct Forms(Vec<Form>);

#[derive(Clone)]
struct Form {
    text: Secret,
    /// Which token it is of, counted up, if it is of one.
    token: Option<u64>,
}

impl Forms {
    /// Adds the forms of `value`; those of a token replace the ones of tokens long gone.
    fn add(&mut self, value: &str, token: Option<u64>) {
        // Masking shorter ones would tear ordinary words apart, and nothing that short is a secret.
        const SHORTEST: usize = 4;
        // A program may run for years and get a new token every hour. What is told of an old one is told soon.
        const TOKENS: u64 = 64;
        if value.len() < SHORTEST {
            return;
        }
        if let Some(oldest) = token.and_then(|token| token.checked_sub(TOKENS)) {
            self.0
                .retain(|form| form.token.is_none_or(|token| token > oldest));
        }
        let percent: Vec<&str> = utf8_percent_encode(value, RESERVED).collect();
        let query: Vec<&str> = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let forms = [
            Secret::from(value),
            joined(&percent),
            joined(&query),
            escaped(value, json_escape),
            escaped(value, html_escape),
        ];
        for form in &forms {
            let form = form.expose();
            match self.0.iter_mut().find(|known| known.text.expose() == form) {
                // What is fixed stays, and what came again is new again.
                Some(known) => known.token = known.token.and(token),
                None => self.0.push(Form {
                    text: form.into(),
                    token,
                }),
            }
        }
        self.0
            .sort_by_key(|form| std::cmp::Reverse(form.text.expose().len()));
    }
}

/// A secret of several parts, put together without leaving copies.
fn joined(parts: &[&str]) -> Secret {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    text.extend(parts.iter().copied());
    text.into()
}

/// A secret with escapes in place of some characters.
fn escaped(text: &str, escape: fn(char) -> Option<&'static str>) -> Secret {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, escape)) = rest
        .char_indices()
        .find_map(|(at, c)| Some((at, escape(c)?)))
    {
        parts.extend([&rest[..at], escape]);
        // Only ASCII characters have escapes.
        rest = &rest[at + 1..];
    }
    parts.push(rest);
    joined(&parts)
}

/// Control characters are left out: no credential holds any.
fn json_escape(c: char) -> Option<&'static str> {
    match c {
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        _ => None,
    }
}

fn html_escape(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        _ => None,
    }
}

fn basic(user: &str, password: &str) -> Result<Secret, String> {
    if user.contains(':') {
        return Err("its user holds a colon, which basic authentication cannot express".into());
    }
    let pair = joined(&[user, ":", password]);
    let encoded = Zeroizing::new(STANDARD.encode(pair.expose()));
    Ok(joined(&["Basic ", &encoded]))
}

fn constructor(kind: SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Basic => "basic(user, password)",
        SchemeKind::BasicUserOnly => "user_only(key)",
        SchemeKind::Bearer => "bearer(token)",
        SchemeKind::Header(_) => "header(key)",
    }
}

/// How to give the credentials of `security`, for error messages.
pub(crate) fn how_to_set(provider: &Provider, security: &[&[&str]]) -> String {
    let scheme = |name: &&str| match provider.schemes.iter().find(|scheme| scheme.name == *name) {
        Some(scheme) => {
            let env = if scheme.env.is_empty() {
                String::new()
            } else {
                format!(" or {}", scheme.env.join(" and "))
            };
            format!(
                "{} with .credential({name:?}, Credential::{}){env}",
                scheme.label,
                constructor(scheme.kind)
            )
        }
        None => format!("`{name}`, which the client does not know"),
    };
    let alternatives: Vec<String> = security
        .iter()
        .map(|schemes| {
            schemes
                .iter()
                .map(scheme)
                .collect::<Vec<_>>()
                .join(", together with ")
        })
        .collect();
    alternatives.join("; or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASIC: Scheme = Scheme {
        name: "basic",
        kind: SchemeKind::Basic,
        label: "Login",
        env: &["U", "P"],
        secret: true,
    };
    const USER: Scheme = Scheme {
        name: "user",
        kind: SchemeKind::BasicUserOnly,
        label: "Key",
        env: &["K"],
        secret: true,
    };
    const BEARER: Scheme = Scheme {
        name: "bearer",
        kind: SchemeKind::Bearer,
        label: "Token",
        env: &["T"],
        secret: true,
    };
    const HEADER: Scheme = Scheme {
        name: "header",
        kind: SchemeKind::Header("X-Key"),
        label: "API key",
        env: &["H"],
        secret: true,
    };

    fn add(scheme: &'static Scheme, credential: Credential) -> Result<Credentials, String> {
        let mut credentials = Credentials::default();
        credentials.add(scheme, &credential).map(|()| credentials)
    }

    fn sent(scheme: &'static Scheme, credential: Credential) -> HeaderMap {
        let mut headers = HeaderMap::new();
        add(scheme, credential)
            .unwrap()
            .attach(&[scheme.name], &[], &mut headers);
        assert!(headers.values().all(HeaderValue::is_sensitive));
        headers
    }

    #[test]
    fn each_kind_travels_in_its_own_way() {
        assert_eq!(
            sent(&BASIC, Credential::basic("Aladdin", "open sesame"))["authorization"],
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
        assert_eq!(
            sent(&USER, Credential::user_only("key"))["authorization"],
            "Basic a2V5Og=="
        );
        assert_eq!(
            sent(&BEARER, Credential::bearer("t0k"))["authorization"],
            "Bearer t0k"
        );
        assert_eq!(sent(&HEADER, Credential::header("k"))["x-key"], "k");
    }

    #[test]
    fn unusable_credentials_are_refused_without_repeating_them() {
        for (scheme, credential) in [
            (&BASIC, Credential::basic("", "hidden")),
            (&BASIC, Credential::basic("hidden", " ")),
            (&BASIC, Credential::basic("hid:den", "hidden")),
            (&BASIC, Credential::basic("hidden", "hidden\n")),
            (&BASIC, Credential::bearer("hidden")),
            (&USER, Credential::user_only("\t")),
            (&BEARER, Credential::bearer("Bearer hidden")),
            (&BEARER, Credential::bearer("hidden\r\n")),
            (&BEARER, Credential::bearer("hiddené")),
            (&HEADER, Credential::header(" hidden")),
            (&HEADER, Credential::header("hidden\u{7f}")),
            (&HEADER, Credential::user_only("hidden")),
        ] {
            let reason = add(scheme, credential).err().expect("must be refused");
            assert!(!reason.contains("hid"), "{reason}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        static ID: Scheme = Scheme {
            name: "id",
            kind: SchemeKind::Header("X-Id"),
            label: "Id",
            env: &["I"],
            secret: false,
        };
        let credentials = add(&ID, Credential::header("acme")).unwrap();
        let words = "there is no customer acme".to_owned();
        assert_eq!(credentials.mask(words.clone()), words);
    }

    #[test]
    fn every_form_of_a_credential_is_masked() {
        let credentials = add(&BASIC, Credential::basic("us er@x", "pa\"ss")).unwrap();
        for echo in [
            "us er@x",
            "us%20er%40x",
            "us+er%40x",
            "pa\"ss",
            "pa\\\"ss",
            "pa%22ss",
            "pa&quot;ss",
            "dXMgZXJAeA",
            "%75s%20er%40%78",
            "dXMgZXJAeDpwYSJzcw",
            &STANDARD.encode("us er@x:pa\"ss"),
        ] {
            assert_eq!(credentials.mask(format!("<{echo}>")), "<[REDACTED]>");
        }
        assert_eq!(credentials.mask("ordinary".into()), "ordinary");
    }

    #[test]
    fn alternatives_are_chosen_in_order() {
        let mut both = add(&HEADER, Credential::header("k")).unwrap();
        both.add(&BEARER, &Credential::bearer("t")).unwrap();
        let only = add(&HEADER, Credential::header("k")).unwrap();
        let none = Credentials::default();
        const PAIR_OR_ONE: &[&[&str]] = &[&["header", "bearer"], &["header"]];
        assert_eq!(
            both.choose(PAIR_OR_ONE, Excluded::default()),
            Some(&["header", "bearer"][..])
        );
        assert_eq!(
            only.choose(PAIR_OR_ONE, Excluded::default()),
            Some(&["header"][..])
        );
        assert_eq!(none.choose(PAIR_OR_ONE, Excluded::default()), None);
        assert_eq!(none.choose(&[], Excluded::default()), Some(&[][..]));
        assert_eq!(
            none.choose(&[&[], &["header"]], Excluded::default()),
            Some(&[][..])
        );
        assert_eq!(
            only.choose(&[&[], &["header"]], Excluded::default()),
            Some(&["header"][..])
        );
    }
}
