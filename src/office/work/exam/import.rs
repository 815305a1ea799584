//! Reads a list into an exam, or says what would come of it.

use super::super::{Ending, Work, WorkError};
use super::summary::summary;
use super::{lock, outputs, read, tell_written};
use crate::Files;
use crate::exam::report::{self, Judgement};
use crate::exam::{CANDIDATES_FILE, EXAM_FILE, Exam, ExamError, IMPORT_FILE, MAPPING_FILE, PORTRAITS_FOLDER, Settings};
use crate::language::BoardWords;
use host::confined::{self, Ended, limit_memory, run_again};
use host::file;
use host::folder::{is_folder, list_names, read_chosen, read_text_file, replace_files};
use host::progress::Progress;
use lists::identity::give_ids;
use lists::table::{Limits, Table};
use lists::{Intake, Mapping, Problem};
use record::Digest;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files to write, by their paths.
type NewFiles = Vec<(String, Vec<u8>)>;

/// A list, or an exam's folder, to be told about.
pub struct Show {
    /// Where it is.
    pub path: PathBuf,
    /// A mended mapping file.
    pub mapping: Option<PathBuf>,
    /// The new file for the mapping, to be mended.
    pub mapping_out: Option<PathBuf>,
    /// This run reads the list under a limit on its memory.
    pub confined: bool,
}

/// A list to become an exam's candidates.
pub struct Import {
    /// The list.
    pub path: PathBuf,
    /// The exam's folder.
    pub into: PathBuf,
    /// A mended mapping file.
    pub mapping: Option<PathBuf>,
    /// Codes of warnings that are accepted; `all` for every one.
    pub accept: Vec<String>,
    /// New files for the report, by their endings `.txt`, `.csv` or `.xlsx`.
    pub report: Vec<PathBuf>,
    /// Only says what would be done.
    pub dry_run: bool,
    /// This run reads the list under a limit on its memory.
    pub confined: bool,
}

/// A list that was read.
struct Read {
    digest: Digest,
    table: Table,
    mapping: Mapping,
    intake: Intake,
}

/// Says what would be done with a list, or what an exam's folder holds.
///
/// # Errors
/// What kept it from being read.
pub fn show(work: &Work<'_>, asked: &Show) -> Result<Ending, WorkError> {
    if is_folder(&asked.path) {
        work.voice.put(&summary(&Exam::read(&read(&asked.path)?)?, &work.words.exam));
        return Ok(Ending::Done);
    }
    if !asked.confined {
        return confined(work, "show", &asked.path);
    }
    limit_memory(LIST_BYTES)?;
    let outputs = outputs(&inputs(&asked.path, asked.mapping.as_deref()));
    asked.mapping_out.iter().try_for_each(|path| outputs.check(path))?;
    let list = read_list(work, &asked.path, asked.mapping.as_deref(), &Settings::new("", "", ""))?;
    tell(work, &list);
    if let Some(path) = &asked.mapping_out {
        outputs.put(path, list.mapping.to_toml(&work.words.lists).as_bytes())?;
    }
    Ok(Ending::Done)
}

/// Reads a list into an exam, unless something is wrong with it that nobody accepted.
///
/// # Errors
/// What kept it from being done.
pub fn import(work: &mut Work<'_>, asked: &Import) -> Result<Ending, WorkError> {
    let accept: BTreeSet<String> = asked.accept.iter().map(|code| code.trim().to_owned()).collect();
    if let Some(unknown) = accept.iter().find(|code| !is_code(code)) {
        return Ok(work.misused(&work.words.import.no_such_code(unknown)));
    }
    if !asked.confined {
        return confined(work, "import", &asked.path);
    }
    limit_memory(LIST_BYTES)?;
    let outputs = outputs(&inputs(&asked.path, asked.mapping.as_deref()));
    asked.report.iter().try_for_each(|path| outputs.check(path))?;
    let _held = lock(&asked.into, "import", asked.dry_run)?;
    let mut list = read_list(work, &asked.path, asked.mapping.as_deref(), &settings(&asked.into)?)?;
    let portraits = list_names(&asked.into.join(PORTRAITS_FOLDER))?;
    if !portraits.is_empty() {
        let stem = |name: &String| name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        list.intake.check_portraits(&portraits.iter().map(stem).collect());
    }
    tell(work, &list);
    for path in &asked.report {
        outputs.put(path, &report_file(path, &list, work.words)?)?;
    }
    let judgement = Judgement::of(&list.intake, &accept);
    if let Some(refused) = refusal(work, &judgement) {
        return Ok(refused);
    }
    take_in(work, asked, list, &judgement)?;
    Ok(if judgement.accepted.is_empty() { Ending::Done } else { Ending::Remarks })
}

fn tell(work: &Work<'_>, list: &Read) {
    let words = work.words;
    work.voice.put(&report::mapping_text(&list.table, &list.mapping, words));
    work.voice.put(&report::text(&list.table, &list.intake, words));
}

