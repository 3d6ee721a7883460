//! Measures the memory of decoding every response type, and checks that `max_values` limits it.

use std::collections::{BTreeMap, BTreeSet};

use engagement_tests::memory::{FIXED, PER_BYTE, PER_VALUE, peak};
use engagement_tests::{ResponseType, dense, providers};
use peak_alloc::PeakAlloc;
use serde_json::Value;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MIB: usize = 1024 * 1024;

/// The default limits of clients.
const MAX_BODY: usize = 16 * MIB;
const MAX_VALUES: usize = 500_000;

/// The test decodes this fraction of `MAX_VALUES`. Vectors double their capacity, so a power of two needs the same fraction of
/// the memory.
const PART: usize = 32;

/// The length of bodies, for which the fixed part is negligible.
const LENGTH: usize = 8 * 1024;

/// The memory of a value, in bodies of one kind.
#[derive(Default)]
struct Class {
    bytes: Vec<usize>,
    worst: String,
}

impl Class {
    fn add(&mut self, bytes: usize, what: impl FnOnce() -> String) {
        if self.bytes.iter().all(|known| *known < bytes) {
            self.worst = what();
        }
        self.bytes.push(bytes);
    }

    fn row(&mut self, name: &str) -> String {
        self.bytes.sort_unstable();
        let median = self.bytes[self.bytes.len() / 2];
        let worst = self.bytes[self.bytes.len() - 1];
        format!(
            "{name:<34} {:>6} bodies  median {median:>6}  worst {worst:>6}  {}",
            self.bytes.len(),
            self.worst
        )
    }
}

/// One test, because the allocator counts for all threads.
#[test]
fn the_number_of_values_limits_the_memory_of_every_response() {
    let mut classes: BTreeMap<String, Class> = BTreeMap::new();
    let mut types = BTreeSet::new();
    for provider in providers::ALL {
        let document = provider.document();
        for operation in &document.operations {
            let Some(response) = (provider.response)(&operation.id) else {
                continue;
            };
            let name = (response.name)();
            if !types.insert(name) {
                continue;
            }
            for body in dense::pages(&document, operation) {
                let class = classes.entry("page".to_owned()).or_default();
                measure(class, &response, &body);
            }
            for (class, body) in dense::bodies(&document, operation, &response, LENGTH) {
                let class = classes.entry(class).or_default();
                measure(class, &response, body.as_bytes());
            }
            for list in dense::lists(&document, operation, &response) {
                assert_refused(&response, &list.of("{}", MAX_BODY / 3));
                let class = classes
                    .entry("list of minimal elements".to_owned())
                    .or_default();
                measure_list(class, &response, &list);
            }
        }
    }
    println!("Bytes per value, of {} types:", types.len());
    for (name, class) in &mut classes {
        println!("{}", class.row(name));
    }
    assert!(types.len() > 60, "{}", types.len());
    let lists = classes["list of minimal elements"].bytes.len();
    assert!(lists > 40, "{lists}");
}

/// The result of decoding, and the peak of the memory.
fn decoded(response: &ResponseType, body: &[u8], max_values: usize) -> (Result<(), String>, usize) {
    let mut result = Ok(());
    let taken = peak(&MEMORY, || result = (response.decode)(body, max_values));
    (result, taken)
}

fn measure(class: &mut Class, response: &ResponseType, body: &[u8]) {
    let values = serde_json::from_slice(body).map_or(1, |value| count(&value));
    let (_, taken) = decoded(response, body, usize::MAX);
    let what = || {
        let start = String::from_utf8_lossy(&body[..body.len().min(60)]);
        format!("{}: {start}", (response.name)())
    };
    let most = PER_VALUE * values + PER_BYTE * body.len() + FIXED;
    assert!(taken <= most, "{taken} of {most} bytes for {}", what());
    class.add(
        taken.saturating_sub(PER_BYTE * body.len() + FIXED) / values,
        what,
    );
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(count).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// A body of the maximal size with too many values is refused before it is decoded.
fn assert_refused(response: &ResponseType, body: &str) {
    let name = (response.name)();
    let (result, taken) = decoded(response, body.as_bytes(), MAX_VALUES);
    assert_eq!(
        result.expect_err(name),
        format!("the body holds more than the limit of {MAX_VALUES} JSON values")
    );
    assert!(taken <= FIXED, "{name}: {taken} bytes");
}

/// The maximal number of minimal values takes less than 600 MiB.
fn measure_list(class: &mut Class, response: &ResponseType, list: &dense::List) {
    let name = (response.name)();
    let least: Value = serde_json::from_str(&list.least).unwrap();
    let fixed: Value = serde_json::from_str(&list.of("", 1)).unwrap();
    let elements = (MAX_VALUES / PART - count(&fixed)) / count(&least);
    let body = list.of(&list.least, elements);
    let (result, taken) = decoded(response, body.as_bytes(), MAX_VALUES / PART);
    result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(taken * PART <= 600 * MIB, "{name}: {taken} bytes");
    class.add(taken / (MAX_VALUES / PART), || name.to_owned());
}
