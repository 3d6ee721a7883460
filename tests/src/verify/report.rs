//! What a run found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How many payloads of an operation are listed with the same result; the others are counted.
const LISTED: usize = 20;

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The output for the terminal.
    pub text: String,
    /// Payloads that passed.
    pub passed: usize,
    /// Payloads that contradict the document for a reason that the document states.
    pub explained: usize,
    /// Payloads that could not be checked.
    pub skipped: usize,
    /// Payloads that failed.
    pub failed: usize,
    /// Different places with what the document doesn't list.
    pub drift: usize,
}

/// What was found about each operation.
#[derive(Default)]
pub(super) struct Findings(BTreeMap<String, Operation>);

#[derive(Default)]
struct Operation {
    passed: usize,
    /// By kind: the first lines, and how many there are.
    lines: BTreeMap<&'static str, (Vec<String>, usize)>,
    /// By text: in how many payloads.
    drift: BTreeMap<String, usize>,
}

impl Findings {
    pub(super) fn passed(&mut self, operation: &str) {
        self.of(operation).passed += 1;
    }

    pub(super) fn skipped(&mut self, operation: &str, line: String) {
        self.add(operation, "skipped", line);
    }

    pub(super) fn explained(&mut self, operation: &str, line: String) {
        self.add(operation, "explained", line);
    }

    pub(super) fn failed(&mut self, operation: &str, line: String) {
        self.add(operation, "FAILED", line);
    }

    pub(super) fn drift(&mut self, operation: &str, places: BTreeSet<String>) {
        for place in places {
            *self.of(operation).drift.entry(place).or_default() += 1;
        }
    }

    fn add(&mut self, operation: &str, kind: &'static str, line: String) {
        let (lines, count) = self.of(operation).lines.entry(kind).or_default();
        *count += 1;
        if lines.len() < LISTED {
            lines.push(line);
        }
    }

    fn of(&mut self, operation: &str) -> &mut Operation {
        self.0.entry(operation.to_owned()).or_default()
    }

    /// The report, with the title of the API.
    pub(super) fn report(self, title: &str) -> Report {
        let mut report = Report::default();
        for (id, operation) in &self.0 {
            report.add(id, operation);
        }
        let Report {
            passed,
            explained,
            skipped,
            failed,
            drift,
            ..
        } = report;
        let all = passed + explained + skipped + failed;
        let _ = writeln!(
            report.text,
            "\n{all} payloads of {title}: {passed} passed, {failed} failed, {explained} explained by the document, {skipped} skipped; {drift} places of drift"
        );
        report
    }
}

impl Report {
    fn add(&mut self, id: &str, operation: &Operation) {
        self.passed += operation.passed;
        self.drift += operation.drift.len();
        let _ = writeln!(self.text, "{id}: {} passed", operation.passed);
        for (kind, (lines, count)) in &operation.lines {
            match *kind {
                "FAILED" => self.failed += count,
                "explained" => self.explained += count,
                _ => self.skipped += count,
            }
            for line in lines {
                let _ = writeln!(self.text, "  {kind:<9} {line}");
            }
            if *count > lines.len() {
                let _ = writeln!(self.text, "  {kind:<9} {} more", count - lines.len());
            }
        }
        for (place, count) in &operation.drift {
            let payloads = if *count == 1 { "payload" } else { "payloads" };
            let _ = writeln!(self.text, "  drift     {place} ({count} {payloads})");
        }
    }
}
