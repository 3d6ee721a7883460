//! The command line.

use std::ffi::OsString;
use std::fmt;

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Tour,
    Live(Live),
    Help,
}

/// A provider to call for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Live {
    EngageBay,
    Engage,
    Engagespot,
    WebEngage,
    EngageOne,
}

impl Live {
    const ALL: [Self; 5] = [
        Self::EngageBay,
        Self::Engage,
        Self::Engagespot,
        Self::WebEngage,
        Self::EngageOne,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::EngageBay => "engagebay",
            Self::Engage => "engage",
            Self::Engagespot => "engagespot",
            Self::WebEngage => "webengage",
            Self::EngageOne => "engageone",
        }
    }
}

pub(crate) const HELP: &str = "\
Leads the clients through a sandbox on this machine, and checks every step.

Usage: cargo run -p engagement-clients --example tour [-- OPTIONS]

Options:
  --live engagebay   call the real EngageBay instead; needs ENGAGEBAY_API_KEY
  --live engage      call the real Engage instead; needs ENGAGE_API_KEY and ENGAGE_API_SECRET
  --live engagespot  call the real Engagespot instead, as one of the app's users, because every call that reads needs
                     one; needs ENGAGESPOT_API_KEY and ENGAGESPOT_USER_ID, or ENGAGESPOT_USER_TOKEN
  --live webengage   call the real WebEngage instead; needs WEBENGAGE_API_KEY and WEBENGAGE_LICENSE_CODE. It makes a
                     search for feedback: of the calls that only read, this alone needs no id of anything
  --live engageone   call the real EngageOne Communicate instead, after a login; needs ENGAGEONE_CUSTOMER_ID,
                     ENGAGEONE_CLIENT_ID and ENGAGEONE_SECRET, or ENGAGEONE_CUSTOMER_ID and ENGAGEONE_TOKEN
  -h, --help         print this

With --live, only calls that read are made, and no record of a person is printed. The provider's _REGION variable
chooses a data centre where there are several, and its _BASE_URL sends these calls elsewhere, such as to a standing
sandbox; EngageOne then needs ENGAGEONE_USERS_URL for the login as well.

Exit code: 0 if all steps passed, 1 if a step or call failed, 2 if arguments or credentials are wrong or missing.
";

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Action, String> {
    let mut action = Action::Tour;
    let mut arguments = arguments
        .into_iter()
        .map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next() {
        let value = match argument.split_once('=') {
            _ if matches!(argument.as_str(), "-h" | "--help") => return Ok(Action::Help),
            _ if argument == "--live" => arguments.next(),
            Some(("--live", value)) => Some(value.to_owned()),
            _ => return Err(format!("unknown argument `{argument}`")),
        };
        let names = || Live::ALL.map(Live::as_str).join(", ");
        let Some(value) = value else {
            return Err(format!("--live needs a provider, one of: {}", names()));
        };
        let live = Live::ALL.into_iter().find(|live| live.as_str() == value);
        let live =
            live.ok_or_else(|| format!("--live knows no provider `{value}`, only: {}", names()))?;
        if action != Action::Tour {
            return Err("--live takes one provider at a time".to_owned());
        }
        action = Action::Live(live);
    }
    Ok(action)
}
