//! Documentation of calls.

use engagement_document::{Document, Operation};

use crate::codegen::docs::{line, rustdoc, wrap};
use crate::codegen::emit::text::{provider_title, sentence};
use crate::codegen::normalise::Normalised;

pub(super) fn operation_docs(document: &Document, operation: &Operation) -> String {
    let mut text = format!(
        "{}\n\n{}\n",
        sentence(&line(&operation.summary)),
        rustdoc(&operation.description)
    );
    if operation.sends_message {
        text.push_str(
            "\nCan send a message to a person: retried only if the request was certainly not sent.\n",
        );
    }
    if let Some(limit) = &operation.rate_limit {
        let per = match limit.seconds {
            1 => "second",
            60 => "minute",
            3600 => "hour",
            _ => "day",
        };
        let note = if limit.note.is_empty() {
            String::new()
        } else {
            format!(" {}", sentence(&rustdoc(&limit.note)))
        };
        text.push_str(&format!(
            "\nThe provider's limit: {} a {per}.{note}\n",
            count(limit.requests, "request")
        ));
    }
    if let Some(key) = &operation.idempotency_key {
        let header = &key.header;
        text.push_str(&if key.is_documented() {
            format!("\nSends a new `{header}` unless you set one; the provider recognises repeated calls by it.\n")
        } else {
            format!(
                "\nSends a new `{header}` unless you set one. It is not documented that the provider recognises repeated \
                 calls by it, so the call is not retried if it may have been executed; \
                 [`idempotent`](engagement_core::CallSettings::idempotent) changes that.\n"
            )
        });
    }
    let host = &document.servers[operation.server];
    let path = if operation.server == 0 {
        operation.path.clone()
    } else {
        format!("{}{}", host.url, operation.path)
    };
    text.push_str(&format!(
        "\n`{} {path}` · known from: {} · [{}'s page]({})\n",
        operation.method,
        evidence(&operation.evidence.level),
        provider_title(document),
        operation.docs_url
    ));
    if let Some(note) = &operation.evidence.note {
        text.push_str(&format!("\nUncertain: {}\n", rustdoc(note)));
    }
    wrap(&text)
}

/// `1 request`, `5,000 requests`.
fn count(number: u32, what: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{text} {what}{plural}")
}

/// A level of evidence, spelt out: a reader of rustdoc has no legend.
fn evidence(level: &str) -> &str {
    match level {
        "docs" => "the provider's documentation",
        "sdk" => "the provider's own code, or clients run against the live service",
        "third-party" => "unofficial code only",
        "inferred" => "inference only",
        level => level,
    }
}

pub(super) fn send_docs(operation: &Operation, normalised: &Normalised) -> String {
    let path = &operation.path;
    let mut text = format!("Sends `{} {path}`.\n\n", operation.method);
    if let Some(whole) = normalised.full_responses.get(&operation.id) {
        text.push_str(&format!(
            "Returns the part at `{}` of the response; `full_body::<types::{whole}>()` of `response()` is the full response.\n\n",
            operation.envelope.join(".")
        ));
    }
    if let Some(known) = &operation.optional_response {
        let note = known
            .note
            .as_deref()
            .unwrap_or("The provider doesn't document the response.");
        text.push_str(&format!(
            "`None` if the response is empty or can't be decoded; the call was carried out then too. {}\n\n",
            sentence(&rustdoc(note))
        ));
    }
    text.push_str("# Errors\nBefore anything is sent: an invalid value");
    text.push_str(if operation.security.is_empty() {
        ". "
    } else {
        ", a missing credential. "
    });
    text.push_str("Afterwards: no connection, no response in time, ");
    if operation.optional_response.is_none() {
        text.push_str("a response that can't be decoded, ");
    }
    text.push_str("or an error of the provider");
    if operation.not_found_statuses.is_empty() {
        text.push('.');
    } else {
        let statuses: Vec<String> = operation
            .not_found_statuses
            .iter()
            .map(u16::to_string)
            .collect();
        text.push_str(&format!(
            "; [`Error::is_not_found`](engagement_core::Error::is_not_found) is true for {} as well as 404.",
            statuses.join(" and ")
        ));
    }
    text
}
