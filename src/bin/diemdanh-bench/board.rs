//! The board with a whole exam that comes back: how long it waits for many exports, held against reading them all once.

use super::record::{Watched, watch};
use super::report::Row;
use super::{BenchError, percentile};
use office::forms::Forms;
use office::language::BoardWords;
use office::loaded::Loaded;
use office::review_book::ReviewBook;
use office::review_papers::Papers;
use office::review_sheets::{sheets, xlsx};
use office::work::exam::reviewing::{Sources, load};
use review::book::{Book as _, List, Wanted};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use words::Language;

/// What a whole exam of 2,500 exports may take against `sha256sum` over the same files.
const VERIFY_TIMES: u32 = 2;
const VERIFY_LIMIT_MB: u64 = 64;
const RECEIVE_LIMIT_MB: u64 = 256;
const OPEN_LIMIT: Duration = Duration::from_secs(3);
const REBUILD_LIMIT: Duration = Duration::from_secs(20);
const OPEN_LIMIT_MB: u64 = 1_000;
const SITE_LIMIT: Duration = Duration::from_secs(2);
const FIND_LIMIT: Duration = Duration::from_millis(50);
const FRAME_LIMIT: Duration = Duration::from_millis(8);
/// More rows than a screen shows.
const SCREEN_ROWS: usize = 40;
const WORKBOOK_LIMIT: Duration = Duration::from_secs(60);
/// Processes that the peer has, as the machine of the promise has cores.
const PEERS: usize = 2;

/// An exam of so many sites is played, comes in, and is looked at.
pub(super) fn rows(work: &Path, sites: u32) -> Result<Vec<Row>, BenchError> {
    let exam = Played::new(work, sites)?;
    let mut rows = vec![Row::plain("exam that comes back", exam.size()?)];
    let read = exam.read_all()?;
    rows.push(
        Row::plain("reading it all once, sha256sum", format!("{:.2} s", read.as_secs_f64()))
            .how("coreutils, two processes, page cache warm"),
    );
    let verified = exam.timed(&["verify"], &exam.exports()?, &[0, 1])?;
    rows.push(Row::against("verify all exports", verified.took, "twice sha256sum", read * VERIFY_TIMES));
    rows.push(memory("memory of that at its highest", &verified, VERIFY_LIMIT_MB));
    let received = exam.receive()?;
    rows.push(
        Row::against("receive them all for the first time", received.took, "twice sha256sum", read * VERIFY_TIMES)
            .how("checked, copied, flushed"),
    );
    rows.push(memory("memory of that at its highest", &received, RECEIVE_LIMIT_MB));
    let again = exam.receive()?;
    rows.push(
        Row::against("receive them again", again.took, "twice sha256sum", read * VERIFY_TIMES)
            .how("checked, nothing is kept twice"),
    );
    fs::remove_dir_all(exam.folder.join("exam/index")).or_else(gone)?;
    let rebuilt = exam.review("missing")?;
    rows.push(Row::against("index built again, and the exam opened", rebuilt.took, "limit", REBUILD_LIMIT));
    let opened = exam.review("missing")?;
    rows.push(
        Row::against("exam opened from its index", opened.took, "limit", OPEN_LIMIT)
            .how("diemdanh-board exam missing, page cache warm"),
    );
    rows.push(memory("memory of that at its highest", &opened, OPEN_LIMIT_MB));
    rows.extend(exam.looked_at()?);
    Ok(rows)
}

fn memory(what: &str, watched: &Watched, limit_mb: u64) -> Row {
    Row::against_limit(what, watched.highest_kib / 1_024, "MB", limit_mb).how("VmHWM, looked at every millisecond")
}

fn site_papers(loaded: &Loaded) -> Result<Row, BenchError> {
    let forms = Forms::read(None).map_err(|_| BenchError::Unread("the usual forms"))?;
    let balances = loaded.balances();
    let papers = Papers::new(loaded, &balances, &forms);
    let began = Instant::now();
    let written = papers.of_site(0).map_err(|_| BenchError::Unread("papers"))?;
    let took = began.elapsed();
    if written.is_empty() {
        return Err(BenchError::Unread("papers of a site"));
    }
    Ok(Row::against("all papers of a site of 600 people", took, "limit", SITE_LIMIT))
}

