//! A credential that was checked and is ready to be sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::credential::Credential;
use super::header::header_name;
use super::how_to_set::constructor;
use crate::http::text::secret_header_value;
use crate::provider::{Scheme, SchemeKind};
use crate::redact::secret_mask::joined;
use crate::secret::Secret;

/// The credential of one scheme, ready to be sent.
#[derive(Clone)]
pub(crate) struct PreparedCredential {
    pub(super) scheme: &'static str,
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    /// The texts to mask, because a provider may repeat them.
    pub(crate) masked_texts: Vec<Secret>,
}

/// Checks a credential and prepares it for sending. An error never contains its value.
pub(crate) fn prepare(
    scheme: &'static Scheme,
    credential: &Credential,
) -> Result<PreparedCredential, String> {
    let name = header_name(scheme).ok_or("its header name is not valid")?;
    for part in credential.parts() {
        if part.trim().is_empty() {
            return Err("it is empty".into());
        }
        if part.chars().any(char::is_control) {
            return Err("it contains a line end or another control character".into());
        }
    }
    let text = match (scheme.kind, credential) {
        (SchemeKind::Basic, Credential::Basic { user, password }) => {
            basic(user.expose(), password.expose())?
        }
        (SchemeKind::BasicUserOnly, Credential::UserOnly(user)) => basic(user.expose(), "")?,
        (SchemeKind::Bearer, Credential::Bearer(token)) => {
            if token.expose().contains(char::is_whitespace) {
                return Err("it contains white space; set the token only, without `Bearer`".into());
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
                "it must be created with Credential::{}",
                constructor(kind)
            ));
        }
    };
    let value = secret_header_value(&text)
        .ok_or("it contains a character that is not allowed in a header")?;
    // `Basic …` without its prefix: a provider may repeat it without.
    let encoded = text.expose().split_once(' ').map(|(_, encoded)| encoded);
    let masked_texts = credential.parts().chain(encoded).map(Secret::from);
    Ok(PreparedCredential {
        scheme: scheme.name,
        name,
        value,
        masked_texts: masked_texts.collect(),
    })
}

fn basic(user: &str, password: &str) -> Result<Secret, String> {
    if user.contains(':') {
        return Err("its user contains a colon, which basic authentication does not allow".into());
    }
    let pair = joined(&[user, ":", password]);
    let encoded = Zeroizing::new(STANDARD.encode(pair.expose()));
    Ok(joined(&["Basic ", &encoded]))
}
