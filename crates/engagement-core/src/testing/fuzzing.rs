//! Properties of every error response and every form, for tests and for the fuzzer.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::error::{Error, ErrorKind, message};
use crate::http::request_id::request_id;
use crate::http::retry_after;
use crate::request::prepare::Payload;
use crate::{
    ClientBuilder, ClientCore, Credential, FromClientCore, Operation, Provider, Scheme, SchemeKind,
    Server,
};

/// Must not occur in any text that is shown.
const SECRET: &str = "s3cr3t-k3y-0123";

pub(crate) static OPERATION: Operation = Operation {
    id: "things_create",
    group: "things",
    method: "POST",
    path: "/things/{id}/parts",
    server: 0,
    security: &[&["key"]],
    idempotent: false,
    sends_message: false,
    not_found_statuses: &[],
    evidence: "",
    docs_url: "",
    deprecated: false,
    rate_limit: None,
    idempotency_key: None,
};

static PROVIDER: Provider = Provider {
    name: "acme",
    title: "Acme",
    env_prefix: "ACME",
    version: "1",
    servers: &[Server {
        name: "api",
        url: "http://127.0.0.1:9",
        regions: &[],
        docs_url: "",
    }],
    schemes: &[Scheme {
        name: "key",
        kind: SchemeKind::Header("X-Api-Key"),
        label: "API key",
        env: &["ACME_KEY"],
        secret: true,
    }],
    client_values: &[],
    error_message: &["/error/message", "/message", "/errors/0", "/code", ""],
    conflict_messages: &[],
    error_in_success: None,
    operations: &[],
};

struct Client(ClientCore);

impl FromClientCore for Client {
    fn from_client_core(core: ClientCore) -> Result<Self, Error> {
        Ok(Self(core))
    }
}

pub(crate) static CORE: LazyLock<ClientCore> = LazyLock::new(|| {
    let builder = ClientBuilder::<Client>::new(&PROVIDER);
    let client = builder.credential("key", Credential::header(SECRET));
    client.build().expect("the settings are valid").0
});

/// Interprets `data` as an error response: one line for each of three headers, then the body. The byte 1 stands for the
/// client's key.
pub fn any_error(data: &[u8]) {
    let data: Vec<u8> = data
        .iter()
        .flat_map(|byte| match byte {
            1 => SECRET.as_bytes(),
            byte => std::slice::from_ref(byte),
        })
        .copied()
        .collect();
    let mut rest = data.as_slice();
    let mut headers = HeaderMap::new();
    for name in ["retry-after", "retry-after-ms", "x-request-id"] {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let Some(end) = end else { break };
        if let Ok(value) = HeaderValue::from_bytes(&rest[..end]) {
            headers.append(HeaderName::from_static(name), value);
        }
        rest = &rest[end + 1..];
    }
    let body = Bytes::copy_from_slice(rest);
    let secrets = &*CORE.reporter().secrets;

    let _ = retry_after::retry_after(
        &headers,
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777),
    );
    if let Some(id) = request_id(&headers) {
        assert!((1..=200).contains(&id.len()) && id.trim() == id);
    }
    let found = message::find(PROVIDER.error_message, &body, secrets);
    if let Some(message) = &found {
        assert!(message.chars().count() <= 1 + 500, "{message}");
        assert!(!message.contains(char::is_control), "{message:?}");
    }
    let error = Error::new(
        ErrorKind::Api,
        crate::error::call_target::CallTarget::Operation(&PROVIDER, &OPERATION),
        "",
    )
    .sent(1)
    .with_response(StatusCode::BAD_REQUEST, headers, Some(body), secrets)
    .with_message(found);
    for text in [
        error.to_string(),
        format!("{error:?}"),
        format!("{error:#?}"),
        format!("{:?}", error.request_id()),
    ] {
        assert!(!text.contains(SECRET), "{text}");
    }
    let _ = error.json::<Value>();
}

