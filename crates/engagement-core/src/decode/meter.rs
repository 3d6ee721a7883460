//! How much memory the values made of an answer take, reckoned from what collections of the standard library allocate.

use std::cell::Cell;
use std::collections::BTreeMap;

use memchr::{memchr, memchr2, memrchr};
use serde::de::Error;
use serde_json::Value;

/// Counts down while an answer is decoded.
pub(crate) struct Meter {
    left: Cell<usize>,
    overrun: Cell<bool>,
    entered: Cell<bool>,
}

impl Meter {
    /// Lets `bytes` be taken for the values that `json` holds.
    pub(crate) fn new(bytes: usize, json: &[u8]) -> Self {
        // The buffer grows by doubling: for a moment it is there twice.
        let buffer = parser_buffer(json).saturating_mul(3);
        Self {
            left: Cell::new(bytes.saturating_sub(buffer)),
            overrun: Cell::new(false),
            entered: Cell::new(false),
        }
    }

    /// Whether decoding ended because there was nothing left.
    pub(crate) fn is_overrun(&self) -> bool {
        self.overrun.get()
    }

    /// Whether there was a container in the place of a number, and was entered before that was noticed.
    pub(crate) fn has_entered(&self) -> bool {
        self.entered.get()
    }

    pub(crate) fn note_entered(&self) {
        self.entered.set(true);
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

/// How a map keeps its entries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MapKind {
    /// As `BTreeMap` does.
    Tree,
    /// As a list of entries and a hash table of their places.
    Table,
    /// As one of them, whichever takes more.
    Unknown,
}

/// Whether any crate of the program turned on serde_json's feature `preserve_order`, which makes tables of its maps.
const IN_ORDER: bool =
    size_of::<serde_json::Map<String, Value>>() != size_of::<BTreeMap<String, Value>>();

impl MapKind {
    /// What an object becomes that may be any JSON.
    pub(crate) const OF_VALUE: Self = if IN_ORDER { Self::Table } else { Self::Tree };
    /// What an object of any JSON becomes whose type is serde_json's map or one of the standard library.
    pub(crate) const OF_VALUES: Self = if IN_ORDER { Self::Unknown } else { Self::Tree };
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
    pub(crate) fn insert<E: Error>(
        &mut self,
        meter: &Meter,
        size: usize,
        kind: MapKind,
    ) -> Result<(), E> {
        let old = if kind == MapKind::Tree {
            0
        } else {
            table(self.length, size)
        };
        self.length += 1;
        let new = table(self.length, size);
        let whole = match kind {
            MapKind::Tree => tree(self.length, size),
            MapKind::Table => new,
            MapKind::Unknown => new.max(tree(self.length, size)),
        };
        let more = whole.saturating_sub(self.taken);
        // The old table is there until it is copied.
        let moved = if new > old { old } else { 0 };
        if more + moved > 0 {
            meter.take(more.saturating_add(moved))?;
            meter.left.set(meter.left.get() + moved);
            self.taken += more;
        }
        Ok(())
    }
}

/// What a `BTreeMap` of `length` entries takes: its nodes have room for 11, and in all but the first at least 5 are used.
fn tree(length: usize, size: usize) -> usize {
    const ROOM: usize = 11;
    const USED: usize = 5;
    const LINKS: usize = 16;
    const CHILDREN: usize = (ROOM + 1) * size_of::<usize>();
    let leaf = size.saturating_mul(ROOM).saturating_add(LINKS);
    if length <= ROOM {
        return leaf;
    }
    // Above five leaves or more there is one more node.
    let more = leaf.saturating_add((leaf + CHILDREN) / USED);
    let split = leaf.saturating_mul(3).saturating_add(CHILDREN);
    split.saturating_add(more.saturating_mul(length / USED - ROOM / USED))
}

/// What a list of `length` entries and a hash table of their places take. A table is seven eighths full when it grows, and
/// the list has as much room.
fn table(length: usize, size: usize) -> usize {
    const HASH: usize = size_of::<u64>();
    const PLACE: usize = size_of::<usize>() + 1;
    const GROUP: usize = 32;
    let (slots, room) = match length {
        0 => return 0,
        1..4 => (4, 3),
        4..8 => (8, 7),
        _ => {
            let slots = (length.saturating_mul(8) / 7).saturating_add(1);
            let slots = slots.checked_next_power_of_two().unwrap_or(usize::MAX);
            (slots, slots / 8 * 7)
        }
    };
    let entries = size.saturating_add(HASH).saturating_mul(room);
    let places = slots.saturating_mul(PLACE).saturating_add(GROUP);
    entries.saturating_add(places)
}

/// How many bytes the parser may have to remember at once: those of the longest string with escapes, or one for each level
/// of what it skips. Each body is gone through for this, so not byte by byte: there are no more levels than brackets.
fn parser_buffer(json: &[u8]) -> usize {
    longest_escaped(json).max(brackets(json))
}

fn brackets(json: &[u8]) -> usize {
    /// So that a byte is enough to count them, which many can be at once.
    const MOST: usize = u8::MAX as usize;
    let opens = |byte: &u8| u8::from(byte | 0x20 == b'{');
    let count = |part: &[u8]| part.iter().map(opens).sum::<u8>();
    json.chunks(MOST).map(|part| usize::from(count(part))).sum()
}

/// The length of the longest string that has escapes.
fn longest_escaped(json: &[u8]) -> usize {
    let (mut longest, mut rest) = (0, json);
    while let Some(first) = memchr(b'\\', rest) {
        // No quote within the string stands before its first escape.
        let start = memrchr(b'"', &rest[..first]).map_or(0, |quote| quote + 1);
        let end = first + end_of_string(&rest[first..]);
        longest = longest.max(end - start);
        rest = &rest[end..];
    }
    longest
}

/// Where a string ends whose next byte is a backslash.
fn end_of_string(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(found) = memchr2(b'"', b'\\', rest)
    {
        at += found;
        if rest[found] == b'"' {
            return at;
        }
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parser_remembers_strings_with_escapes_and_levels() {
        for (json, bytes) in [
            (r#""aaaaaaaa""#, 0),
            (r#"{"aaaaaaaa": "bbbbbb"}"#, 1),
            (r#"{"aaaaaaaa": "b\"b"}"#, 4),
            (r#"["\\", "a\n\n", "cccccccc", "\u0041"]"#, 6),
            (r#"["a\"#, 2),
            (r#"["a\""#, 3),
            (r#"[[[{"[": []}], []"#, 7),
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
        let map = taken(|meter| Map::default().insert(meter, 56, MapKind::Tree));
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
