//! What is in one of the two files.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;

use super::line;
use super::saved::VERSION;

/// What is in a file.
pub(super) enum Content {
    Missing,
    Damaged(Damaged),
    /// It was written by another version.
    OtherVersion(u64),
    Lines(Lines),
}

/// A file that is not as it was written.
pub(super) struct Damaged {
    pub(super) why: String,
    /// The number of the last line before the damage.
    pub(super) last: Option<u64>,
}

/// The lines of a file, of which the first is a snapshot.
pub(super) struct Lines {
    bytes: Vec<u8>,
    /// Where the JSON of each line is.
    json: Vec<Range<usize>>,
    /// The number of the first line. Each of the others has the next one.
    pub(super) first: u64,
    /// Whether an incomplete line follows.
    pub(super) torn: bool,
}

impl Lines {
    /// The number of the last line.
    pub(super) fn last(&self) -> u64 {
        self.first + self.json.len() as u64 - 1
    }

    /// The JSON of each line.
    pub(super) fn json(&self) -> impl Iterator<Item = &str> {
        let json = self.json.iter();
        json.map(|range| std::str::from_utf8(&self.bytes[range.clone()]).unwrap_or_default())
    }
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Content {
    match fs::read(path) {
        Ok(bytes) => parse(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => Content::Missing,
        Err(error) => damaged(format!("it can't be read: {error}"), None),
    }
}

fn damaged(why: String, last: Option<u64>) -> Content {
    Content::Damaged(Damaged { why, last })
}

/// The number of the last line.
fn last(first: u64, json: &[Range<usize>]) -> Option<u64> {
    (first + json.len() as u64)
        .checked_sub(1)
        .filter(|_| !json.is_empty())
}

fn parse(bytes: Vec<u8>) -> Content {
    let (mut json, mut first, mut start) = (Vec::new(), 0, 0);
    let mut torn = false;
    while start < bytes.len() {
        let end = bytes[start..].iter().position(|byte| *byte == b'\n');
        let Some(end) = end.map(|end| start + end) else {
            torn = true;
            break;
        };
        let number = json.len() + 1;
        let Some((position, text)) = line::decode(&bytes[start..end]) else {
            return damaged(
                format!("line {number} is not as it was written"),
                last(first, &json),
            );
        };
        if json.is_empty() {
            first = position;
            match serde_json::from_str::<Version>(text) {
                Ok(Version { version: VERSION }) => {}
                Ok(Version { version }) => return Content::OtherVersion(version),
                Err(_) => return damaged("it has no version".to_owned(), None),
            }
        } else if position != first + json.len() as u64 {
            return damaged(format!("line {number} is another one"), last(first, &json));
        }
        json.push(end - text.len()..end);
        start = end + 1;
    }
    if json.is_empty() {
        let why = if bytes.is_empty() {
            "it is empty"
        } else {
            "its first line is incomplete"
        };
        return damaged(why.to_owned(), None);
    }
    Content::Lines(Lines {
        bytes,
        json,
        first,
        torn,
    })
}
