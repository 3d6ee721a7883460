//! What the setters of generated builders do with their values.

use std::fmt::{self, Display};

use crate::mask::mask;

/// Why a value could not be built: the first setter's value that didn't convert, or a required field that is missing.
///
/// It doesn't repeat the value. E-mail addresses and telephone numbers in the words of a conversion of your own are
/// [masked](crate::mask).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError(String);

impl Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}

/// Converts values for setters and keeps the first failure: setters can be chained, `build` or `send` tells of it.
#[derive(Clone, Debug, Default)]
pub struct Setters {
    problem: Option<String>,
}

impl Setters {
    /// Converts one value.
    pub fn value<T, V: TryInto<T, Error: Display>>(&mut self, name: &str, value: V) -> Option<T> {
        match value.try_into() {
            Ok(value) => Some(value),
            Err(error) => {
                self.refused(name, &error);
                None
            }
        }
    }

    /// Converts the elements of a list.
    pub fn list<T, V: TryInto<T, Error: Display>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Option<Vec<T>> {
        let mut converted = Vec::new();
        for value in values {
            converted.push(self.value(name, value)?);
        }
        Some(converted)
    }

    /// Keeps a failure that is no setter's.
    pub fn refuse(&mut self, reason: &str) {
        self.problem.get_or_insert_with(|| reason.to_owned());
    }

    /// A value that must have been set.
    ///
    /// # Errors
    /// If it was not.
    pub fn required<T>(value: Option<T>, of: &str, name: &str) -> Result<T, BuildError> {
        value.ok_or_else(|| BuildError(format!("`{name}` of {of} is missing")))
    }

    /// Tells of the first value that didn't convert.
    ///
    /// # Errors
    /// If there was one.
    pub fn check(&self, of: &str) -> Result<(), BuildError> {
        match &self.problem {
            Some(problem) => Err(BuildError(format!("{of}: {problem}"))),
            None => Ok(()),
        }
    }

    pub(crate) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    #[cold]
    fn refused(&mut self, name: &str, error: &dyn Display) {
        self.problem
            .get_or_insert_with(|| format!("`{name}`: {}", mask(&error.to_string())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_that_does_not_convert_is_told() {
        let mut setters = Setters::default();
        assert_eq!(setters.value::<i64, u64>("a", u64::MAX), None);
        assert_eq!(setters.list::<i64, u64>("b", [1, u64::MAX]), None);
        let told = setters.check("NewThing").unwrap_err().to_string();
        assert_eq!(
            told,
            "NewThing: `a`: out of range integral type conversion attempted"
        );
    }

    #[test]
    fn what_is_missing_is_told_with_its_type() {
        let missing = Setters::required::<i64>(None, "NewThing", "id").unwrap_err();
        assert_eq!(missing.to_string(), "`id` of NewThing is missing");
    }
}