fn refusal(work: &Work<'_>, judgement: &Judgement) -> Option<Ending> {
    if judgement.errors > 0 {
        work.voice.say(&work.words.import.refused(judgement.errors));
        return Some(Ending::Refused);
    }
    if !judgement.open.is_empty() {
        let codes: Vec<&str> = judgement.open.iter().copied().collect();
        work.voice.say(&work.words.import.open(codes.join(",")));
        return Some(Ending::Open);
    }
    None
}

/// The exam's people come into memory only when the list's table is out of it.
fn take_in(work: &mut Work<'_>, asked: &Import, list: Read, judgement: &Judgement) -> Result<(), WorkError> {
    let name = asked.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Read { digest, table, mapping, intake } = list;
    let record = report::record(&name, &digest, &intake, judgement, work.now);
    drop(table);
    let mut exam = Exam::read(&read(&asked.into)?)?;
    let given = give_ids(intake.into_people(), &std::mem::take(&mut exam.candidates), work.random);
    let mut files = exam.with_sorted(given.candidates());
    let told = work.words.import.given(given.kept, given.new, given.gone);
    drop(given);
    files.insert(MAPPING_FILE.to_owned(), mapping.to_toml(&work.words.lists).into_bytes());
    files.insert(IMPORT_FILE.to_owned(), record.into_bytes());
    let changed = changed(&asked.into, files)?;
    if !asked.dry_run {
        replace_files(&asked.into, &changed)?;
    }
    work.voice.say(&told);
    changed.iter().for_each(|(path, _)| tell_written(work, asked.dry_run, &asked.into.join(path)));
    Ok(())
}

/// What differs from what is there, the candidates last. The record of an import that changed nothing stays.
fn changed(folder: &Path, files: Files) -> Result<NewFiles, WorkError> {
    let before = read(folder)?;
    let differs = |path: &String, bytes: &Vec<u8>| before.get(path) != Some(bytes);
    if files.iter().all(|(path, bytes)| path == IMPORT_FILE || !differs(path, bytes)) {
        return Ok(Vec::new());
    }
    let mut changed: Vec<_> = files.into_iter().filter(|(path, bytes)| differs(path, bytes)).collect();
    changed.sort_by_key(|(path, _)| path == CANDIDATES_FILE);
    Ok(changed)
}

fn settings(folder: &Path) -> Result<Settings, WorkError> {
    let files = read_chosen(folder, &[EXAM_FILE], &[])?;
    let bytes = files.get(EXAM_FILE).ok_or_else(|| ExamError::Missing { file: EXAM_FILE.to_owned() })?;
    Ok(Settings::read(bytes)?)
}

fn inputs<'a>(list: &'a Path, mapping: Option<&'a Path>) -> Vec<&'a Path> {
    [list].into_iter().chain(mapping).collect()
}

fn read_list(work: &Work<'_>, path: &Path, mapping: Option<&Path>, settings: &Settings) -> Result<Read, WorkError> {
    let limits = Limits::default();
    let limit = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
    let bytes = file::read(path, limit).map_err(|error| WorkError::at(path, error))?;
    let table = Table::read_telling(&bytes, &limits, &mut |sheet| confined::tell(sheet));
    let table = table.map_err(|error| WorkError::Table { path: path.to_owned(), error })?;
    confined::tell("");
    let digest = report::digest(&bytes);
    drop(bytes);
    let found = Mapping { number_width: settings.number_width, ..Mapping::find(&table) };
    let mapping = match mapping {
        Some(path) => found.mended_by(&read_text_file(path)?)?,
        None => found,
    };
    let progress = Progress::new(work.words.import.reading(), table.rows());
    let mut intake = Intake::read(&table, &mapping, &mut |done| progress.at(done));
    drop(progress);
    intake.check(&mapping, &settings.capacity());
    Ok(Read { digest, table, mapping, intake })
}

fn report_file(path: &Path, list: &Read, words: &BoardWords) -> Result<Vec<u8>, WorkError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    Ok(match extension.as_deref() {
        Some("csv") => report::csv(&list.table, &list.intake, words),
        Some("xlsx") => report::xlsx(&list.table, &list.intake, words)?,
        _ => bits::text::shown(&report::text(&list.table, &list.intake, words)).into_bytes(),
    })
}

/// Does the same in a process of its own that may take so much memory and no more.
fn confined(work: &Work<'_>, command: &str, list: &Path) -> Result<Ending, WorkError> {
    match run_again(&["exam", command], "--confined")? {
        Ended::Code(code) => Ok(Ending::Other(code)),
        Ended::Stopped { at } => {
            let why = work.words.lists.over_memory(&at, LIST_BYTES >> 20);
            work.voice.complain(&format!("{}: {why}", list.display()));
            Ok(Ending::Open)
        }
    }
}

/// Memory of a run that reads a list.
const LIST_BYTES: u64 = 512 << 20;

fn is_code(code: &str) -> bool {
    code == "all" || Problem::ALL.iter().any(|problem| problem.code() == code)
}
