//! What an import did, for the person who has to trust the result.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One thing that the imported document says differently from its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about, such as `Parameters`.
    pub group: &'static str,
    /// JSON pointer into the source.
    pub pointer: String,
    /// What was done and why.
    pub text: String,
}

/// Everything that was normalised, left out or synthesised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The form of the source, such as `Swagger 2.0`.
    pub source: String,
    /// What was changed.
    pub changed: Vec<Note>,
    /// Operations and other things that the client doesn't have.
    pub left_out: Vec<Note>,
    /// Texts and examples that the source lacks, by kind.
    pub filled_in: BTreeMap<&'static str, usize>,
}

pub(crate) const HOSTS: &str = "Hosts";
pub(crate) const CREDENTIALS: &str = "Credentials";
pub(crate) const OPERATIONS: &str = "Operations";
pub(crate) const PARAMETERS: &str = "Parameters";
pub(crate) const BODIES: &str = "Bodies";
pub(crate) const RESPONSES: &str = "Responses";
pub(crate) const SCHEMAS: &str = "Schemas";
pub(crate) const DOCUMENT: &str = "Document";
pub(crate) const EXAMPLES: &str = "Examples";

/// A place of the source.
pub(crate) struct Place<'a> {
    report: &'a mut Report,
    group: &'static str,
    pointer: &'a str,
}

impl Place<'_> {
    /// Notes what was changed there.
    pub(crate) fn change(&mut self, text: impl Into<String>) {
        let note = self.note(text.into());
        if !self.report.changed.contains(&note) {
            self.report.changed.push(note);
        }
    }

    /// Notes that what is there was left out.
    pub(crate) fn leave_out(&mut self, text: impl Into<String>) {
        let note = self.note(text.into());
        if !self.report.left_out.contains(&note) {
            self.report.left_out.push(note);
        }
    }

    /// Swagger 2.0 has other names for some places.
    fn note(&self, text: String) -> Note {
        let old = self.report.source.starts_with("Swagger");
        let renamed = [
            ("/components/schemas", "/definitions"),
            ("/components/securitySchemes", "/securityDefinitions"),
        ];
        let renamed = renamed.iter().filter(|_| old).find_map(|(new, old)| {
            let rest = self.pointer.strip_prefix(new)?;
            Some(format!("{old}{rest}"))
        });
        let pointer = match self.pointer {
            "" => "/".to_owned(),
            pointer => renamed.unwrap_or_else(|| pointer.to_owned()),
        };
        Note {
            group: self.group,
            pointer,
            text,
        }
    }
}

impl Report {
    /// The place of the source that a note is about.
    pub(crate) fn at<'a>(&'a mut self, group: &'static str, pointer: &'a str) -> Place<'a> {
        Place {
            report: self,
            group,
            pointer,
        }
    }

    pub(crate) fn fill_in(&mut self, kind: &'static str) {
        *self.filled_in.entry(kind).or_default() += 1;
    }

    /// The report as a Markdown page.
    pub fn markdown(&self) -> String {
        let mut out = format!("Read as {}.\n", self.source);
        let sections = [
            (
                "Left out",
                &self.left_out,
                "Everything of the source is in the client.",
            ),
            (
                "Changed",
                &self.changed,
                "Nothing had to be changed to fit the client's rules.",
            ),
        ];
        for (title, notes, none) in sections {
            let _ = writeln!(out, "\n## {title}\n");
            if notes.is_empty() {
                let _ = writeln!(out, "{none}");
            }
            for (group, notes) in grouped(notes) {
                let _ = writeln!(out, "### {group}\n");
                for note in notes {
                    let _ = writeln!(out, "* `{}`: {}", note.pointer, note.text);
                }
                out.push('\n');
            }
        }
        let _ = writeln!(out, "\n## Filled in\n");
        if self.filled_in.is_empty() {
            out.push_str("Nothing.\n");
        } else {
            let _ = writeln!(
                out,
                "The source lacks these, so they were synthesised: {}. Examples fit their schemas, but were never sent.",
                self.filled()
            );
        }
        tidy(&out)
    }

    /// The report for the terminal: everything left out, and how much was changed.
    pub fn summary(&self) -> String {
        const MOST: usize = 12;
        let mut out = String::new();
        for note in self.left_out.iter().take(MOST) {
            let _ = writeln!(out, "left out  {}: {}", note.pointer, note.text);
        }
        if self.left_out.len() > MOST {
            let _ = writeln!(out, "left out  … {} more", self.left_out.len() - MOST);
        }
        for (group, notes) in grouped(&self.changed) {
            let _ = writeln!(out, "changed   {group}: {}", notes.len());
        }
        if !self.filled_in.is_empty() {
            let _ = writeln!(out, "added     {}", self.filled());
        }
        out
    }

    fn filled(&self) -> String {
        let parts: Vec<String> = self
            .filled_in
            .iter()
            .map(|(kind, count)| format!("{kind}: {count}"))
            .collect();
        parts.join(", ")
    }
}

/// Notes by group, in the order in which the groups first appear.
fn grouped(notes: &[Note]) -> Vec<(&'static str, Vec<&Note>)> {
    let mut found: Vec<(&'static str, Vec<&Note>)> = Vec::new();
    for note in notes {
        match found.iter_mut().find(|(group, _)| *group == note.group) {
            Some((_, notes)) => notes.push(note),
            None => found.push((note.group, vec![note])),
        }
    }
    found
}

/// At most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = false;
    for line in text.lines() {
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        out.push_str(line);
        out.push('\n');
    }
    out.trim_end().to_owned() + "\n"
}

/// Names as they are written in a sentence.
pub(crate) fn quoted<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names = names.into_iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}
