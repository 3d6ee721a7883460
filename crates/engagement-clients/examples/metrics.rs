//! Counts requests and calls with an observer, and prints the counters in the text format of Prometheus.
//!
//! ```sh
//! ENGAGEBAY_API_KEY=… cargo run -p engagement-clients --example metrics 7 8 9
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use engagement_clients::engagebay::{ClientBuilder, PROVIDER};
use engagement_clients::observe::{CallAttributes, Event, Observer};

#[derive(Default)]
struct Counters(Mutex<BTreeMap<String, u64>>);

impl Observer for Counters {
    /// It runs within the call, so it only counts.
    fn event(&self, call: &CallAttributes<'_>, event: &Event<'_>) {
        let (name, outcome) = match event {
            Event::Attempt { outcome, .. } => ("requests", outcome),
            Event::Call { outcome, .. } => ("calls", outcome),
            _ => return,
        };
        let status = outcome.status().map_or(0, |status| status.as_u16()); // 0: no response
        let operation = call.operation;
        let key = format!("engagebay_{name}_total{{operation={operation:?},status=\"{status}\"}}");
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.entry(key).or_default() += 1;
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let counters = Arc::new(Counters::default());
    let builder = ClientBuilder::from_env(&PROVIDER)?;
    let client = builder.observer(Arc::clone(&counters)).build()?;
    client.profile().get().send().await?;
    for id in std::env::args().skip(1) {
        let id: i64 = id.parse()?;
        let found = client.contacts().get(id).send().await.is_ok();
        println!("# contact {id}: {found}");
    }
    for (key, count) in &*counters.0.lock().unwrap_or_else(PoisonError::into_inner) {
        println!("{key} {count}");
    }
    Ok(())
}
