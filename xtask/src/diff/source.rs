//! Documents in files and in git.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use semver::Version;

use super::{Change, Class, Error, ProviderChanges, compare};
use crate::workspace;

/// A document as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name in messages: a path, or `v0.1.0:specs/engage.yaml`.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Document {
    /// The document in a file, or with `REVISION:PATH`, in git; a path is relative to the root then.
    pub(super) fn find(root: &Path, argument: &str) -> Result<Self, Error> {
        let path = Path::new(argument);
        let (revision, inner) = match argument.split_once(':') {
            Some(parts) if !path.exists() => parts,
            _ => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Error::new(format!("{argument}: {error}")))?;
                return Ok(Self {
                    name: argument.to_owned(),
                    text,
                });
            }
        };
        require_revision(root, revision)?;
        Self::in_revision(root, revision, inner)
    }

    /// Why the document can't be read. A rule may be newer than the document.
    pub(super) fn refused(&self, failure: &dyn std::fmt::Display) -> Error {
        let way_out = match self.name.split_once(':') {
            Some((revision, path)) if !Path::new(&self.name).exists() => format!(
                "\nIf that rule is newer than {revision}: `git show {} > old.yaml`, correct old.yaml, and `cargo xtask diff old.yaml {path}`",
                self.name
            ),
            _ => String::new(),
        };
        Error::new(format!("{failure}{way_out}"))
    }

    fn in_revision(root: &Path, revision: &str, path: &str) -> Result<Self, Error> {
        let text = git(root, &["show", &format!("{revision}:./{path}")]).map_err(|_| {
            Error::new(format!(
                "`{path}` is not in `{revision}`: `git ls-tree -r --name-only {revision}` lists its files"
            ))
        })?;
        Ok(Self {
            name: format!("{revision}:{path}"),
            text,
        })
    }
}

/// What changed in the documents since a revision, such as the tag of the last release. Documents without changes are
/// left out.
///
/// # Errors
/// If git or the revision is not there, or a document breaks a rule or can't be generated; the text names it.
pub fn since(revision: &str) -> Result<Vec<ProviderChanges>, Error> {
    between(workspace::root(), revision, None)
}

/// What changed in the documents of a checkout between two revisions, or between one and the files.
///
/// # Errors
/// As [`since`].
pub fn between(root: &Path, old: &str, new: Option<&str>) -> Result<Vec<ProviderChanges>, Error> {
    require_revision(root, old)?;
    let old = documents(root, old)?;
    let new = match new {
        Some(new) => {
            require_revision(root, new)?;
            documents(root, new)?
        }
        None => working_tree(root)?,
    };
    let mut found = Vec::new();
    for (path, is) in &new {
        match old.get(path) {
            Some(was) if was.text == is.text => {}
            Some(was) => found.push(compare(was, is)?),
            None => {
                let change = whole(path, Class::Additive, "new client", None);
                found.push(change);
            }
        }
    }
    for path in old.keys().filter(|path| !new.contains_key(*path)) {
        let action = format!("stop using `{}-client`", provider(path));
        let change = format!("the document {path} is gone");
        found.push(whole(path, Class::Breaking, &change, Some(action)));
    }
    found.retain(|changes| !changes.changes.is_empty());
    Ok(found)
}

/// A document that only one side has.
fn whole(path: &str, class: Class, change: &str, action: Option<String>) -> ProviderChanges {
    let change = Change {
        class,
        subject: "client".to_owned(),
        operations: Vec::new(),
        change: change.to_owned(),
        action,
        place: None,
    };
    ProviderChanges {
        provider: provider(path).to_owned(),
        old: path.to_owned(),
        new: path.to_owned(),
        changes: vec![change],
    }
}

fn provider(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}

/// The documents of the checkout, by path.
fn working_tree(root: &Path) -> Result<BTreeMap<String, Document>, Error> {
    let failed = |what: String, error: std::io::Error| Error::new(format!("{what}: {error}"));
    let mut found = BTreeMap::new();
    for file in workspace::specs(root).map_err(|error| failed("specs/".into(), error))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("specs/{name}");
        let text = std::fs::read_to_string(&file).map_err(|error| failed(name.clone(), error))?;
        found.insert(name.clone(), Document { name, text });
    }
    Ok(found)
}

/// The documents of a revision, by path.
fn documents(root: &Path, revision: &str) -> Result<BTreeMap<String, Document>, Error> {
    let list = git(root, &["ls-tree", "--name-only", revision, "specs/"])?;
    let mut found = BTreeMap::new();
    for path in list
        .lines()
        .filter(|path| path.ends_with(".yaml") && !path.starts_with("specs/."))
    {
        let document = Document::in_revision(root, revision, path)?;
        found.insert(path.to_owned(), document);
    }
    if found.is_empty() {
        return Err(Error::new(format!(
            "`{revision}` has no documents in specs/"
        )));
    }
    Ok(found)
}

/// The version of the workspace, in its files or in a revision.
pub(super) fn version(root: &Path, revision: Option<&str>) -> Result<Version, Error> {
    let (name, text) = match revision {
        Some(revision) => {
            let manifest = Document::in_revision(root, revision, "Cargo.toml")?;
            (manifest.name, manifest.text)
        }
        None => {
            let text = std::fs::read_to_string(root.join("Cargo.toml"));
            let text = text.map_err(|error| Error::new(format!("Cargo.toml: {error}")))?;
            ("Cargo.toml".to_owned(), text)
        }
    };
    let manifest: toml_edit::DocumentMut = text
        .parse()
        .map_err(|error| Error::new(format!("{name}: {error}")))?;
    let version = manifest.get("workspace").and_then(|it| it.get("package"));
    let version = version.and_then(|it| it.get("version")?.as_str());
    let missing = || {
        Error::new(format!(
            "{name}: `workspace.package.version` is missing; give `--version`"
        ))
    };
    let version = version.ok_or_else(missing)?;
    version
        .parse()
        .map_err(|error| Error::new(format!("{name}: version {version}: {error}")))
}

/// Whether there is a repository with a commit.
pub(super) fn has_commit(root: &Path) -> bool {
    require_revision(root, "HEAD").is_ok()
}

fn require_revision(root: &Path, revision: &str) -> Result<(), Error> {
    let commit = format!("{revision}^{{commit}}");
    // Without a repository, git's own message says what is wrong.
    git(root, &["rev-parse", "--git-dir"])?;
    let found = git(
        root,
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ],
    );
    found.map(|_| ()).map_err(|_| {
        Error::new(format!(
            "`{revision}` is no file and no revision of this repository: `git tag` lists the tags, `git fetch --tags` gets those of the server"
        ))
    })
}

/// Runs git, and gives what it prints.
fn git(root: &Path, arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output();
    let output = output.map_err(|error| Error::new(format!("git can't be run: {error}")))?;
    if output.status.success() {
        let text = String::from_utf8(output.stdout);
        return text.map_err(|_| Error::new(format!("git {}: not UTF-8", arguments.join(" "))));
    }
    let reason = String::from_utf8_lossy(&output.stderr);
    Err(Error::new(format!(
        "git {}: {}",
        arguments.join(" "),
        reason.trim()
    )))
}
