//! The step of the version that follows from a class.

use semver::{BuildMetadata, Prerelease, Version};

use super::Class;

/// The next version after `version` for a release whose largest change is of that class.
///
/// A breaking change raises the major version, or the minor one before 1.0. An additive or a wire-only change raises the
/// minor version, or the patch before 1.0. Texts raise the patch. Without changes the version stays. A version with a
/// pre-release (`0.2.0-rc.1`) is raised from the release that it precedes.
#[must_use]
pub fn next(version: &Version, class: Option<Class>) -> Version {
    let Some(class) = class else {
        return version.clone();
    };
    let mut next = version.clone();
    (next.pre, next.build) = (Prerelease::EMPTY, BuildMetadata::EMPTY);
    let stable = version.major > 0;
    match (class, stable) {
        (Class::Breaking, true) => (next.major, next.minor, next.patch) = (version.major + 1, 0, 0),
        (Class::Breaking, false) | (Class::Additive | Class::WireOnly, true) => {
            (next.minor, next.patch) = (version.minor + 1, 0);
        }
        _ => next.patch += 1,
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_decides_on_the_step() {
        for (version, class, want) in [
            ("0.1.3", Some(Class::Breaking), "0.2.0"),
            ("0.1.3", Some(Class::Additive), "0.1.4"),
            ("0.1.3", Some(Class::WireOnly), "0.1.4"),
            ("0.1.3", Some(Class::Documentation), "0.1.4"),
            ("0.1.3", None, "0.1.3"),
            ("1.2.3", Some(Class::Breaking), "2.0.0"),
            ("1.2.3", Some(Class::Additive), "1.3.0"),
            ("1.2.3", Some(Class::WireOnly), "1.3.0"),
            ("1.2.3", Some(Class::Documentation), "1.2.4"),
            ("0.1.0-rc.1", Some(Class::Breaking), "0.2.0"),
        ] {
            let version = Version::parse(version).unwrap();
            assert_eq!(
                next(&version, class).to_string(),
                want,
                "{version} {class:?}"
            );
        }
    }
}
