//! Faults as text, for the command line and for HTTP: `contacts_add_tags: status=429 retry-after=7 times=2`.
//!
//! Before the first `: ` stands the target, then words separated by spaces, each a name alone or `name=value`. A value is JSON
//! if it starts with `"`, `{` or `[`, and otherwise ends at the next space. Times are numbers with `ms`, `s`, `m` or `h`;
//! without a unit they are seconds. The documentation of the crate lists the words.

use std::time::Duration;

use serde_json::Value;

use super::error::FaultError;
use super::fault::{Fault, FaultKind};
use super::names::suggestion;

/// The words that say what happens.
const KINDS: [&str; 20] = [
    "status",
    "delay",
    "stall",
    "reset",
    "reset-in-body",
    "reset-after-commit",
    "truncated",
    "garbage",
    "html",
    "empty",
    "oversized",
    "unknown-enum",
    "extra-fields",
    "null-fields",
    "redirect",
    "expired-token",
    "clock-offset",
    "rate-limit",
    "lost",
    "drop-items",
];
/// The words that say more about it, or when.
const OTHERS: [&str; 10] = [
    "retry-after",
    "message",
    "body",
    "text",
    "jitter",
    "times",
    "always",
    "every",
    "probability",
    "seed",
];

struct Word {
    name: String,
    value: Option<Value>,
}

/// Reads a target and a fault.
pub(super) fn parse(text: &str) -> Result<(&str, Fault), FaultError> {
    let error = |why: String| FaultError(format!("`{text}`: {why}"));
    let (target, rest) = text.split_once(": ").ok_or_else(|| {
        error(
            "write the target, a colon, a space and the fault: `contacts_create: status=500`"
                .to_owned(),
        )
    })?;
    let words = words(rest).map_err(error)?;
    let fault = fault(words).map_err(error)?;
    fault.check().map_err(error)?;
    Ok((target, fault))
}

fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words: Vec<Word> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        let (value, tail) = match tail.strip_prefix('=') {
            None => (None, tail),
            Some(tail) => {
                let (value, tail) = value(name, tail)?;
                (Some(value), tail)
            }
        };
        if words.iter().any(|word| word.name == name) {
            return Err(format!("`{name}` is given twice"));
        }
        words.push(Word {
            name: name.to_owned(),
            value,
        });
        rest = tail.trim_start();
    }
    Ok(words)
}

/// The value at the start of a text, and what follows it.
fn value<'a>(name: &str, text: &'a str) -> Result<(Value, &'a str), String> {
    if !text.starts_with(['"', '{', '[']) {
        let (value, tail) = text.split_at(text.find(' ').unwrap_or(text.len()));
        return Ok((value.into(), tail));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => {
            let tail = text.get(values.byte_offset()..).unwrap_or_default();
            if tail.starts_with(' ') || tail.is_empty() {
                Ok((value, tail))
            } else {
                Err(format!("a space must follow the value of `{name}`"))
            }
        }
        _ => Err(format!("the value of `{name}` is not valid JSON")),
    }
}

fn fault(words: Vec<Word>) -> Result<Fault, String> {
    let is_kind = |word: &Word| KINDS.contains(&word.name.as_str());
    for word in &words {
        let name = word.name.as_str();
        if !is_kind(word) && !OTHERS.contains(&name) {
            let all = format!("use one of {}", [&KINDS[..], &OTHERS].concat().join(", "));
            let near = suggestion(name, KINDS.into_iter().chain(OTHERS), &all);
            return Err(format!("there is no `{name}`: {near}"));
        }
    }
    let mut kinds: Vec<&Word> = words.iter().filter(|word| is_kind(word)).collect();
    if kinds.len() > 1 {
        // A delay can be added to any fault.
        kinds.retain(|word| word.name != "delay");
    }
    let fault = match kinds[..] {
        [kind] => Fault::new(kind_of(kind)?),
        [] => return Err(format!("nothing happens: add one of {}", KINDS.join(", "))),
        [first, second, ..] => {
            return Err(format!(
                "`{}` and `{}` can't happen together",
                first.name, second.name
            ));
        }
    };
    words
        .iter()
        .filter(|word| word.name == "delay" || !is_kind(word))
        .try_fold(fault, apply)
}

fn kind_of(word: &Word) -> Result<FaultKind, String> {
    Ok(match word.name.as_str() {
        "status" => FaultKind::Status {
            status: word.number()?,
            retry_after: None,
            message: None,
            body: None,
        },
        "delay" => FaultKind::Delay,
        "oversized" => FaultKind::Oversized(word.number()?),
        "redirect" => FaultKind::Redirect(word.text()?.to_owned()),
        "clock-offset" => {
            let text = word.text()?;
            let (sign, text) = match text.strip_prefix('-') {
                Some(rest) => (-1, rest),
                None => (1, text),
            };
            let offset = i64::try_from(word.duration_of(text)?.as_millis());
            FaultKind::ClockOffset(sign * offset.map_err(|_| word.error("a shorter time"))?)
        }
        "rate-limit" => {
            let (requests, window) = word.text()?.split_once('/').unwrap_or_default();
            FaultKind::RateLimit {
                requests: requests
                    .parse()
                    .map_err(|_| word.error("such as `5/60s`"))?,
                window: word.duration_of(window)?,
            }
        }
        "drop-items" => FaultKind::DropItems(word.number()?),
        name => {
            if word.value.is_some() {
                return Err(format!("`{name}` takes no value"));
            }
            match name {
                "stall" => FaultKind::Stall,
                "reset" => FaultKind::Reset,
                "reset-in-body" => FaultKind::ResetInBody,
                "reset-after-commit" => FaultKind::ResetAfterCommit,
                "truncated" => FaultKind::Truncated,
                "garbage" => FaultKind::Garbage,
                "html" => FaultKind::Html,
                "empty" => FaultKind::Empty,
                "unknown-enum" => FaultKind::UnknownEnum,
                "extra-fields" => FaultKind::ExtraFields,
                "null-fields" => FaultKind::NullFields,
                "expired-token" => FaultKind::ExpiredToken,
                _ => FaultKind::Lost,
            }
        }
    })
}