fn workbook(loaded: &Loaded) -> Result<Row, BenchError> {
    let forms = Forms::read(None).map_err(|_| BenchError::Unread("the usual forms"))?;
    let words = BoardWords::load(Language::Vietnamese).map_err(|_| BenchError::Unread("the board's words"))?;
    let began = Instant::now();
    let sheets = sheets(loaded, &loaded.told.steps, &forms, &words);
    let book = xlsx(&sheets, &forms, loaded.exam.settings.utc_offset_hours);
    std::hint::black_box(book.map_err(|_| BenchError::Unread("a workbook"))?);
    Ok(Row::against("workbook of the exam", began.elapsed(), "limit of a whole country's", WORKBOOK_LIMIT))
}

/// How long the window waits for rows, and a frame for what it draws.
fn searched(book: &ReviewBook) -> [Row; 2] {
    let (mut searches, mut screens) = (Vec::new(), Vec::new());
    for (list, wanted) in wanted() {
        let began = Instant::now();
        let rows = book.find(list, &wanted);
        searches.push(began.elapsed());
        let began = Instant::now();
        for row in rows.iter().take(SCREEN_ROWS) {
            std::hint::black_box(book.row(list, *row, Language::Vietnamese));
        }
        screens.push(began.elapsed());
    }
    let found = percentile(&mut searches, 990);
    [
        Row::against("filter or search at the board, p99", found, "limit", FIND_LIMIT)
            .how("every list, as typed letter by letter, by session, and only what is open; beside the window"),
        Row::against("rows of one screen, p99", percentile(&mut screens, 990), "a frame", FRAME_LIMIT)
            .how("all that the window asks of the exam in a frame"),
    ]
}

/// What is typed and chosen, letter by letter.
fn wanted() -> impl Iterator<Item = (List, Wanted)> {
    let typed = ["nguyen thi lan", "trần văn", "99000123", "0992", "le", "phòng 3", "ban-01", "b1", ""];
    let texts =
        typed.iter().flat_map(|text| (0..=text.chars().count()).map(|so_far| text.chars().take(so_far).collect()));
    let texts: Vec<String> = texts.collect();
    let lists = [List::People, List::Rooms, List::Desks, List::Cases];
    lists.into_iter().flat_map(move |list| texts.clone().into_iter().map(move |text| (list, text))).flat_map(
        |(list, text)| {
            let filters = [(None, false), (Some(0), false), (Some(1), true)];
            filters.map(|(session, only_open)| (list, Wanted { text: text.clone(), session, only_open, sort: None }))
        },
    )
}

