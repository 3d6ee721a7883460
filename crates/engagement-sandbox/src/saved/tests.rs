use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use redb::{AccessGuard, Database, ReadableTable as _, StorageError, TableDefinition};
use tempfile::TempDir;

use crate::accounts;
use crate::accounts::testing;
use crate::clock::Clock;
use crate::http::account_cell::{AccountCell, downcast_mut};
use crate::provider::{self, Provider};
use crate::store::{Existing, OpenFolder, Settings, Source, Store};

const NAMES: [&str; 2] = ["accounts.redb", "accounts-copy.redb"];
const CHANGES: TableDefinition<'_, u64, &str> = TableDefinition::new("changes");

/// Accounts of all providers that are saved.
struct Running {
    clock: Clock,
    store: Arc<Store>,
    cells: Arc<Vec<(&'static Provider, AccountCell)>>,
    notices: Vec<String>,
}

fn start(folder: &Path, min_folded: usize) -> Result<Running, String> {
    start_with(folder, min_folded, Existing::Use)
}

fn start_with(folder: &Path, min_folded: usize, existing: Existing) -> Result<Running, String> {
    let clock = Clock::new();
    let store = Arc::new(Store::new());
    let opened = OpenFolder::open(folder, existing)?;
    let mut recovered = opened.recover()?.map_or_else(Vec::new, |recovered| {
        clock.advance_to(recovered.time);
        recovered.accounts
    });
    let mut credentials = BTreeMap::new();
    let cell = |provider: &'static Provider| {
        let mut settings = testing::settings(provider);
        settings.clock = clock.for_provider();
        credentials.insert(provider.name.to_owned(), provider.credentials.clone());
        let known = recovered
            .iter()
            .position(|(known, _)| known.name == provider.name);
        let known = known.map(|position| recovered.swap_remove(position).1);
        let mut account = known.unwrap_or_else(|| accounts::open(provider, &settings));
        account.attach(&settings);
        let store = Some(Arc::clone(&store));
        (
            provider,
            AccountCell::new(provider.name, account, settings.clock, store),
        )
    };
    let cells: Vec<_> = provider::all()?.iter().map(cell).collect();
    let cells = Arc::new(cells);
    let settings = Settings {
        clock: clock.clone(),
        log_size: 500,
        credentials,
        others: vec![("future".to_owned(), "[1]".to_owned())],
        min_folded: Some(min_folded),
    };
    let weak = Arc::downgrade(&cells);
    let source: Source = Box::new(move |f| {
        let cells = weak.upgrade()?;
        let used: Vec<_> = cells
            .iter()
            .map(|(provider, cell)| (provider.name, cell.get()))
            .collect();
        f();
        let copy = |(name, account): &(&'static str, crate::http::account_cell::AccountRef<'_>)| {
            (*name, account.clone_account())
        };
        Some(used.iter().map(copy).collect())
    });
    let notices = store.start(opened, settings, source)?;
    Ok(Running {
        clock,
        store,
        cells,
        notices,
    })
}

impl Running {
    fn cell(&self, provider: &str) -> &AccountCell {
        let found = self.cells.iter().find(|(known, _)| known.name == provider);
        &found.unwrap().1
    }

    /// Executes all calls, each a little later than the one before, and all changes that aren't calls.
    fn change_everything(&self) {
        for (index, (provider, operation, call)) in testing::calls().into_iter().enumerate() {
            self.clock.advance(Duration::from_millis(1_234));
            let operation = provider.document.operation(&operation).unwrap();
            let skew = if index % 3 == 0 { -5_000 } else { 0 };
            let executed = self.cell(provider.name).execute(operation, call, skew);
            self.store.wait(executed.ticket.unwrap()).unwrap();
        }
        let (_, ticket) = self.cell("engageone").change(|account| {
            let account: &mut accounts::engageone::EngageOneAccount =
                downcast_mut(account).unwrap();
            account.add_sender("me@example.com".to_owned());
        });
        self.store.wait(ticket.unwrap()).unwrap();
        // What is due later happens while somebody reads.
        self.clock.advance(Duration::from_secs(80 * 365 * 86_400));
        let messages = self.cell("engagespot").get().outbox().len();
        assert_eq!(messages, 3);
    }

