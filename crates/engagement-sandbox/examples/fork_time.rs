//! Measures how long forks of a sandbox with some 1,000 records take.

use std::time::Instant;

use engagement_sandbox::Sandbox;
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let sandbox = Sandbox::start().await?;
    for number in 0..250 {
        let name = format!("n{number}");
        let properties = json!([
            { "name": "name", "value": name },
            { "name": "email", "value": format!("{name}@example.com") },
        ]);
        let license = [("licenseCode", "sandbox0")];
        let calls = [
            (
                "engagebay",
                "contacts_create",
                &[][..],
                json!({ "properties": properties }),
            ),
            ("engage", "users_create", &[], json!({ "id": name })),
            (
                "engagespot",
                "users_create",
                &[],
                json!({ "identifier": name }),
            ),
            (
                "webengage",
                "users_track",
                &license,
                json!({ "userId": name }),
            ),
        ];
        for (provider, operation, parameters, body) in calls {
            let done = sandbox.perform(provider, operation, parameters, body);
            done.map_err(std::io::Error::other)?;
        }
    }
    let mut times = Vec::new();
    let mut forks = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        forks.push(sandbox.fork().await?);
        times.push(start.elapsed());
    }
    times.sort();
    println!(
        "fork of 1,000 records: median {:?}, slowest of {} {:?}",
        times[times.len() / 2],
        times.len(),
        times[times.len() - 1]
    );
    Ok(())
}
