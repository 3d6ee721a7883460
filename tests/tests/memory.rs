//! How much memory the values of every answer type take while they are decoded, against the length of the answer.

use std::collections::BTreeMap;

use engagement_tests::memory::{FIXED, PER_BYTE, peak};
use engagement_tests::{AnswerType, dense, providers};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Small enough to be quick, large enough for the fixed part not to matter.
const LENGTH: usize = 8 * 1024;

/// A body of less than this part of the limit is decoded without counting.
const SURELY_SMALL: usize = 256;

/// The least that anybody will set as the largest body. Against a limit of some hundred bytes, what the first entry of a map
/// takes would be too much.
const LEAST_LIMIT: usize = 16 * 1024;

#[derive(Default)]
struct Class {
    ratios: Vec<(f64, String)>,
    refused: usize,
}

impl Class {
    fn add(&mut self, peak: usize, length: usize, what: impl FnOnce() -> String) {
        let ratio = peak as f64 / length as f64;
        let worst = self.ratios.iter().all(|(known, _)| *known < ratio);
        self.ratios
            .push((ratio, if worst { what() } else { String::new() }));
    }

    fn row(&mut self, name: &str) -> String {
        self.ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (worst, of) = self.ratios.last().cloned().unwrap_or_default();
        let median = self
            .ratios
            .get(self.ratios.len() / 2)
            .map_or(0.0, |it| it.0);
        format!(
            "{name:<34} {:>6} bodies {:>6} refused  median {median:>7.2}  worst {worst:>8.2}  {of}",
            self.ratios.len(),
            self.refused
        )
    }
}

/// One test, because the allocator counts for all threads.
#[test]
fn no_response_takes_more_memory_than_its_limit_allows() {
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    let mut types: BTreeMap<&'static str, ()> = BTreeMap::new();
    for provider in providers::ALL {
        let document = provider.document();
        for operation in &document.operations {
            let Some(answer) = (provider.answer)(&operation.id) else {
                continue;
            };
            let name = (answer.name)();
            let new = types.insert(name, ()).is_none();
            let pages = dense::pages(&document, operation);
            let documented = operation
                .typed_answer()
                .is_some_and(|it| it.example.is_some());
            for (at, body) in pages.iter().enumerate() {
                // Only an example is an answer as providers give it. In a value with every key, lists of anything hold
                // sixty times the same small object, which is as dense as what is to be refused.
                let class = if documented && at == 0 {
                    "page"
                } else {
                    "page with every key"
                };
                measure(&mut classes, class, &answer, body, name);
            }
            if !new {
                continue;
            }
            let bodies = dense::bodies(&document, operation, &answer, LENGTH);
            for (class, body) in &bodies {
                measure(&mut classes, class, &answer, body.as_bytes(), name);
            }
        }
    }
    println!("{} types", types.len());
    for (name, class) in &mut classes {
        println!("{}", class.row(name));
    }
    assert!(types.len() > 60, "{}", types.len());
    let pages = &classes["roomy page"];
    assert!(pages.ratios.len() > 60, "{}", pages.ratios.len());
    assert_eq!(pages.refused, 0, "an honest page is refused");
}

fn measure(
    classes: &mut BTreeMap<String, Class>,
    class: &str,
    answer: &AnswerType,
    body: &[u8],
    name: &str,
) {
    // Honest pages are far below the limit, hostile ones as large as it.
    let mut limits = vec![("plain", body.len() * SURELY_SMALL), ("strict", body.len())];
    if class.starts_with("page") {
        limits.push(("roomy", (body.len() * 8).max(LEAST_LIMIT)));
    }
    for (how, limit) in limits {
        let mut refused = false;
        let taken = peak(&MEMORY, || {
            if let Err(error) = (answer.decode)(body, limit) {
                refused = error.starts_with("decoding the body would take more");
            }
        });
        let what = || {
            format!(
                "{name}: {}",
                String::from_utf8_lossy(&body[..body.len().min(60)])
            )
        };
        assert!(
            taken <= PER_BYTE * limit + FIXED,
            "{how} {class}: {taken} bytes for {}: {}",
            body.len(),
            what()
        );
        let class = classes.entry(format!("{how} {class}")).or_default();
        class.refused += usize::from(refused);
        class.add(taken, body.len(), what);
    }
}
