use std::fmt;

/// One thing that is wrong in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// JSON pointer to the place.
    pub pointer: String,
    /// What is wrong, and the way out.
    pub message: String,
    /// JSON pointer to a second place that clashes with the first.
    pub other: Option<String>,
    /// The operation that the place belongs to.
    pub operation: Option<String>,
    /// The line of the place, if the document was read from YAML.
    pub line: Option<usize>,
    /// The line of the second place.
    pub other_line: Option<usize>,
}

impl Problem {
    /// The problem in one line: `specs/engage.yaml:73 users_create: …`.
    pub fn in_file(&self, file: &str) -> String {
        let name = self.operation.as_deref().unwrap_or(&self.pointer);
        let place = place(file, self.line, name);
        let other = match (&self.other, self.other_line) {
            (None, _) => String::new(),
            (_, Some(line)) => format!(" (the other is at {file}:{line})"),
            (Some(pointer), None) => format!(" (the other is at {pointer})"),
        };
        format!("{place}: {}{}{other}", self.extension(), self.message)
    }

    /// The extension that the problem is about, if the message doesn't say it.
    fn extension(&self) -> String {
        let last = self.pointer.rsplit('/').next().unwrap_or_default();
        if last.starts_with("x-") && !self.message.contains(last) {
            format!("`{last}`: ")
        } else {
            String::new()
        }
    }
}

/// A place in a file: `specs/engage.yaml:73 users_create`.
pub(crate) fn place(file: &str, line: Option<usize>, name: &str) -> String {
    let line = line.map_or(String::new(), |line| format!(":{line}"));
    let space = if name.is_empty() { "" } else { " " };
    format!("{file}{line}{space}{name}")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        let name = self.operation.as_deref().unwrap_or(&self.pointer);
        let name = if name.is_empty() { "/" } else { name };
        write!(f, "{name}: {}{}", self.extension(), self.message)?;
        match (&self.other, self.other_line) {
            (None, _) => Ok(()),
            (_, Some(line)) => write!(f, " (the other is at line {line})"),
            (Some(pointer), None) => write!(f, " (the other is at {pointer})"),
        }
    }
}

/// Why a document can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The text is not YAML or JSON.
    #[error("not readable: {}", .0.message)]
    Syntax(Box<Problem>),
    /// The text is readable, but the document breaks a rule of `specs/README.md`.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
}

impl DocumentError {
    /// Every problem, each with the file, the line and the operation: `specs/engage.yaml:73 users_create: …`.
    pub fn in_file(&self, file: &str) -> Vec<String> {
        match self {
            Self::Syntax(problem) => vec![problem.in_file(file)],
            Self::Invalid(problems) => problems.iter().map(|it| it.in_file(file)).collect(),
        }
    }
}
