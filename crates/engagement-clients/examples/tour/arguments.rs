//! The command line.

use std::ffi::OsString;
use std::fmt;

/// What the user wants.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Tour,
    Live(Live),
    Help,
}

/// A provider to call for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Live {
    EngageBay,
    Engage,
}

pub(crate) const HELP: &str = "\
Leads the clients through a sandbox on this machine, and checks every step.

Usage: cargo run -p engagement-clients --example tour [-- OPTIONS]

Options:
  --live engagebay   call the real EngageBay instead; needs ENGAGEBAY_API_KEY
  --live engage      call the real Engage instead; needs ENGAGE_API_KEY and ENGAGE_API_SECRET
  -h, --help         print this

With --live, only calls that read are made, and no record of a person is printed.
ENGAGEBAY_BASE_URL or ENGAGE_BASE_URL leads these calls elsewhere, such as to a standing sandbox.

Exit code: 0 if all went as promised, 1 if a step or call failed, 2 if arguments or credentials are wrong or missing.
";

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EngageBay => "engagebay",
            Self::Engage => "engage",
        })
    }
}

pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Wish, String> {
    let mut wish = Wish::Tour;
    let mut arguments = arguments
        .into_iter()
        .map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next() {
        let value = match argument.split_once('=') {
            _ if matches!(argument.as_str(), "-h" | "--help") => return Ok(Wish::Help),
            _ if argument == "--live" => arguments.next(),
            Some(("--live", value)) => Some(value.to_owned()),
            _ => return Err(format!("unknown argument `{argument}`")),
        };
        let live = match value.as_deref() {
            Some("engagebay") => Live::EngageBay,
            Some("engage") => Live::Engage,
            Some(other) => {
                return Err(format!(
                    "--live knows no provider `{other}`: use engagebay or engage"
                ));
            }
            None => return Err("--live needs a provider: engagebay or engage".to_owned()),
        };
        if wish != Wish::Tour {
            return Err("--live takes one provider at a time".to_owned());
        }
        wish = Wish::Live(live);
    }
    Ok(wish)
}
