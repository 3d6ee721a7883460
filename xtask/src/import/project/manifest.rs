//! `Cargo.toml` of a crate that is imported again: the user's, with what the generated code needs.

use semver::Version;
use toml_edit::{DocumentMut, Item, TableLike};

/// The manifest, and its version before and after.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) text: String,
    /// `None` if the crate takes the version from its workspace.
    pub(crate) versions: Option<(Version, Version)>,
}

/// Adds to an existing manifest what a new one has and it lacks, and raises the version. Everything else stays as it is.
///
/// # Errors
/// If the manifest can't be read; the text has the line.
pub(crate) fn merge(
    existing: &str,
    fresh: &str,
    core_is_given: bool,
    raised: impl Fn(&Version) -> Version,
) -> Result<Manifest, String> {
    let mut manifest: DocumentMut = existing.parse().map_err(|error| format!("{error}"))?;
    let fresh: DocumentMut = fresh.parse().map_err(|error| format!("{error}"))?;
    for table in ["features", "dependencies"] {
        let (Some(new), into) = (fresh[table].as_table_like(), &mut manifest[table]) else {
            continue;
        };
        if into.is_none() {
            *into = fresh[table].clone();
            continue;
        }
        let into = into
            .as_table_like_mut()
            .ok_or_else(|| format!("`{table}` is no table"))?;
        for (name, item) in new.iter() {
            match into.get_mut(name) {
                None => drop(into.insert(name, item.clone())),
                Some(known) if name == "engagement-core" => core(known, item, core_is_given),
                Some(_) => {}
            }
        }
    }
    let package = manifest
        .get_mut("package")
        .and_then(Item::as_table_like_mut);
    let package = package.ok_or("there is no `[package]`")?;
    let versions = match package.get("version").and_then(Item::as_str) {
        Some(version) => {
            let old: Version = version
                .parse()
                .map_err(|error| format!("version {version}: {error}"))?;
            let new = raised(&old);
            if new != old {
                set(package, "version", &new.to_string());
            }
            Some((old, new))
        }
        None => None,
    };
    Ok(Manifest {
        text: manifest.to_string(),
        versions,
    })
}

/// Replaces a text, and keeps the comment behind it.
fn set(table: &mut dyn TableLike, key: &str, text: &str) {
    let Some(value) = table.get_mut(key).and_then(Item::as_value_mut) else {
        return;
    };
    let decor = value.decor().clone();
    *value = text.into();
    *value.decor_mut() = decor;
}

/// The runtime: where it comes from, if that is a version or was given, and the features that the code needs.
fn core(known: &mut Item, fresh: &Item, is_given: bool) {
    let Some(new) = fresh.as_table_like() else {
        return;
    };
    let Some(table) = known.as_table_like_mut() else {
        *known = fresh.clone();
        return;
    };
    if table.contains_key("version") || is_given {
        for key in ["path", "version", "workspace", "git"] {
            if !new.contains_key(key) {
                table.remove(key);
            }
        }
        for key in ["path", "version"] {
            match (new.get(key), table.contains_key(key)) {
                (Some(source), true) => set(table, key, source.as_str().unwrap_or_default()),
                (Some(source), false) => drop(table.insert(key, source.clone())),
                (None, _) => {}
            }
        }
    }
    let Some(wanted) = new.get("features").and_then(Item::as_array) else {
        return;
    };
    match table.get_mut("features").and_then(Item::as_array_mut) {
        None => drop(table.insert("features", fresh["features"].clone())),
        Some(features) => {
            for feature in wanted.iter().filter_map(|feature| feature.as_str()) {
                if !features.iter().any(|known| known.as_str() == Some(feature)) {
                    features.push(feature);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\n\n[features]\ndefault = [\"gzip\"]\ngzip = []\n\n[dependencies]\nengagement-core = { version = \"=0.2.0\", default-features = false, features = [\"multipart\"] }\nserde = \"1\"\n";

    fn merged(existing: &str, given: bool) -> String {
        let next = |version: &Version| Version::new(version.major, version.minor + 1, 0);
        merge(existing, FRESH, given, next).unwrap().text
    }

    #[test]
    fn own_entries_stay_and_missing_ones_are_added() {
        let existing = "# mine\n[package]\nname = \"b\"\nversion = \"0.3.1\" # note\n\n[features]\ndefault = []\n\n[dependencies]\nengagement-core = { version = \"=0.1.0\", default-features = false, features = [\"jiff\"] } # runtime\nonce_cell = \"1\"\n\n[package.metadata.x]\ny = 1\n";
        assert_eq!(
            merged(existing, false),
            "# mine\n[package]\nname = \"b\"\nversion = \"0.4.0\" # note\n\n[features]\ndefault = []\ngzip = []\n\n[dependencies]\nengagement-core = { version = \"=0.2.0\", default-features = false, features = [\"jiff\", \"multipart\"] } # runtime\nonce_cell = \"1\"\nserde = \"1\"\n\n[package.metadata.x]\ny = 1\n"
        );
    }

    #[test]
    fn a_path_to_the_runtime_stays_unless_one_is_given() {
        let existing = "[package]\nname = \"b\"\nversion.workspace = true\n\n[dependencies]\nengagement-core = { path = \"../core\", features = [\"multipart\"] }\nserde = \"1\"\n\n[features]\ndefault = []\ngzip = []\n";
        assert_eq!(merged(existing, false), existing);
        let given = existing.replace(
            "{ path = \"../core\", features = [\"multipart\"] }",
            "{ features = [\"multipart\"] , version = \"=0.2.0\"}",
        );
        assert_eq!(merged(existing, true), given);
    }

    #[test]
    fn a_broken_manifest_is_an_error_with_its_line() {
        let error = merge("[package]\nname = \n", FRESH, false, Version::clone).unwrap_err();
        assert!(error.contains("line 2"), "{error}");
    }
}
