//! Reads a list into an exam, or says what would come of it.

use super::{BAD_USAGE, OPEN, REFUSED, REMARKS, lock, outputs, read, summary};
use clap::Args;
use host::confined::{Ended, limit_memory, run_again};
use host::file;
use host::folder::{list_names, read_text_file, replace_files};
use host::progress::Progress;
use host::random::SystemRandom;
use jiff::Timestamp;
use lists::identity::give_ids;
use lists::table::{Limits, Table};
use lists::{Intake, Mapping, Problem};
use office::exam::report::{self, Judgement};
use office::exam::{CANDIDATES_FILE, Exam as Folder, IMPORT_FILE, MAPPING_FILE, PORTRAITS_FOLDER, Settings};
use office::verify::Files;
use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Files to write, by their paths.
type NewFiles = Vec<(String, Vec<u8>)>;

#[derive(Args)]
pub(crate) struct Show {
    /// A list (XLSX, XLS, ODS, CSV), or an exam's folder
    path: PathBuf,
    /// A mended mapping file
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Write the mapping as a new file to be mended, outside an exam's folder
    #[arg(long, value_name = "FILE")]
    mapping_out: Option<PathBuf>,
    /// This run reads the list under a limit on its memory
    #[arg(long, hide = true)]
    confined: bool,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The list (XLSX, XLS, ODS, CSV)
    path: PathBuf,
    /// The exam's folder
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    /// A mended mapping file
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Codes of warnings that are accepted, separated by commas; `all` for every one
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    accept: Vec<String>,
    /// Write the report as a new file outside an exam's folder, .txt, .csv or .xlsx; may be given several times. CSV and
    /// XLSX hold personal data
    #[arg(long, value_name = "FILE")]
    report: Vec<PathBuf>,
    /// Say what would be done, and leave the exam as it is
    #[arg(long)]
    dry_run: bool,
    /// This run reads the list under a limit on its memory
    #[arg(long, hide = true)]
    confined: bool,
}

/// A list that was read.
struct Read {
    bytes: Vec<u8>,
    table: Table,
    mapping: Mapping,
    intake: Intake,
}