/// A folder that is not there is as good as one that was removed.
fn gone(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// A played exam in a folder.
struct Played {
    folder: PathBuf,
    program: PathBuf,
}

impl Played {
    fn new(work: &Path, sites: u32) -> Result<Self, BenchError> {
        let program = std::env::current_exe()?.with_file_name("diemdanh-board");
        let folder = work.canonicalize()?.join("played");
        let sites = sites.to_string();
        let mut command = Command::new(&program);
        // One log a site: as many people and entries as there are, in the fewest exports.
        command.args(["exam", "sample", "--played", &sites, "--site-people", "600", "--site-desks", "1"]);
        command.args(["--sessions", "1", "--troubles", "none", "--out"]);
        let played = command.arg(&folder).stdout(Stdio::null()).status()?;
        if !played.success() {
            return Err(BenchError::Unread("a played exam"));
        }
        Ok(Self { folder, program })
    }

    /// The folder of each export.
    fn exports(&self) -> Result<Vec<PathBuf>, BenchError> {
        let mut found = Vec::new();
        let mut left = vec![self.folder.join("exports")];
        while let Some(folder) = left.pop() {
            if folder.join("manifest").is_file() {
                found.push(folder);
                continue;
            }
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                left.extend(path.is_dir().then_some(path));
            }
        }
        found.sort();
        Ok(found)
    }

    fn size(&self) -> Result<String, BenchError> {
        let (files, bytes) = self.files()?.iter().try_fold((0_u64, 0_u64), |(files, bytes), path| {
            Ok::<_, BenchError>((files + 1, bytes + fs::metadata(path)?.len()))
        })?;
        let exports = self.exports()?.len();
        Ok(format!("{exports} exports, {files} files, {} MB", bytes >> 20))
    }

    fn files(&self) -> Result<Vec<PathBuf>, BenchError> {
        let (mut found, mut left) = (Vec::new(), vec![self.folder.join("exports")]);
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() { left.push(path) } else { found.push(path) }
            }
        }
        Ok(found)
    }

    /// How long `sha256sum` takes for all files, the second time.
    fn read_all(&self) -> Result<Duration, BenchError> {
        let files = self.files()?;
        let lists: Vec<PathBuf> = (0..PEERS).map(|peer| self.folder.join(format!("list-{peer}"))).collect();
        for (peer, list) in lists.iter().enumerate() {
            let mut out = File::create(list)?;
            for path in files.iter().skip(peer).step_by(PEERS) {
                out.write_all(path.as_os_str().as_encoded_bytes())?;
                out.write_all(b"\0")?;
            }
        }
        self.sums(&lists)?;
        let began = Instant::now();
        self.sums(&lists)?;
        Ok(began.elapsed())
    }

    fn sums(&self, lists: &[PathBuf]) -> Result<(), BenchError> {
        let run = |list: &PathBuf| {
            let mut command = Command::new("xargs");
            command.args(["-0", "sha256sum", "--"]).stdin(File::open(list)?).stdout(Stdio::null()).spawn()
        };
        let children = lists.iter().map(run).collect::<Result<Vec<_>, _>>()?;
        for mut child in children {
            if !child.wait()?.success() {
                return Err(BenchError::Unread("what sha256sum reads"));
            }
        }
        Ok(())
    }

    fn receive(&self) -> Result<Watched, BenchError> {
        self.timed(&["exam", "receive", "exam", "exports"], &[], &[0])
    }

    fn review(&self, command: &str) -> Result<Watched, BenchError> {
        self.timed(&["exam", command, "exam"], &[], &[0, 1])
    }

    /// What somebody waits for who looks at the exam, in this process.
    fn looked_at(&self) -> Result<Vec<Row>, BenchError> {
        let at = |name: &str| self.folder.join(name);
        let (anchors, index_keys) = (Some(at("keys/outside")), Some(at("state/diemdanh-board")));
        let sources =
            Sources { folder: at("exam"), board_key: at("keys/board.vkey"), anchors, revocations: None, index_keys };
        let load = || load(&sources, &mut |_, _| true).ok().flatten().ok_or(BenchError::Unread("a played exam"));
        // This program is not the board's, and checks what that one has checked: its index is made first.
        drop(load()?);
        let began = Instant::now();
        let book = ReviewBook::new(load()?).map_err(|_| BenchError::Unread("the book of an exam"))?;
        let opened = began.elapsed();
        let (people, entries) = book.size();
        let mut rows = vec![
            Row::plain("people and entries of it", format!("{people}, {entries}")),
            Row::against("window open on the exam, from its index", opened, "limit", OPEN_LIMIT)
                .how("in process: read, put together, balanced; page cache warm"),
        ];
        let began = Instant::now();
        book.make_ready();
        rows.push(
            Row::plain("beside that: what the lists say, folded", format!("{:.2} s", began.elapsed().as_secs_f64()))
                .how("while somebody looks already"),
        );
        rows.extend(searched(&book));
        drop(book);
        let loaded = load()?;
        rows.extend([site_papers(&loaded)?, workbook(&loaded)?]);
        Ok(rows)
    }

    /// The board's program, with a state of its own beside the exam.
    fn timed(&self, arguments: &[&str], more: &[PathBuf], good: &[i32]) -> Result<Watched, BenchError> {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).args(arguments).args(more.iter().map(AsRef::<OsStr>::as_ref));
        command.args(["--board-key", "keys/board.vkey", "--anchors", "keys/outside"]);
        let watched = watch(command.env("XDG_STATE_HOME", self.folder.join("state")).stderr(Stdio::null()))?;
        let is_good = watched.code.is_some_and(|code| good.contains(&code));
        if is_good { Ok(watched) } else { Err(BenchError::Unread("a played exam that came back")) }
    }
}
