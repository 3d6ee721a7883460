//! Lines of places in YAML and JSON files.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};

use crate::json::step;

/// The line of each place of a file, by its JSON pointer.
#[derive(Debug, Default)]
pub(crate) struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// The lines of a file. One that is not readable has none.
    pub(crate) fn of(text: &str) -> Self {
        Self::read(text).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = BTreeMap::new();
        let mut open: Vec<Collection> = Vec::new();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.ok()?;
            match event {
                Event::MappingEnd | Event::SequenceEnd => {
                    open.pop();
                    continue;
                }
                Event::Scalar(..)
                | Event::Alias(_)
                | Event::MappingStart(..)
                | Event::SequenceStart(..) => {}
                _ => continue,
            }
            let line = span.start.line();
            let scalar = match &event {
                Event::Scalar(value, ..) => value,
                _ => "",
            };
            let pointer = match open.last_mut() {
                None => String::new(),
                Some(Collection::List { pointer, next }) => {
                    *next += 1;
                    format!("{pointer}/{}", *next - 1)
                }
                Some(Collection::Object { pointer, key }) => match key.take() {
                    None => {
                        let inner = step(pointer, scalar);
                        lines.insert(inner.clone(), line);
                        *key = Some(inner);
                        continue;
                    }
                    Some(inner) => inner,
                },
            };
            lines.entry(pointer.clone()).or_insert(line);
            match event {
                Event::MappingStart(..) => open.push(Collection::Object { pointer, key: None }),
                Event::SequenceStart(..) => open.push(Collection::List { pointer, next: 0 }),
                _ => {}
            }
        }
        Some(Self(lines))
    }

    /// The line of a place, or that of the innermost place around it that the file has.
    pub(crate) fn line(&self, pointer: &str) -> Option<usize> {
        let mut at = pointer;
        loop {
            if let Some(line) = self.0.get(at) {
                return Some(*line);
            }
            at = &at[..at.rfind('/')?];
        }
    }
}

/// A collection that the reader is in.
enum Collection {
    Object {
        pointer: String,
        /// The pointer of the field whose value comes next.
        key: Option<String>,
    },
    List {
        pointer: String,
        next: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_the_lines_of_their_names() {
        let text = "a: 1\npaths:\n  /users/{id}:\n    get:\n      parameters:\n        - {name: x, in: query}\n        - name: y\n          in: path\n";
        let lines = Lines::of(text);
        for (pointer, line) in [
            ("", Some(1)),
            ("/a", Some(1)),
            ("/paths/~1users~1{id}/get", Some(4)),
            ("/paths/~1users~1{id}/get/parameters/0/in", Some(6)),
            ("/paths/~1users~1{id}/get/parameters/1", Some(7)),
            ("/paths/~1users~1{id}/get/parameters/1/in", Some(8)),
            ("/paths/~1users~1{id}/get/responses/200", Some(4)),
            ("/b", Some(1)),
        ] {
            assert_eq!(lines.line(pointer), line, "{pointer}");
        }
        assert_eq!(Lines::of("{\"a\":\n[1,\n2]}").line("/a/1"), Some(3));
        assert_eq!(Lines::of("a: [").line("/a"), None);
    }
}
