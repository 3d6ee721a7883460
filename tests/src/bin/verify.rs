//! `cargo xtask verify PATH [PROVIDER]`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(path) = arguments.next().map(PathBuf::from) else {
        eprintln!("error: name a recording: cargo xtask verify PATH [--provider NAME]");
        return ExitCode::FAILURE;
    };
    let provider = arguments.next();
    let provider = provider.as_ref().map(|name| name.to_string_lossy());
    match engagement_tests::verify::verify(&path, provider.as_deref()) {
        Ok(report) => {
            print!("{}", report.text);
            if report.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
