//! The two databases together: which of them is right.
//!
//! Each row is on disk in the first file before it is written to the second, and new files replace the old ones in the same
//! order. So whatever ends the process, the second file lacks at most the last row of the first. Everything else is damage.

use super::database::{self, Changes, Content};
use super::folder::Folder;

/// What the files of a folder hold.
#[derive(Default)]
pub(super) struct State {
    /// The changes to be used; `None` if there are none yet.
    pub(super) changes: Option<Changes>,
    /// Why each file can't be used as it is.
    damage: [Option<Damage>; 2],
}

enum Damage {
    Missing,
    Because(String),
}

/// Reads both files.
pub(super) fn read(folder: &Folder) -> Result<State, String> {
    let contents = [0, 1].map(|index| database::read(&folder.file(index)));
    for (index, content) in contents.iter().enumerate() {
        if let Content::OtherVersion(version) = content {
            return Err(format!(
                "{} has the format {version}, which this version of the sandbox doesn't know",
                folder.file(index).display()
            ));
        }
    }
    judge(contents).map_err(|reasons| {
        let [first, second] = [0, 1].map(|index| folder.file(index));
        let [why, also] = reasons;
        format!(
            "{} and {} are both damaged, and nothing was changed. The first: {why}. The second: {also}. Start with `--reset` to \
             put both aside",
            first.display(),
            second.display()
        )
    })
}

/// Renames damaged files. Returns what the user should know.
pub(super) fn keep_damaged(folder: &Folder, state: &State) -> Result<Vec<String>, String> {
    let mut notices = Vec::new();
    for (index, damage) in state.damage.iter().enumerate() {
        let (path, other) = (folder.file(index), folder.file(1 - index));
        let (path, other) = (path.display(), other.display());
        match damage {
            None => {}
            Some(Damage::Missing) => {
                notices.push(format!("{path} is missing and is made anew from {other}"));
            }
            Some(Damage::Because(why)) => {
                let kept = folder.keep_damaged(index)?;
                notices.push(format!(
                    "{path} is damaged and is made anew from {other}: {why}. The damaged file is kept as {kept}"
                ));
            }
        }
    }
    Ok(notices)
}

fn judge(contents: [Content; 2]) -> Result<State, [String; 2]> {
    if let [Content::Missing, Content::Missing] = contents {
        return Ok(State::default());
    }
    let (changes, damage) = match contents.map(usable) {
        [Ok(first), Ok(second)] => return Ok(compare(first, second)),
        [Ok(first), Err(damage)] => (first, [None, Some(damage)]),
        [Err(damage), Ok(second)] => (second, [Some(damage), None]),
        [Err(first), Err(second)] => return Err([first, second].map(Damage::reason)),
    };
    Ok(State {
        changes: Some(changes),
        damage,
    })
}

fn usable(content: Content) -> Result<Changes, Damage> {
    match content {
        Content::Changes(changes) => Ok(changes),
        Content::Damaged(why) => Err(Damage::Because(why)),
        // The caller has refused other versions.
        Content::Missing | Content::OtherVersion(_) => Err(Damage::Missing),
    }
}

impl Damage {
    fn reason(self) -> String {
        match self {
            Self::Missing => "it is missing".to_owned(),
            Self::Because(why) => why,
        }
    }
}

/// Compares two files that are readable to their ends.
fn compare(first: Changes, second: Changes) -> State {
    let (end_of_first, end_of_second) = (first.last(), second.last());
    let ends_early = |last| {
        Some(Damage::Because(format!(
            "it ends early, after the change {last}"
        )))
    };
    let (changes, damage) = if end_of_first < end_of_second {
        (second, [ends_early(end_of_first), None])
    } else if end_of_first > end_of_second + 1 {
        (first, [None, ends_early(end_of_second)])
    } else {
        (first, [None, None])
    };
    State {
        changes: Some(changes),
        damage,
    }
}
