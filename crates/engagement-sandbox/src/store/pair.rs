//! The two files together: which of them is right.
//!
//! Each line is on disk in the first file before it is written to the second, and new files replace the old ones in the same
//! order. So whatever ends the process, the second file lacks at most the last step of the first one. Everything else is damage.

use super::file::{self, Content, Damaged, Lines};
use super::folder::Folder;

/// How many lines the second file may lack: the last one, and the snapshot after it.
const LEAD: u64 = 2;

/// What the files of a folder hold.
#[derive(Default)]
pub(super) struct State {
    /// The lines to be used; `None` if there are none yet.
    pub(super) lines: Option<Lines>,
    /// Why each file can't be used as it is.
    damage: [Option<Damage>; 2],
}

enum Damage {
    Missing,
    Because(String),
}

/// Reads both files.
pub(super) fn read(folder: &Folder) -> Result<State, String> {
    let contents = [0, 1].map(|index| file::read(&folder.file(index)));
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

fn judge([first, second]: [Content; 2]) -> Result<State, [String; 2]> {
    let missing = || "it is missing".to_owned();
    let (lines, damage) = match (first, second) {
        (Content::Missing, Content::Missing) => return Ok(State::default()),
        (Content::Lines(first), Content::Lines(second)) => return Ok(compare(first, second)),
        (Content::Lines(lines), Content::Missing) => (lines, [None, Some(Damage::Missing)]),
        (Content::Missing, Content::Lines(lines)) => (lines, [Some(Damage::Missing), None]),
        (Content::Lines(lines), Content::Damaged(damaged)) => {
            let why = alone(&lines, damaged, 0).map_err(|[why, also]| [also, why])?;
            (lines, [None, Some(Damage::Because(why))])
        }
        (Content::Damaged(damaged), Content::Lines(lines)) => {
            let why = alone(&lines, damaged, LEAD)?;
            (lines, [Some(Damage::Because(why)), None])
        }
        (Content::Damaged(first), Content::Damaged(second)) => {
            return Err([first.why, second.why]);
        }
        (Content::Damaged(first), _) => return Err([first.why, missing()]),
        (_, Content::Damaged(second)) => return Err([missing(), second.why]),
        // The caller has refused other versions.
        _ => return Err([missing(), missing()]),
    };
    Ok(State {
        lines: Some(lines),
        damage,
    })
}

/// Whether one file is enough. The other one, which is damaged, may be ahead by so many lines; more are lost.
fn alone(lines: &Lines, damaged: Damaged, lead: u64) -> Result<String, [String; 2]> {
    if damaged.last.is_some_and(|last| last > lines.last() + lead) {
        return Err([damaged.why, ends_early(lines)]);
    }
    Ok(damaged.why)
}

fn ends_early(lines: &Lines) -> String {
    format!("it ends early, after the change {}", lines.last())
}

/// Compares two files that are readable to their ends.
fn compare(first: Lines, second: Lines) -> State {
    let ends_early = |lines: &Lines| Some(Damage::Because(ends_early(lines)));
    if (first.last(), first.first) < (second.last(), second.first) {
        return State {
            damage: [ends_early(&first), None],
            lines: Some(second),
        };
    }
    let same = first.first == second.first && first.last() == second.last();
    let lacks_a_line = first.first == second.first && first.last() == second.last() + 1;
    let lacks_a_snapshot = first.first > second.first
        && first.last() == first.first
        && first.first <= second.last() + LEAD;
    let second_is_torn = second.torn && !lacks_a_line && !lacks_a_snapshot;
    let is_behind = !same && !lacks_a_line && !lacks_a_snapshot;
    let second_damage = if second_is_torn || is_behind {
        ends_early(&second)
    } else {
        None
    };
    let first_damage = if first.torn && !same {
        ends_early(&first)
    } else {
        None
    };
    State {
        damage: [first_damage, second_damage],
        lines: Some(first),
    }
}
