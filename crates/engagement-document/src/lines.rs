//! The lines of a document.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Problem;
use crate::json::METHODS;

/// The line of every place in a YAML text, by JSON pointer. Empty if the document was not read from YAML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// The line of a place, or of the nearest place around it that is in the text.
    pub fn line(&self, pointer: &str) -> Option<usize> {
        let mut at = pointer;
        loop {
            if let Some(line) = self.0.get(at) {
                return Some(*line);
            }
            at = at.rsplit_once('/')?.0;
        }
    }

    /// Adds the lines and the operation to problems, and puts them into the order of the document.
    pub(crate) fn locate(&self, raw: &Value, problems: &mut Vec<Problem>) {
        for problem in problems.iter_mut() {
            problem.line = self.line(&problem.pointer);
            let other = problem.other.as_deref();
            problem.other_line = other.and_then(|other| self.line(other));
            problem.operation = operation_at(raw, &problem.pointer);
        }
        problems.sort_by_key(|problem| problem.line);
        problems.dedup();
    }
}

/// The id of the operation that a place belongs to.
pub(crate) fn operation_at(raw: &Value, pointer: &str) -> Option<String> {
    let mut steps = pointer.strip_prefix("/paths/")?.split('/');
    let path = steps.next()?;
    let method = steps.next().filter(|method| METHODS.contains(method))?;
    let id = raw.pointer(&format!("/paths/{path}/{method}/operationId"))?;
    id.as_str().map(str::to_owned)
}

#[cfg(feature = "yaml")]
mod yaml {
    use saphyr_parser::{Event, Parser, Span};

    use super::{BTreeMap, Lines, Problem};
    use crate::json::step;

    /// A list or an object whose end has not been read yet.
    enum Open {
        List {
            pointer: String,
            next: usize,
        },
        Object {
            pointer: String,
            key: Option<String>,
        },
    }

    impl Lines {
        /// The lines of a YAML or JSON text. One that can't be read has none.
        pub fn of(text: &str) -> Self {
            Self::read(text).map_or_else(|_| Self::default(), |(lines, _)| lines)
        }

        /// Reads the lines of a YAML text. Equal fields of an object are problems: a reader would see the last one only.
        ///
        /// # Errors
        /// If the text is not YAML.
        pub(crate) fn read(text: &str) -> Result<(Self, Vec<Problem>), Box<Problem>> {
            let mut reader = Reader::default();
            for event in Parser::new_from_str(text) {
                let (event, span) = event.map_err(|error| {
                    Box::new(Problem {
                        line: Some(error.marker().line()),
                        message: format!(
                            "this is no YAML: {}; correct it here or in the lines before",
                            error.info()
                        ),
                        ..Problem::default()
                    })
                })?;
                reader.event(event, span);
            }
            Ok((Self(reader.lines), reader.problems))
        }
    }

    #[derive(Default)]
    struct Reader {
        lines: BTreeMap<String, usize>,
        problems: Vec<Problem>,
        open: Vec<Open>,
        /// Fields that stand twice: what is inside of the second is no problem of its own.
        repeated: Vec<String>,
    }

    impl Reader {
        fn event(&mut self, event: Event<'_>, span: Span) {
            let line = span.start.line();
            match event {
                Event::MappingStart(..) => {
                    let pointer = self.value(line);
                    self.open.push(Open::Object { pointer, key: None });
                }
                Event::SequenceStart(..) => {
                    let pointer = self.value(line);
                    self.open.push(Open::List { pointer, next: 0 });
                }
                Event::Scalar(text, ..) => match self.open.last_mut() {
                    Some(Open::Object { pointer, key }) if key.is_none() => {
                        let at = step(pointer, &text);
                        *key = Some(text.into_owned());
                        self.key(at, line);
                    }
                    _ => {
                        self.value(line);
                    }
                },
                Event::Alias(_) => {
                    self.value(line);
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    self.open.pop();
                }
                _ => {}
            }
        }

        /// A field begins.
        fn key(&mut self, pointer: String, line: usize) {
            let inside = |outer: &String| {
                let rest = pointer.strip_prefix(outer.as_str());
                rest.is_some_and(|rest| rest.starts_with('/'))
            };
            if self.repeated.iter().any(inside) {
                return;
            }
            if let Some(first) = self.lines.get(&pointer) {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                let name = name.replace("~1", "/").replace("~0", "~");
                self.problems.push(Problem {
                    message: format!(
                        "`{name}` stands twice in one object: remove or rename one of them"
                    ),
                    line: Some(line),
                    other: Some(pointer.clone()),
                    other_line: Some(*first),
                    pointer: pointer.clone(),
                    ..Problem::default()
                });
                self.repeated.push(pointer);
                return;
            }
            self.lines.insert(pointer, line);
        }

        /// A value begins; returns its pointer.
        fn value(&mut self, line: usize) -> String {
            let pointer = match self.open.last_mut() {
                None => String::new(),
                Some(Open::List { pointer, next }) => {
                    *next += 1;
                    format!("{pointer}/{}", *next - 1)
                }
                // A key that is a list or an object has no pointer.
                Some(Open::Object { pointer, key }) => {
                    let key = key.take().unwrap_or_default();
                    step(pointer, &key)
                }
            };
            self.lines.entry(pointer.clone()).or_insert(line);
            pointer
        }
    }
}

#[cfg(all(test, feature = "yaml"))]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_line_and_others_have_that_of_the_nearest() {
        let text =
            "# note\na:\n  - b: 1\n    c/d: {e: 2,\n      f: 3}\n  - g\nh: &x\n  i: 1\nj: *x\n";
        let (lines, problems) = Lines::read(text).unwrap();
        assert_eq!(problems, []);
        for (pointer, line) in [
            ("", 2),
            ("/a", 2),
            ("/a/0", 3),
            ("/a/0/b", 3),
            ("/a/0/c~1d", 4),
            ("/a/0/c~1d/f", 5),
            ("/a/1", 6),
            ("/j", 9),
            ("/j/i", 9),
            ("/a/1/missing/deeper", 6),
        ] {
            assert_eq!(lines.line(pointer), Some(line), "{pointer}");
        }
        assert_eq!(Lines::default().line("/a"), None);
        assert_eq!(Lines::of("{\"a\":\n[1,\n2]}").line("/a/1"), Some(3));
        assert_eq!(Lines::of("a: [").line("/a"), None);
    }

    #[test]
    fn a_field_that_stands_twice_has_both_lines() {
        let (_, problems) = Lines::read("a: 1\nb:\n  /c: 1\n  d: {d: 2}\n  /c: 2\n").unwrap();
        let [problem] = problems.as_slice() else {
            panic!("{problems:?}");
        };
        assert_eq!(
            problem.in_file("f.yaml"),
            "f.yaml:5 /b/~1c: `/c` stands twice in one object: remove or rename one of them (the other is at f.yaml:3)"
        );
    }
}
