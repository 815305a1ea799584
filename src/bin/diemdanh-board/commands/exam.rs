//! Makes an exam out of lists and keeps it as a folder of files.

mod desks;
mod import;
mod operators;
mod pack;
mod receipts;
mod sample;

use bits::text::is_plain;
use clap::{Args, Subcommand};
use host::file;
use host::folder::{list_names, list_others, read_chosen, write_folder};
use host::folder_lock::{FolderLock, FolderLockError};
use host::outputs::Outputs;
use host::trust::trust_folder_of;
use host::trust_note;
use lists::Weight;
use office::exam::settings::is_part;
use office::exam::{self, Exam as Folder, Settings};
use office::verify::Files;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is said of a text that does not show what it is.
const NOT_PLAIN: &str = "để trống, hoặc có ký tự điều khiển hay ký tự không nhìn thấy";
/// Done, with remarks.
const REMARKS: u8 = 1;
/// Refused because of errors.
const REFUSED: u8 = 2;
/// Refused until warnings are accepted.
const OPEN: u8 = 3;
/// The exit code for what cannot be begun (`EX_USAGE` of sysexits.h).
const BAD_USAGE: u8 = 64;

#[derive(Subcommand)]
pub(crate) enum Exam {
    /// Make the folder of a new exam
    New(New),
    /// Say what would be done with a list, or what an exam's folder holds
    Show(import::Show),
    /// Read a list of candidates into an exam
    Import(import::Import),
    /// Say what keeps an exam from being packed
    Check(Check),
    /// Keep the list of those who work at the desks
    #[command(subcommand)]
    Operator(operators::Operators),
    /// Draw PINs and write them as letters, the hashes into operators.toml
    Letters(operators::Letters),
    /// Take in a desk's request and sign its certificate, after its sixteen characters were heard
    Enrol(desks::Enrol),
    /// List the desks: how far each is, and which packages it has
    Desks(desks::Desks),
    /// Make the exam's key, sealed; it must not lie in the exam's folder
    Key(pack::NewKey),
    /// Make the packages for the desks, one a session and site
    Pack(pack::Pack),
    /// Show what is in a package
    Open(receipts::Open),
    /// Note which desks took which packages, from the receipts that they signed
    Receipt(receipts::Receipts),
    /// Make a synthetic list: CSV and XLSX as a board gets them
    Sample(sample::Sample),
}

