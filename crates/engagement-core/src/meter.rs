//! How much memory the values made of an answer take, reckoned from what collections of the standard library allocate.

use std::cell::Cell;

use serde::de::Error;

/// Counts down while an answer is decoded.
pub(crate) struct Meter {
    left: Cell<usize>,
    overrun: Cell<bool>,
}

impl Meter {
    /// Lets `bytes` be taken for the values that `json` holds.
    pub(crate) fn new(bytes: usize, json: &[u8]) -> Self {
        // The buffer grows by doubling: for a moment it is there twice.
        let buffer = parser_buffer(json).saturating_mul(3);
        Self {
            left: Cell::new(bytes.saturating_sub(buffer)),
            overrun: Cell::new(false),
        }
    }

    /// Whether decoding ended because there was nothing left.
    pub(crate) fn is_overrun(&self) -> bool {
        self.overrun.get()
    }

    /// Notes what is about to be allocated.
    #[inline]
    pub(crate) fn take<E: Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => self.refuse(),
        }
    }

    #[cold]
    fn refuse<E: Error>(&self) -> Result<(), E> {
        self.overrun.set(true);
        Err(E::custom("too much memory"))
    }
}

/// A list that is being filled.
#[derive(Default)]
pub(crate) struct List {
    length: usize,
    capacity: usize,
}

impl List {
    /// Notes one more element of `size` bytes.
    #[inline]
    pub(crate) fn push<E: Error>(&mut self, meter: &Meter, size: usize) -> Result<(), E> {
        self.length += 1;
        if self.length > self.capacity && size > 0 {
            self.grow(meter, size)?;
        }
        Ok(())
    }

    /// As `Vec` does: twice as much, at least a few; the old elements are there until they are copied.
    fn grow<E: Error>(&mut self, meter: &Meter, size: usize) -> Result<(), E> {
        let least = match size {
            1 => 8,
            2..=1024 => 4,
            _ => 1,
        };
        let capacity = self.capacity.saturating_mul(2).max(least);
        let (old, new) = (
            self.capacity.saturating_mul(size),
            capacity.saturating_mul(size),
        );
        meter.take(new)?;
        meter.left.set(meter.left.get() + old);
        self.capacity = capacity;
        Ok(())
    }
}

/// A map that is being filled.
#[derive(Default)]
pub(crate) struct Map {
    length: usize,
    taken: usize,
}

impl Map {
    /// Notes one more entry; its key and value take `size` bytes.
    #[inline]
    pub(crate) fn insert<E: Error>(&mut self, meter: &Meter, size: usize) -> Result<(), E> {
        self.length += 1;
        let grows = self.length == 1 || self.length > ROOM;
        if grows {
            self.grow(meter, size)
        } else {
            Ok(())
        }
    }

    /// A node of `BTreeMap` has room for 11 entries, and in all but the first at least 5 of them are used. The maps of
    /// serde_json may be hash maps instead, which grow as lists do: for a moment everything is there twice.
    fn grow<E: Error>(&mut self, meter: &Meter, size: usize) -> Result<(), E> {
        const USED: usize = 5;
        const LINKS: usize = 16;
        const CHILDREN: usize = (ROOM + 1) * size_of::<usize>();
        const SLOT: usize = 48;
        let leaf = size.saturating_mul(ROOM).saturating_add(LINKS);
        let more = if self.length == 1 {
            leaf
        } else if self.length == ROOM + 1 {
            leaf.saturating_mul(2).saturating_add(CHILDREN)
        } else if self.length.is_multiple_of(USED) {
            // Above five leaves or more there is one more node.
            leaf.saturating_add((leaf + CHILDREN) / USED)
        } else {
            0
        };
        meter.take(more)?;
        self.taken += more;
        let moved = size.saturating_add(SLOT).saturating_mul(self.length * 3);
        if moved > self.taken + meter.left.get() {
            return meter.refuse();
        }
        Ok(())
    }
}

/// How many entries a node of `BTreeMap` has room for.
const ROOM: usize = 11;

/// How many bytes the parser may have to remember at once: those of the longest string with escapes, and one for each
/// level of what it skips.
fn parser_buffer(json: &[u8]) -> usize {
    let (mut longest, mut depth, mut deepest) = (0, 0_usize, 0);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                let left = bytes.len();
                let mut escapes = false;
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => {
                            escapes = true;
                            bytes.next();
                        }
                        b'"' => break,
                        _ => {}
                    }
                }
                if escapes {
                    longest = longest.max(left - bytes.len());
                }
            }
            _ => {}
        }
    }
    longest.max(deepest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parser_remembers_strings_with_escapes_and_levels() {
        for (json, bytes) in [
            (r#""aaaaaaaa""#, 0),
            (r#"{"aaaaaaaa": "bbbbbb"}"#, 1),
            (r#"{"aaaaaaaa": "b\"b"}"#, 5),
            (r#"["\\", "a\n", "c"]"#, 4),
            (r#"["a\"#, 2),
            (r#"[[[{"[": []}], []"#, 5),
            (r#"]][["#, 2),
        ] {
            assert_eq!(parser_buffer(json.as_bytes()), bytes, "{json}");
        }
    }

    fn taken(fill: impl Fn(&Meter) -> Result<(), serde_json::Error>) -> usize {
        let meter = Meter::new(usize::MAX, b"");
        fill(&meter).unwrap();
        usize::MAX - meter.left.get()
    }

    #[test]
    fn lists_and_maps_take_what_the_standard_library_takes() {
        for length in 1..200 {
            let list = taken(|meter| {
                let mut list = List::default();
                (0..length).try_for_each(|_| list.push(meter, 24))
            });
            let mut real: Vec<[u8; 24]> = Vec::new();
            (0..length).for_each(|_| real.push([0; 24]));
            assert_eq!(list, real.capacity() * 24);
        }
        let map = taken(|meter| Map::default().insert(meter, 56));
        assert_eq!(map, 632);
    }

    #[test]
    fn what_would_be_there_for_a_moment_counts() {
        let meter = Meter::new(11 * 24, b"");
        let mut list = List::default();
        for _ in 0..4 {
            list.push::<serde_json::Error>(&meter, 24).unwrap();
        }
        // Eight elements would fit, but not beside the four.
        assert!(list.push::<serde_json::Error>(&meter, 24).is_err());
        assert!(meter.is_overrun());
    }
}