/// Interprets `data` as the parameters of a call, one per line. Exactly the given values must be sent.
pub fn any_form(data: &[u8]) {
    let texts: Vec<String> = data
        .split(|byte| *byte == b'\n')
        .map(|text| String::from_utf8_lossy(text).replace('\u{2028}', "\n"))
        .collect();
    let mut texts = texts.into_iter();
    let id = texts.next().unwrap_or_default();

    let mut call = CORE.call(&OPERATION);
    call.path("id", &id);
    let (mut fields, mut queries) = (Vec::new(), Vec::new());
    while let (Some(name), Some(text)) = (texts.next(), texts.next()) {
        let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.clone()));
        call.form_field(&name, &text);
        fields.push((name.clone(), text.clone()));
        call.form("value", &value);
        fields.extend(expected(&value, true).map(|text| ("value".to_owned(), text)));
        call.form_json("json", &value);
        if !value.is_null() {
            fields.push(("json".to_owned(), value.to_string()));
        }
        call.query("text", &text);
        queries.push(("text".to_owned(), text));
        call.query("value", &value);
        queries.extend(expected(&value, false).map(|text| ("value".to_owned(), text)));
    }

    let refused = matches!(id.as_str(), "" | "." | "..") || id.contains(char::is_control);
    let request = match call.into_builder().prepare() {
        Ok((_, request)) => request,
        Err(error) => {
            assert!(refused, "{error} of {id:?}");
            assert!(id.len() < 30 || !error.to_string().contains(&id));
            return;
        }
    };
    assert!(!refused, "{id:?}");
    let segments: Vec<String> = request
        .url
        .path_segments()
        .map_or_else(Vec::new, |segments| {
            segments
                .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
                .collect()
        });
    assert_eq!(segments, ["things", id.as_str(), "parts"]);
    let pairs = |pairs: form_urlencoded::Parse<'_>| -> Vec<(String, String)> {
        pairs.into_owned().collect()
    };
    assert_eq!(pairs(request.url.query_pairs()), queries);
    assert_eq!(request.url.fragment(), None);
    assert_eq!(request.url.host_str(), Some("127.0.0.1"));
    #[allow(
        irrefutable_let_patterns,
        reason = "without uploads there is one kind of body"
    )]
    let Payload::Whole(body) = &request.body else {
        panic!("a form became an upload");
    };
    assert_eq!(pairs(form_urlencoded::parse(body)), fields);
    assert!(body.is_ascii());
}

/// Interprets `data` as the texts of a form, one per line. Memory must not exceed a copy of each text and of the body. `peak`
/// returns the peak allocation.
pub fn form_memory(data: &[u8], peak: impl FnOnce(&mut dyn FnMut()) -> usize) {
    /// A name, and a place in a list that grows.
    const FIELD: usize = 256;
    /// The URL and headers.
    const FIXED: usize = 4 * 1024;
    let texts: Vec<_> = data
        .split(|byte| *byte == b'\n')
        .map(String::from_utf8_lossy)
        .collect();
    let core = &*CORE;
    let taken = peak(&mut || {
        let mut call = core.call(&OPERATION);
        call.path("id", &7);
        for text in &texts {
            call.form("note", text);
        }
        assert!(call.into_builder().prepare().is_ok());
    });
    let given: usize = texts.iter().map(|text| text.len()).sum();
    let most = 4 * given + FIELD * texts.len() + FIXED;
    assert!(taken <= most, "{taken} bytes for {given}");
}

/// The texts that are sent for a value under one name.
fn expected(value: &Value, form: bool) -> impl Iterator<Item = String> {
    let bare = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let nested = |value: &Value| value.is_array() || value.is_object();
    let texts: Vec<String> = match value {
        Value::Array(values) if !form || !values.iter().any(nested) => {
            values.iter().filter_map(bare).collect()
        }
        value => bare(value).into_iter().collect(),
    };
    texts.into_iter()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lines of text that parsers are likely to confuse.
    fn lines(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
        let word = prop_oneof![
            4 => prop::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..8),
            1 => ".{0,8}".prop_map(String::into_bytes),
        ];
        prop::collection::vec(prop::collection::vec(word, 0..4), 0..8).prop_map(|lines| {
            let lines: Vec<Vec<u8>> = lines.iter().map(|line| line.concat()).collect();
            lines.join(&b'\n')
        })
    }

    const ERRORS: &[&str] = &[
        "1",
        "9999999999",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "\u{1}",
        "{\"message\": \"",
        "\"}",
        "{\"error\":",
        "<html><title>",
        "</title>",
        "\\u0001",
        "İ",
        "\u{feff}",
        "{\"errors\": [\"",
        "\"]}",
        "\r",
        "\\ud800",
    ];
    const FORMS: &[&str] = &[
        ".",
        "%2e",
        "/",
        "&",
        "=",
        "+",
        " ",
        "#",
        "?",
        "%",
        "{id}",
        "[1,null,\"a\"]",
        "{\"a\":[{}]}",
        "null",
        "\"\"",
        "é",
        "\u{2028}",
        "\u{85}",
        "\\",
        ";",
        "[[",
        "]]",
        "-0.0",
        "1e400",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

        #[test]
        fn no_error_response_panics_or_shows_a_credential(data in lines(ERRORS)) {
            any_error(&data);
        }

        #[test]
        fn a_form_sends_exactly_the_given_values(data in lines(FORMS)) {
            any_form(&data);
        }
    }

    /// All calls of all clients share this future: it does not decode, so its size does not depend on the call.
    #[test]
    fn the_future_of_a_call_is_small() {
        let mut call = CORE.call(&OPERATION);
        call.path("id", &7);
        let (core, request) = call.into_builder().prepare().unwrap();
        let size = size_of_val(&crate::send::send(core, request));
        assert!(size <= 4096, "{size} bytes");
    }
}
