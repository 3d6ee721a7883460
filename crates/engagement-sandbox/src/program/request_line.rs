//! One line for each request, without any of its values.

use std::io::{self, Write};
use std::time::UNIX_EPOCH;

use clap::ValueEnum;
use engagement_sandbox::RecordedRequest;
use jiff::Timestamp;
use serde_json::json;

/// What is printed for each request.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LogFormat {
    /// A line of text: provider, method, path template, status and fault
    Text,
    /// A line of JSON, which begins with `{`
    Json,
    /// Nothing
    None,
}

/// The function that prints a request.
pub(crate) fn printer(format: LogFormat) -> Option<fn(&RecordedRequest)> {
    match format {
        LogFormat::Text => Some(|request| print(&text(request))),
        LogFormat::Json => Some(|request| print(&json(request))),
        LogFormat::None => None,
    }
}

/// The sandbox continues to serve if nobody reads its output.
fn print(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn text(request: &RecordedRequest) -> String {
    let provider = match request.provider {
        "" => "-",
        name => name,
    };
    let operation = request.template.unwrap_or("(no such operation)");
    let fault = request.fault.as_ref();
    let fault = fault.map_or(String::new(), |fault| format!(" (fault: {fault})"));
    format!(
        "{provider} {} {operation} {}{fault}",
        request.method, request.status
    )
}

fn json(request: &RecordedRequest) -> String {
    let received = request.received_at.duration_since(UNIX_EPOCH);
    let received = i64::try_from(received.unwrap_or_default().as_millis()).ok();
    let received = received.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
    let provider = Some(request.provider).filter(|name| !name.is_empty());
    let refusal = request.refusal.as_ref();
    json!({
        "time": format!("{:.3}", received.unwrap_or(Timestamp::MAX)),
        "provider": provider,
        "operation": request.operation,
        "method": request.method,
        "status": request.status,
        "fault": request.fault,
        "refusal": refusal.map(|refusal| refusal.kind.as_str()),
        "duration_us": u64::try_from(request.duration.as_micros()).unwrap_or(u64::MAX),
    })
    .to_string()
}