    fn saved(&self) -> Vec<String> {
        let cells = self.cells.iter();
        cells.map(|(_, cell)| cell.get().save().unwrap()).collect()
    }

    /// Adds a tag, and waits until it is on disk.
    fn tag(&self, name: &str) -> Result<(), String> {
        let provider = self
            .cells
            .iter()
            .find(|(known, _)| known.name == "engagebay")
            .unwrap()
            .0;
        let operation = provider.document.operation("tags_create").unwrap();
        let body = serde_json::json!({ "tag": name });
        let call = testing::with_user(&serde_json::Map::new(), body);
        let executed = self.cell("engagebay").execute(operation, call, 0);
        executed.result.map_err(|error| error.message)?;
        self.store.wait(executed.ticket.unwrap())
    }

    fn tags(&self) -> Vec<String> {
        let lists = self.cell("engagebay").get().records(1_000);
        let tags = lists.into_iter().find(|list| list.kind == "tags").unwrap();
        let tags = tags.records.iter();
        tags.map(|tag| tag["tag"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn read(folder: &TempDir) -> [Vec<u8>; 2] {
    NAMES.map(|name| fs::read(folder.path().join(name)).unwrap_or_default())
}

fn write(folder: &TempDir, contents: &[Vec<u8>; 2]) {
    for (name, content) in NAMES.iter().zip(contents) {
        fs::write(folder.path().join(name), content).unwrap();
    }
}

/// Opens a database that no sandbox has open.
fn open(folder: &TempDir, index: usize) -> Database {
    Database::open(folder.path().join(NAMES[index])).unwrap()
}

/// The rows of a database.
fn rows(folder: &TempDir, index: usize) -> Vec<(u64, String)> {
    let transaction = open(folder, index).begin_read().unwrap();
    let table = transaction.open_table(CHANGES).unwrap();
    let row = |row: Result<(AccessGuard<'_, u64>, AccessGuard<'_, &str>), StorageError>| {
        let (number, json) = row.unwrap();
        (number.value(), json.value().to_owned())
    };
    table.iter().unwrap().map(row).collect()
}

/// A folder after these tags, each in a row of its own.
fn with_tags(tags: &[&str]) -> TempDir {
    let folder = folder();
    let running = start(folder.path(), usize::MAX).unwrap();
    for tag in tags {
        running.tag(tag).unwrap();
    }
    folder
}

#[test]
fn repeated_calls_lead_to_the_same_accounts() {
    for min_folded in [usize::MAX, 1] {
        let folder = folder();
        let running = start(folder.path(), min_folded).unwrap();
        running.change_everything();
        let (saved, now) = (running.saved(), running.clock.now());
        drop(running);
        let again = start(folder.path(), min_folded).unwrap();
        assert_eq!(again.notices, [""; 0]);
        assert_eq!(again.saved(), saved);
        assert!(again.clock.now() >= now, "the clock runs on");
        drop(again);
        let [(_, snapshot)] = &rows(&folder, 0)[..] else {
            panic!("the changes are folded at the start");
        };
        assert!(snapshot.contains(r#""future":[1]"#), "{snapshot}");
        assert_eq!(rows(&folder, 0), rows(&folder, 1));
    }
}

#[test]
fn the_folder_does_not_grow_without_end() {
    let folder = folder();
    let running = start(folder.path(), 10_000).unwrap();
    let lengths = |range: std::ops::Range<usize>| {
        let length = |number| {
            running.tag(&format!("T{}", number % 10)).unwrap();
            let [main, copy] = read(&folder);
            assert_eq!(main.len(), copy.len());
            main.len()
        };
        range.map(length).max()
    };
    let longest = lengths(0..100);
    assert!(lengths(100..500) <= longest, "{longest:?}");
    drop(running);
    let kept = rows(&folder, 0);
    assert!(kept[0].0 > 1, "there was a snapshot since: {kept:?}");
    assert!(kept.len() < 100, "{}", kept.len());
    assert_eq!(start(folder.path(), 10_000).unwrap().tags().len(), 10);
}

#[test]
fn two_sandboxes_do_not_share_a_folder() {
    let folder = folder();
    let running = start(folder.path(), 1).unwrap();
    let why = start(folder.path(), 1).err().unwrap();
    let path = folder.path().display();
    assert_eq!(
        why,
        format!("{path} is in use by another sandbox: stop it, or use another folder")
    );
    drop(running);
    start(folder.path(), 1).unwrap();
}

#[test]
fn accounts_can_start_anew() {
    let folder = with_tags(&["A"]);
    let old = read(&folder);
    let running = start_with(folder.path(), 1, Existing::PutAside).unwrap();
    let path = folder.path().display();
    assert_eq!(
        running.notices,
        [format!(
            "{path}: the accounts start anew; the old ones are in accounts.redb.old"
        )]
    );
    assert_eq!(running.tags(), [""; 0]);
    for (name, content) in NAMES.iter().zip(&old) {
        let kept = fs::read(folder.path().join(format!("{name}.old"))).unwrap();
        assert_eq!(kept, *content);
    }
    running.tag("B").unwrap();
    drop(running);
    assert_eq!(start(folder.path(), 1).unwrap().tags(), ["B"]);
}

/// The files of a killed process that added a tag to these: before, and after.
fn images(tags: &[&str], added: &str) -> [[Vec<u8>; 2]; 2] {
    let folder = with_tags(tags);
    let running = start(folder.path(), usize::MAX).unwrap();
    for tag in ["Y", "Z"] {
        running.tag(tag).unwrap();
    }
    let before = read(&folder);
    running.tag(added).unwrap();
    [before, read(&folder)]
}

/// A file of which some sectors are already as in the new one.
fn torn(old: &[u8], new: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    const SECTOR: usize = 512;
    let sectors = old.chunks(SECTOR).zip(new.chunks(SECTOR));
    let choose = |(old, new)| if random.bool() { old } else { new };
    sectors.flat_map(choose).copied().collect()
}

/// What a kill can leave behind: a part of the last step in the first file, or in the second.
#[test]
fn a_kill_within_a_write_is_no_damage() {
    let [old, new] = images(&["A"], "B");
    assert_eq!(old[0].len(), new[0].len());
    let folder = folder();
    let tags = |contents: &[Vec<u8>; 2], case: &str| {
        write(&folder, contents);
        let running = start(folder.path(), usize::MAX).unwrap();
        assert_eq!(running.notices, [""; 0], "{case}");
        running.tags()
    };
    let (without, with) = (["A", "Y", "Z"], ["A", "Y", "Z", "B"]);
    let mut random = fastrand::Rng::with_seed(3);
    let mut seen = [0, 0];
    for round in 0..40 {
        // The first file has a part, the second one nothing of the row.
        let first = torn(&old[0], &new[0], &mut random);
        let tags_of_first = tags(&[first, old[1].clone()], &format!("first, {round}"));
        assert!(tags_of_first == without || tags_of_first == with, "{round}");
        seen[usize::from(tags_of_first == with)] += 1;
        // The first file has all, the second one a part.
        let second = torn(&old[1], &new[1], &mut random);
        let case = format!("second, {round}");
        assert_eq!(tags(&[new[0].clone(), second], &case), with, "{case}");
    }
    assert!(seen[0] > 0, "{seen:?}");
    // The first file became longer, so far without a row.
    let longer = [&old[0][..], &[0; 40 * 4096]].concat();
    assert_eq!(tags(&[longer, old[1].clone()], "longer"), without);
    assert_eq!(tags(&[new[0].clone(), old[1].clone()], "one row"), with);
    assert_eq!(tags(&new, "both"), with);
    // New files replace the old ones: so far only the first.
    let folded = read(&folder);
    for second in [&old[1], &new[1]] {
        let contents = [folded[0].clone(), second.clone()];
        assert_eq!(tags(&contents, "folded"), with);
    }
}

type Change<'a> = &'a dyn Fn(&mut Vec<u8>);

/// Changes one file, and expects that nothing is lost. Returns whether damage was found, which is reported and kept then.
fn is_damage(index: usize, change: Change<'_>, case: &str) -> bool {
    let folder = with_tags(&["A", "B", "C"]);
    let mut contents = read(&folder);
    change(&mut contents[index]);
    write(&folder, &contents);
    let running = start(folder.path(), usize::MAX).unwrap();
    assert_eq!(running.tags(), ["A", "B", "C"], "{case}");
    let is_found = running.notices != [""; 0];
    let name = format!("{}.damaged-1", NAMES[index]);
    if is_found {
        let [path, other] = [index, 1 - index].map(|index| folder.path().join(NAMES[index]));
        let [notice] = &running.notices[..] else {
            panic!("{case}: {:?}", running.notices);
        };
        let (path, other) = (path.display(), other.display());
        let start_of_notice = format!("{path} is damaged and is made anew from {other}: ");
        let end = format!(". The damaged file is kept as {name}");
        assert!(notice.starts_with(&start_of_notice), "{case}: {notice}");
        assert!(notice.ends_with(&end), "{case}: {notice}");
        let kept = fs::read(folder.path().join(&name)).unwrap();
        assert!(kept == contents[index], "{case}");
    } else {
        assert!(!folder.path().join(&name).exists(), "{case}");
    }
    running.tag("D").unwrap();
    drop(running);
    let again = start(folder.path(), usize::MAX).unwrap();
    assert_eq!((again.tags().len(), again.notices.len()), (4, 0), "{case}");
    is_found
}

/// Replaces all parts of a file by others of the same length.
fn replace(file: &mut [u8], old: &[u8], new: &[u8]) {
    let found = |file: &[u8]| file.windows(old.len()).position(|part| part == old);
    while let Some(at) = found(file) {
        file[at..at + old.len()].copy_from_slice(new);
    }
}

#[test]
fn a_damaged_file_is_kept_and_made_anew() {
    let damages: [(&str, Change<'_>); 8] = [
        ("zeroed", &|file| file.fill(0)),
        ("empty", &Vec::clear),
        ("text", &|file| *file = b"Dear diary,\n".to_vec()),
        ("half of it", &|file| file.truncate(file.len() / 2)),
        ("only its start", &|file| file.truncate(100)),
        ("extended", &|file| file.extend(b"more\n")),
        ("all but its start", &|file| file[320..].fill(0)),
        ("a letter", &|file| replace(file, br#":"B""#, br#":"X""#)),
    ];
    for (case, change) in damages {
        for index in [0, 1] {
            assert!(is_damage(index, change, case), "{case} {index}");
        }
    }
}

/// Some bytes are not used, and the start has two versions, so that not every change is damage.
#[test]
fn changed_bytes_never_change_accounts() {
    const START: usize = 320;
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..50 {
        let (at, in_start) = (random.usize(..), random.bool());
        let bytes: Vec<u8> = (0..random.usize(1..64)).map(|_| random.u8(..)).collect();
        let overwrite = |file: &mut Vec<u8>| {
            let range = if in_start { START } else { file.len() };
            let used: Vec<usize> = (0..range - bytes.len())
                .filter(|at| file[*at] != 0)
                .collect();
            let at = used[at % used.len()];
            file[at..at + bytes.len()].copy_from_slice(&bytes);
        };
        is_damage(round % 2, &overwrite, &format!("round {round}"));
    }
}

#[test]
fn changes_that_are_missing_are_damage() {
    let early = with_tags(&["A"]);
    for index in [0, 1] {
        let early = read(&early)[index].clone();
        let replace = |file: &mut Vec<u8>| file.clone_from(&early);
        assert!(is_damage(index, &replace, "ends early"));
    }
    for (number, why) in [
        (0, "it has no version"),
        (1, "the change 1 is missing"),
        (2, "the change 2 is missing"),
    ] {
        let folder = with_tags(&["A", "B", "C"]);
        let transaction = open(&folder, 1).begin_write().unwrap();
        let mut table = transaction.open_table(CHANGES).unwrap();
        drop(table.remove(number).unwrap());
        drop(table);
        transaction.commit().unwrap();
        let running = start(folder.path(), usize::MAX).unwrap();
        let notice = &running.notices[0];
        assert!(
            notice.contains(&format!(".redb: {why}. The damaged")),
            "{notice}"
        );
    }
}

#[test]
fn a_missing_file_is_made_anew() {
    for index in [0, 1] {
        let folder = with_tags(&["A"]);
        let path = folder.path().join(NAMES[index]);
        fs::remove_file(&path).unwrap();
        let running = start(folder.path(), 1).unwrap();
        let other = folder.path().join(NAMES[1 - index]);
        let (path, other) = (path.display(), other.display());
        assert_eq!(
            running.notices,
            [format!("{path} is missing and is made anew from {other}")]
        );
        assert_eq!(running.tags(), ["A"]);
        drop(running);
        assert_eq!(rows(&folder, 0), rows(&folder, 1));
    }
}

#[test]
fn if_both_files_are_damaged_nothing_is_changed() {
    let folder = with_tags(&["A", "B", "C", "D"]);
    let [file, _] = read(&folder);
    let mut changed = file.clone();
    replace(&mut changed, br#":"B""#, br#":"X""#);
    for contents in [
        [changed.clone(), changed.clone()],
        [Vec::new(), changed.clone()],
        [changed, file[..100].to_vec()],
    ] {
        write(&folder, &contents);
        let why = start(folder.path(), 1).err().unwrap();
        for name in NAMES {
            let path = folder.path().join(name);
            assert!(why.contains(&path.display().to_string()), "{why}");
        }
        assert!(
            why.contains("both damaged, and nothing was changed"),
            "{why}"
        );
        assert!(read(&folder) == contents);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
    let running = start_with(folder.path(), 1, Existing::PutAside).unwrap();
    assert_eq!(running.tags(), [""; 0]);
}

#[test]
fn another_format_is_refused() {
    let folder = with_tags(&["A"]);
    for index in [0, 1] {
        let transaction = open(&folder, index).begin_write().unwrap();
        transaction.delete_table(CHANGES).unwrap();
        let mut table = transaction.open_table(CHANGES).unwrap();
        table.insert(1, r#"{"version":2,"new":[]}"#).unwrap();
        drop(table);
        transaction.commit().unwrap();
    }
    let contents = read(&folder);
    let why = start(folder.path(), 1).err().unwrap();
    let path = folder.path().join(NAMES[0]);
    assert_eq!(
        why,
        format!(
            "{} has the format 2, which this version of the sandbox doesn't know",
            path.display()
        )
    );
    assert!(read(&folder) == contents);
}

#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for (path, reason) in [
        (file.clone(), "can't be created: "),
        (file.join("inside"), "can't be created: "),
    ] {
        let why = start(&path, 1).err().unwrap();
        assert!(
            why.starts_with(&format!("{} {reason}", path.display())),
            "{why}"
        );
    }
    // Nobody can write there, not even root.
    fs::create_dir(folder.path().join("lock")).unwrap();
    let why = start(folder.path(), 1).err().unwrap();
    assert!(
        why.starts_with(&format!("{} can't be written: ", folder.path().display())),
        "{why}"
    );
}
