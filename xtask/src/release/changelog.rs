//! `CHANGELOG.md`: what was unreleased belongs to a version from now on.

use std::path::Path;

use semver::Version;

use super::{Error, read};

pub(super) const FILE: &str = "CHANGELOG.md";

const UNRELEASED: &str = "## [Unreleased]";

/// The changelog with its unreleased entries under `version`, followed by the changes of the clients' calls and types.
///
/// # Errors
/// If it has no unreleased entries, or the version already.
pub(super) fn released(
    root: &Path,
    version: &Version,
    date: &str,
    changes: &str,
) -> Result<String, Error> {
    let text = read(&root.join(FILE))?;
    moved(&text, version, date, changes)
        .map_err(|reason| Error::Refused(format!("{FILE}: {reason}")))
}

fn moved(text: &str, version: &Version, date: &str, changes: &str) -> Result<String, String> {
    if !is_date(date) {
        return Err(format!(
            "`{date}` is no date: give one as in `--date 2026-11-27`"
        ));
    }
    let heading = format!("## [{version}]");
    if let Some(at) = line_of(text, &heading) {
        return Err(format!("line {at} has the version {version} already"));
    }
    let at = line_of(text, UNRELEASED)
        .ok_or_else(|| format!("there is no line `{UNRELEASED}`: add one above the versions"))?;
    let lines: Vec<&str> = text.lines().collect();
    let (before, after) = lines.split_at(at);
    let end = after.iter().position(|line| line.starts_with("## "));
    let (unreleased, released) = after.split_at(end.unwrap_or(after.len()));
    if !unreleased.iter().any(|line| line.starts_with("- ")) {
        return Err(format!(
            "line {at}: nothing is unreleased: add an entry for each change that a user notices"
        ));
    }
    let heading = format!("{heading} - {date}");
    let mut parts = vec![
        before.join("\n"),
        heading,
        unreleased.join("\n").trim().to_owned(),
    ];
    if !changes.is_empty() {
        parts.push(format!("### Calls and types\n\n{}", changes.trim_end()));
    }
    if !released.is_empty() {
        parts.push(released.join("\n"));
    }
    Ok(parts.join("\n\n") + "\n")
}

/// The number of the line that begins with `start`.
fn line_of(text: &str, start: &str) -> Option<usize> {
    let mut lines = text.lines();
    lines
        .position(|line| line.starts_with(start))
        .map(|at| at + 1)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let digits = parts
        .iter()
        .all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    lengths == [4, 2, 2] && digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreleased_entries_move_to_the_version() {
        let text = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `a`: b\n\n## [0.1.0] - 2026-01-02\n\n- c\n";
        let want = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-27\n\n### Added\n\n- `a`: b\n\n## [0.1.0] - 2026-01-02\n\n- c\n";
        assert_eq!(
            moved(text, &Version::new(0, 2, 0), "2026-11-27", "").unwrap(),
            want
        );
        let want = want.replace("`a`: b\n", "`a`: b\n\n### Calls and types\n\n- d\n");
        assert_eq!(
            moved(text, &Version::new(0, 2, 0), "2026-11-27", "- d\n").unwrap(),
            want
        );
    }

    #[test]
    fn what_cannot_be_moved_is_named() {
        let version = Version::new(0, 1, 0);
        for (text, date, want) in [
            (
                "## [Unreleased]\n\n## [0.1.0] - 2026-01-02\n- c\n",
                "2026-11-27",
                "line 3 has the version 0.1.0 already",
            ),
            (
                "## [Unreleased]\n\n## [0.0.9]\n- c\n",
                "2026-11-27",
                "line 1: nothing is unreleased",
            ),
            ("- c\n", "2026-11-27", "there is no line `## [Unreleased]`"),
            (
                "## [Unreleased]\n- c\n",
                "27 November",
                "`27 November` is no date",
            ),
        ] {
            let reason = moved(text, &version, date, "").unwrap_err();
            assert!(reason.starts_with(want), "{reason}");
        }
    }
}