pub(crate) fn show(args: &Show) -> Result<ExitCode, Box<dyn Error>> {
    if args.path.is_dir() {
        put!("{}", summary(&Folder::read(&read(&args.path)?)?));
        return Ok(ExitCode::SUCCESS);
    }
    if !args.confined {
        return confined(&args.path);
    }
    limit_memory(LIST_BYTES)?;
    let outputs = outputs(&inputs(&args.path, args.mapping.as_deref()));
    args.mapping_out.iter().try_for_each(|path| outputs.check(path))?;
    let list = read_list(&args.path, args.mapping.as_deref(), &Settings::new("", "", ""))?;
    put!("{}{}", report::mapping_text(&list.table, &list.mapping), report::text(&list.table, &list.intake));
    if let Some(path) = &args.mapping_out {
        outputs.put(path, list.mapping.to_toml().as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn import(args: &Import) -> Result<ExitCode, Box<dyn Error>> {
    let accept: BTreeSet<String> = args.accept.iter().map(|code| code.trim().to_owned()).collect();
    if let Some(unknown) = accept.iter().find(|code| !is_code(code)) {
        complain!("diemdanh-board: không có mã cảnh báo “{unknown}”");
        return Ok(ExitCode::from(BAD_USAGE));
    }
    if !args.confined {
        return confined(&args.path);
    }
    limit_memory(LIST_BYTES)?;
    let outputs = outputs(&inputs(&args.path, args.mapping.as_deref()));
    args.report.iter().try_for_each(|path| outputs.check(path))?;
    let _held = lock(&args.into, "import", args.dry_run)?;
    let exam = Folder::read(&read(&args.into)?)?;
    let mut list = read_list(&args.path, args.mapping.as_deref(), &exam.settings)?;
    let portraits = list_names(&args.into.join(PORTRAITS_FOLDER))?;
    if !portraits.is_empty() {
        let stem = |name: &String| name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        list.intake.check_portraits(&portraits.iter().map(stem).collect());
    }
    put!("{}{}", report::mapping_text(&list.table, &list.mapping), report::text(&list.table, &list.intake));
    for path in &args.report {
        outputs.put(path, &report_file(path, &list)?)?;
    }
    let judgement = Judgement::of(&list.intake, &accept);
    if let Some(code) = refusal(&judgement) {
        return Ok(code);
    }
    take_in(args, &exam, list, &judgement)?;
    Ok(if judgement.accepted.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(REMARKS) })
}

fn refusal(judgement: &Judgement) -> Option<ExitCode> {
    if judgement.errors > 0 {
        say!("TỪ CHỐI: {} lỗi. Hãy sửa danh sách rồi nhập lại; kỳ thi giữ nguyên.", judgement.errors);
        return Some(ExitCode::from(REFUSED));
    }
    if !judgement.open.is_empty() {
        let codes: Vec<&str> = judgement.open.iter().copied().collect();
        say!("CHƯA NHẬP: có cảnh báo. Xem lại; nếu chấp nhận, thêm: --accept {}", codes.join(","));
        return Some(ExitCode::from(OPEN));
    }
    None
}

fn take_in(args: &Import, exam: &Folder, list: Read, judgement: &Judgement) -> Result<(), Box<dyn Error>> {
    let name = args.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Read { bytes, table, mapping, intake } = list;
    let record = report::record(&name, &bytes, &intake, judgement, Timestamp::now());
    drop((bytes, table));
    let given = give_ids(intake.into_people(), &exam.candidates, &mut SystemRandom);
    say!("Thí sinh: {} giữ mã cũ, {} mới, {} không còn trong danh sách", given.kept, given.new, given.gone);
    let mut files = exam.with_candidates(given.candidates);
    files.insert(MAPPING_FILE.to_owned(), mapping.to_toml().into_bytes());
    files.insert(IMPORT_FILE.to_owned(), record.into_bytes());
    let changed = changed(&args.into, files)?;
    if !args.dry_run {
        replace_files(&args.into, &changed)?;
    }
    for (path, _) in &changed {
        say!("{} {}", if args.dry_run { "sẽ ghi" } else { "ghi" }, args.into.join(path).display());
    }
    Ok(())
}

/// What differs from what is there, the candidates last. The record of an import that changed nothing stays.
fn changed(folder: &Path, files: Files) -> Result<NewFiles, Box<dyn Error>> {
    let before = read(folder)?;
    let differs = |path: &String, bytes: &Vec<u8>| before.get(path) != Some(bytes);
    if files.iter().all(|(path, bytes)| path == IMPORT_FILE || !differs(path, bytes)) {
        return Ok(Vec::new());
    }
    let mut changed: Vec<_> = files.into_iter().filter(|(path, bytes)| differs(path, bytes)).collect();
    changed.sort_by_key(|(path, _)| path == CANDIDATES_FILE);
    Ok(changed)
}

fn inputs<'a>(list: &'a Path, mapping: Option<&'a Path>) -> Vec<&'a Path> {
    [list].into_iter().chain(mapping).collect()
}

fn read_list(path: &Path, mapping: Option<&Path>, settings: &Settings) -> Result<Read, Box<dyn Error>> {
    let limits = Limits::default();
    let limit = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = file::read(path, limit).map_err(|error| named(&error))?;
    let table = Table::read(&bytes, &limits).map_err(|error| named(&error))?;
    let found = Mapping { number_width: settings.number_width, ..Mapping::find(&table) };
    let mapping = match mapping {
        Some(path) => found.mended_by(&read_text_file(path)?)?,
        None => found,
    };
    let progress = Progress::new("đọc danh sách", table.rows());
    let mut intake = Intake::read(&table, &mapping, &mut |done| progress.at(done));
    drop(progress);
    intake.check(&mapping, &settings.capacity());
    Ok(Read { bytes, table, mapping, intake })
}

fn report_file(path: &Path, list: &Read) -> Result<Vec<u8>, Box<dyn Error>> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    Ok(match extension.as_deref() {
        Some("csv") => report::csv(&list.table, &list.intake),
        Some("xlsx") => report::xlsx(&list.table, &list.intake)?,
        _ => report::text(&list.table, &list.intake).into_bytes(),
    })
}

/// Does the same in a process of its own that may take so much memory and no more.
fn confined(list: &Path) -> Result<ExitCode, Box<dyn Error>> {
    match run_again(2, "--confined")? {
        Ended::Code(code) => Ok(ExitCode::from(code)),
        Ended::Stopped => {
            let limit = LIST_BYTES >> 20;
            complain!(
                "diemdanh-board: {}: cần hơn {limit} MB bộ nhớ để đọc; tệp hỏng, cố ý gây hại, hoặc quá lớn: hãy lưu lại dạng CSV hay tách danh sách",
                list.display()
            );
            Ok(ExitCode::from(OPEN))
        }
    }
}

/// Memory of a run that reads a list.
const LIST_BYTES: u64 = 512 << 20;

fn is_code(code: &str) -> bool {
    code == "all" || Problem::ALL.iter().any(|problem| problem.code() == code)
}