#[derive(Args)]
pub(crate) struct New {
    /// The folder to make
    folder: PathBuf,
    /// The board's domain
    #[arg(long)]
    board: String,
    /// The exam's id: ASCII without space, slash and plus sign
    #[arg(long)]
    id: String,
    /// The exam's name on screens and paper
    #[arg(long)]
    title: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Check {
    /// The exam's folder
    folder: PathBuf,
}

/// Exit code 0: done; 1: with remarks; 2: refused because of errors; 3: refused until warnings are accepted; 64: bad
/// usage.
pub(crate) fn run(command: Exam) -> Result<ExitCode, Box<dyn Error>> {
    match command {
        Exam::New(args) => new(&args),
        Exam::Show(args) => import::show(&args),
        Exam::Import(args) => import::import(&args),
        Exam::Check(args) => check(&args),
        Exam::Operator(command) => operators::run(command),
        Exam::Letters(args) => operators::letters(&args),
        Exam::Enrol(args) => desks::enrol(&args),
        Exam::Desks(args) => desks::list(&args),
        Exam::Key(args) => pack::new_key(&args),
        Exam::Pack(args) => pack::pack(&args),
        Exam::Open(args) => receipts::open(&args),
        Exam::Receipt(args) => receipts::receive(&args),
        Exam::Sample(args) => sample::run(&args),
    }
}

fn new(args: &New) -> Result<ExitCode, Box<dyn Error>> {
    if !is_part(&args.board) || !is_part(&args.id) {
        complain!("diemdanh-board: --board và --id phải là chữ ASCII không dấu, không cách, không có / và +");
        return Ok(ExitCode::from(BAD_USAGE));
    }
    if !is_plain(&args.title) {
        complain!("diemdanh-board: --title: {NOT_PLAIN}");
        return Ok(ExitCode::from(BAD_USAGE));
    }
    let files: Vec<_> = Folder::new_files(&Settings::new(&args.board, &args.id, &args.title)).into_iter().collect();
    if !args.dry_run {
        write_folder(&args.folder, &files)?;
    }
    for (path, _) in &files {
        say!("{} {}", if args.dry_run { "sẽ tạo" } else { "tạo" }, args.folder.join(path).display());
    }
    Ok(ExitCode::SUCCESS)
}

fn check(args: &Check) -> Result<ExitCode, Box<dyn Error>> {
    let exam = Folder::read(&read(&args.folder)?)?;
    let faults = exam::check(&exam);
    faults.iter().for_each(|fault| say!("{}  {fault}", fault.weight().word()));
    let left_out = left_out(&exam, &args.folder)?;
    left_out.iter().for_each(|said| say!("{}  {said}", Weight::Warning.word()));
    let worst = faults.iter().map(exam::Fault::weight).max();
    Ok(match worst {
        None if left_out.is_empty() => {
            say!("không có gì cần sửa");
            ExitCode::SUCCESS
        }
        Some(Weight::Error) => ExitCode::from(REFUSED),
        _ => ExitCode::from(REMARKS),
    })
}

/// Files that lie in the exam's folder and will not be in its packages.
fn left_out(exam: &Folder, folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut said = Vec::new();
    if let Ok(found) = trust_folder_of(&exam.trust) {
        let skipped = found.skipped.into_iter().filter(|name| !name.ends_with(".txt") && name != trust_note::NOTE);
        said.extend(skipped.map(|name| format!("trust/{name}: không có trong danh mục, sẽ không vào gói")));
    }
    let portraits = folder.join(exam::PORTRAITS_FOLDER);
    let links = list_others(&portraits)?.into_iter();
    said.extend(links.map(|name| format!("portraits/{}: không phải tệp thường, sẽ không vào gói", masked(&name))));
    for name in list_names(&portraits)? {
        let head = file::read_beginning(&portraits.join(&name), IMAGE_HEAD_LEN)?;
        if !IMAGE_HEADS.iter().any(|known| head.starts_with(known)) {
            said.push(format!("portraits/{}: không phải ảnh JPEG hay JPEG 2000", masked(&name)));
        }
    }
    Ok(said)
}

/// A file's name may be a personal number, which no message shows whole.
fn masked(name: &str) -> String {
    bits::text::mask(name, 3, 4)
}

const IMAGE_HEAD_LEN: u64 = 12;
/// JPEG; JPEG 2000 in its box, and bare.
const IMAGE_HEADS: [&[u8]; 3] = [b"\xFF\xD8\xFF", b"\x00\x00\x00\x0CjP  ", b"\xFF\x4F\xFF\x51"];

/// The files of an exam's folder; portraits and what is not the exam's stay where they are.
fn read(folder: &Path) -> Result<Files, Box<dyn Error>> {
    let names = [
        exam::EXAM_FILE,
        exam::SITES_FILE,
        exam::ROOMS_FILE,
        exam::CANDIDATES_FILE,
        exam::OPERATORS_FILE,
        exam::POLICY_FILE,
        exam::MAPPING_FILE,
        exam::IMPORT_FILE,
        exam::PACKAGES_FILE,
    ];
    Ok(read_chosen(folder, &names, &[exam::TRUST_FOLDER, exam::DESKS_FOLDER])?)
}

/// Nobody else writes the exam's folder while this is held; a dry run writes nothing and needs no lock.
fn lock(folder: &Path, command: &str, dry_run: bool) -> Result<Option<FolderLock>, FolderLockError> {
    if dry_run { Ok(None) } else { FolderLock::take(folder, &format!("exam {command}")).map(Some) }
}

/// Where a command that reads `inputs` may write what it was asked for.
fn outputs(inputs: &[&Path]) -> Outputs {
    Outputs::beside(inputs, exam::EXAM_FILE)
}

fn refused(why: &str) -> ExitCode {
    complain!("diemdanh-board: {why}");
    ExitCode::from(REFUSED)
}

/// What an exam's folder holds, without a person's data.
fn summary(exam: &Folder) -> String {
    let settings = &exam.settings;
    let mut lines = vec![
        format!("Kỳ thi: {} ({}/{})", settings.title, settings.board, settings.id),
        format!("Buổi thi: {}", settings.sessions.len()),
    ];
    for one in &settings.sessions {
        let last = one.last_entry.map(|time| format!(", hạn vào {time}")).unwrap_or_default();
        lines.push(format!("  {} “{}”: hiệu lệnh {}{last}", one.id, one.title, one.start));
    }
    let mut by_site: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for one in exam.candidates.iter() {
        let (count, rooms) = by_site.entry(one.site).or_default();
        *count += 1;
        rooms.insert(one.room);
    }
    lines.push(format!("Thí sinh (dòng): {}", exam.candidates.len()));
    lines.push(format!("Điểm thi: {}   phòng thi: {}", exam.sites.len(), exam.rooms.len()));
    for (site, (count, rooms)) in by_site.iter().take(MAX_SITES_SHOWN) {
        lines.push(format!("  {site}: {count} thí sinh, {} phòng", rooms.len()));
    }
    if by_site.len() > MAX_SITES_SHOWN {
        lines.push(format!("  … và {} điểm khác", by_site.len() - MAX_SITES_SHOWN));
    }
    lines.push(format!("Bàn: {}   người: {}", exam.desks.len(), exam.operators.len()));
    lines.push(String::new());
    lines.join("\n")
}

const MAX_SITES_SHOWN: usize = 20;