fn apply(fault: Fault, word: &Word) -> Result<Fault, String> {
    Ok(match word.name.as_str() {
        "delay" => fault.delayed(word.duration_of(word.text()?)?),
        "jitter" => fault.jitter(word.duration_of(word.text()?)?),
        "retry-after" => fault.retry_after(word.number()?),
        "message" => fault.message(word.text()?),
        "text" => fault.text(word.text()?),
        "body" => match &word.value {
            Some(Value::String(text)) => fault
                .body(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))),
            Some(json) => fault.body(json.clone()),
            None => return Err(word.error("JSON")),
        },
        "times" => fault.times(word.number()?),
        "every" => fault.every(word.number()?),
        "probability" => fault.probability(word.number()?),
        "seed" => fault.seed(word.number()?),
        _ if word.value.is_some() => return Err("`always` takes no value".to_owned()),
        _ => fault.always(),
    })
}

impl Word {
    fn error(&self, expected: &str) -> String {
        format!("`{}` takes {expected}", self.name)
    }

    fn text(&self) -> Result<&str, String> {
        let value = self.value.as_ref().and_then(Value::as_str);
        value
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.error("a value: write it after `=`"))
    }

    fn number<T: std::str::FromStr>(&self) -> Result<T, String> {
        self.text()?.parse().map_err(|_| self.error("a number"))
    }

    fn duration_of(&self, text: &str) -> Result<Duration, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let milliseconds = match &text[digits.len()..] {
            "ms" => 1,
            "" | "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(self.error("a time such as `250ms`, `7s`, `5m` or `1h`")),
        };
        let count = digits.parse::<u64>().ok();
        let time = count.and_then(|count| count.checked_mul(milliseconds));
        time.map(Duration::from_millis)
            .ok_or_else(|| self.error("a time such as `250ms`, `7s`, `5m` or `1h`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).expect_err(text).to_string()
    }

    #[test]
    fn a_fault_is_written_as_it_is_read() {
        for text in [
            "status=429 retry-after=7 times=2",
            r#"status=500 message="out of \"order\"" always"#,
            r#"status=503 body={"error":{"code":7}}"#,
            r#"status=503 body="7""#,
            r#"status=502 text="bad gateway""#,
            "delay=250ms jitter=50ms every=3",
            "stall",
            "reset probability=0.25 seed=42",
            "reset-in-body",
            "reset-after-commit times=3",
            "truncated",
            "garbage",
            "html delay=1s",
            "empty",
            "oversized=1048576",
            "unknown-enum always",
            "extra-fields",
            "null-fields",
            "redirect=https://elsewhere.example/x?a=b",
            "expired-token",
            "clock-offset=-90s",
            "clock-offset=1500ms",
            "rate-limit=5/60s",
            "lost",
            "drop-items=2",
        ] {
            let whole = format!("contacts_create: {text}");
            let (target, fault) = parse(&whole).expect(text);
            assert_eq!(
                (target, fault.to_string().as_str()),
                ("contacts_create", text)
            );
        }
        let (_, fault) = parse("any: delay=2m jitter=1h").expect("units");
        assert_eq!(fault.to_string(), "delay=120s jitter=3600s");
    }

    #[test]
    fn errors_name_the_word_and_what_is_possible() {
        for (text, expected) in [
            (
                "status=500",
                "write the target, a colon, a space and the fault",
            ),
            ("any: ", "nothing happens: add one of status, delay, stall"),
            ("any: times=2", "nothing happens: add one of status"),
            (
                "any: statuss=500",
                "there is no `statuss`: did you mean `status`?",
            ),
            (
                "any: status=500 retry_after=7",
                "did you mean `retry-after`?",
            ),
            ("any: status", "`status` takes a value: write it after `=`"),
            ("any: status=abc", "`status` takes a number"),
            ("any: status=70000", "`status` takes a number"),
            (
                "any: status=99",
                "99 is not the status of a final response: use 200 to 599",
            ),
            (
                "any: reset stall",
                "`reset` and `stall` can't happen together",
            ),
            ("any: reset=1", "`reset` takes no value"),
            ("any: reset always=1", "`always` takes no value"),
            (
                "any: reset retry-after=7",
                "`retry-after` has an effect only on a `status`",
            ),
            ("any: delay=7x", "`delay` takes a time such as `250ms`"),
            ("any: delay=99999999999999999999s", "`delay` takes a time"),
            ("any: rate-limit=5", "`rate-limit` takes such as `5/60s`"),
            (
                "any: rate-limit=0/60s",
                "a `rate-limit` of 0 requests has no meaning",
            ),
            ("any: drop-items=0", "`drop-items` must be 1 or more"),
            ("any: reset every=0", "`every` must be 1 or more"),
            ("any: reset times=0", "`times` must be 1 or more"),
            (
                "any: reset probability=1.5",
                "`probability` must be between 0 and 1",
            ),
            ("any: status=500 status=501", "`status` is given twice"),
            (
                r#"any: status=500 body={"a""#,
                "the value of `body` is not valid JSON",
            ),
            (
                r#"any: status=500 body={}x"#,
                "a space must follow the value of `body`",
            ),
        ] {
            let message = error(text);
            assert!(message.contains(expected), "{text}: {message}");
            assert!(message.starts_with(&format!("`{text}`: ")), "{message}");
        }
    }
}
