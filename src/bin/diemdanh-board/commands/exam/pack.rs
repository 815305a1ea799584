//! Makes the packages of an exam.

use super::{OPEN, REFUSED, REMARKS, lock, outputs, read, refused};
use bits::secret::{Pii, Secret};
use bits::spread::Spread as _;
use clap::Args;
use emrtd::authenticity::trust::TrustStore;
use host::folder::{list_names, read_text_file, replace_files};
use host::keys::{SealCost, create_key_file, open_key_file, read_new_passphrase, read_passphrase};
use host::progress::Progress;
use host::random::SystemRandom;
use host::staging::{Staging, recover};
use host::threads::SideBySide;
use host::trust::trust_folder_of;
use host::{file, sealed, trust_note};
use jiff::Timestamp;
use lists::Weight;
use office::exam::package::{NewPackage, PackFault, PackTools, Prepared, prepare};
use office::exam::packing::{PackOrder, PackRemark, Plan, PlanFault, plan};
use office::exam::{self, Exam as Folder, PACKAGES_FILE, PORTRAITS_FOLDER, Packed};
use package::contents::MAX_PORTRAIT_LEN;
use package::note::{MAX_PACKAGE_LEN, MAX_PACKAGE_NOTE_LEN, digest_of, split_file};
use record::statement::signer_sixteen;
use record::{BoardKeys, RevocationList};
use roster::Candidate;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::mem::{Discriminant, discriminant};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct NewKey {
    /// The exam's folder
    folder: PathBuf,
    /// The sealed key to make (exam.key), outside the exam's folder
    #[arg(long)]
    out: PathBuf,
    /// A file whose first line is the passphrase (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Pack {
    /// The exam's folder
    folder: PathBuf,
    /// The board's sealed key (board.key)
    #[arg(long)]
    key: PathBuf,
    /// The exam's sealed key, from `exam key`
    #[arg(long)]
    exam_key: PathBuf,
    /// The board's recipient (recovery.pub), from `key recovery`: the board can open what it packed
    #[arg(long)]
    recovery: PathBuf,
    /// Only this session, by its id
    #[arg(long)]
    session: Option<String>,
    /// Only this site, by its code
    #[arg(long)]
    site: Option<String>,
    /// The board's list of revoked certificates
    #[arg(long, value_name = "FILE")]
    revocations: Option<PathBuf>,
    /// Good from, e.g. 2026-06-10T00:00:00Z (default: two weeks before the session)
    #[arg(long)]
    from: Option<Timestamp>,
    /// Good for this many days (default: until a week after the session)
    #[arg(long)]
    days: Option<u16>,
    /// The folder that takes the packages
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Pack in spite of warnings
    #[arg(long)]
    accept: bool,
    /// Make a new version even of what has not changed
    #[arg(long)]
    again: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// A file whose first line is the passphrase of the board's key (default: the standard input)
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// A file whose first line is the passphrase of the exam's key (default: the same passphrase)
    #[arg(long)]
    exam_key_passphrase_file: Option<PathBuf>,
}

pub(crate) fn new_key(args: &NewKey) -> Result<ExitCode, Box<dyn Error>> {
    let exam = Folder::read(&read(&args.folder)?)?;
    if lies_in(&args.out, &args.folder)? {
        return Ok(refused(
            "khóa của kỳ thi không được nằm trong thư mục kỳ thi, vì thư mục này được sao đi nhiều nơi",
        ));
    }
    outputs(&[]).check(&args.out)?;
    let passphrase = read_new_passphrase(args.passphrase_file.as_deref())?;
    create_key_file(&args.out, &key_name(&exam), &passphrase, SealCost::default(), &mut SystemRandom)?;
    say!("ghi {}", args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// The name that an exam's sealed key carries, so that another exam's is not taken for it.
fn key_name(exam: &Folder) -> String {
    format!("{}/{}/exam-key", exam.settings.board, exam.settings.id)
}

fn lies_in(file: &Path, folder: &Path) -> Result<bool, String> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let whole = |path: &Path| path.canonicalize().map_err(|error| named(path, &error));
    Ok(whole(parent)?.starts_with(whole(folder)?))
}

/// What packing works with besides the exam's folder.
struct Material {
    board: tlog::NoteKey,
    exam_key: Secret<[u8; 32]>,
    recovery: String,
    revocations: Option<(RevocationList, String)>,
    trust: BTreeMap<String, Vec<u8>>,
    is_trust_signed: bool,
}

pub(crate) fn pack(args: &Pack) -> Result<ExitCode, Box<dyn Error>> {
    outputs(&[]).check_place(&args.out)?;
    let _held = lock(&args.folder, "pack", args.dry_run)?;
    let exam = Folder::read(&read(&args.folder)?)?;
    let faults = exam::check(&exam);
    tell(&faults, exam::Fault::weight);
    if faults.iter().any(|fault| fault.weight() == Weight::Error) {
        say!("TỪ CHỐI: hãy sửa các lỗi trên rồi đóng gói lại.");
        return Ok(ExitCode::from(REFUSED));
    }
    let material = match material(args, &exam)? {
        Ok(material) => material,
        Err(why) => return Ok(refused(&why)),
    };
    let order = order(args, &exam, &material);
    let (plans, remarks) = match plan(&order) {
        Ok(found) => found,
        Err(fault) => return Ok(refused(&fault.to_string())),
    };
    tell(&remarks, PackRemark::weight);
    if !material.is_trust_signed {
        say!("{}  trust/ chưa được hội đồng ký; chỉ dùng được để tập huấn", Weight::Warning.word());
    }
    let is_warned = faults.iter().any(|fault| fault.weight() == Weight::Warning)
        || remarks.iter().any(|one| one.weight() == Weight::Warning)
        || !material.is_trust_signed;
    if is_warned && !args.accept {
        say!("CHƯA ĐÓNG GÓI: có cảnh báo. Xem lại; nếu chấp nhận, thêm --accept");
        return Ok(ExitCode::from(OPEN));
    }
    let done = if args.dry_run { foresee(args, &order, &plans) } else { make(args, &order, &plans) };
    match done? {
        Ok(()) if is_warned => Ok(ExitCode::from(REMARKS)),
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(fault) => Ok(refused(&fault.to_string())),
    }
}

/// A country has thousands of sites without a desk yet: of each kind the first are named, the others counted.
fn tell<T: Display>(all: &[T], weight: impl Fn(&T) -> Weight) {
    let mut kinds: Vec<(Discriminant<T>, Weight, usize)> = Vec::new();
    for one in all {
        let kind = discriminant(one);
        let place = kinds.iter().position(|(known, ..)| *known == kind).unwrap_or_else(|| {
            kinds.push((kind, weight(one), 0));
            kinds.len() - 1
        });
        if let Some((_, weight, count)) = kinds.get_mut(place) {
            *count += 1;
            if *count <= NAMED_OF_A_KIND {
                say!("{}  {one}", weight.word());
            }
        }
    }
    for (_, weight, count) in kinds.iter().filter(|(.., count)| *count > NAMED_OF_A_KIND) {
        say!("{}  … và {} điều cùng loại", weight.word(), count - NAMED_OF_A_KIND);
    }
}

/// So many remarks of one kind are named.
const NAMED_OF_A_KIND: usize = 10;

fn order<'a>(args: &'a Pack, exam: &'a Folder, material: &'a Material) -> PackOrder<'a> {
    PackOrder {
        exam,
        board: &material.board,
        exam_key: &material.exam_key,
        recovery: &material.recovery,
        trust: &material.trust,
        revocations: material.revocations.as_ref().map(|(list, note)| (list, note.as_str())),
        session: args.session.as_deref(),
        site: args.site.as_deref(),
        from: args.from,
        days: args.days,
        now: Timestamp::now(),
    }
}

/// Keys and files that packing needs; or why they are none, for the clerk.
fn material(args: &Pack, exam: &Folder) -> Result<Result<Material, String>, Box<dyn Error>> {
    if lies_in(&args.exam_key, &args.folder)? {
        return Ok(Err("khóa của kỳ thi nằm trong thư mục kỳ thi; hãy chuyển nó đi nơi khác".to_owned()));
    }
    let recovery = read_text_file(&args.recovery)?.trim().to_owned();
    if sealed::check_recipient(&recovery).is_err() {
        return Ok(Err(format!("{}: không phải khóa nhận (age1…)", args.recovery.display())));
    }
    let passphrase = read_passphrase(args.passphrase_file.as_deref())?;
    let board = open_key_file(&args.key, &passphrase).map_err(|error| named(&args.key, &error))?;
    if board.verifier().name() != exam.settings.board {
        let (found, wanted) = (board.verifier().name().to_owned(), exam.settings.board.clone());
        return Ok(Err(PlanFault::Board { found, wanted }.to_string()));
    }
    let other = args.exam_key_passphrase_file.as_deref().map(|path| read_passphrase(Some(path))).transpose()?;
    let exam_key = open_key_file(&args.exam_key, &other.unwrap_or(passphrase));
    let exam_key = exam_key.map_err(|error| named(&args.exam_key, &error))?;
    if exam_key.verifier().name() != key_name(exam) {
        let (path, found) = (args.exam_key.display(), exam_key.verifier().name());
        return Ok(Err(format!("{path}: là khóa “{found}”, cần “{}”", key_name(exam))));
    }
    let keys = BoardKeys::one(board.verifier().clone());
    let revocations = match &args.revocations {
        None => None,
        Some(path) => {
            let note = read_text_file(path)?;
            match RevocationList::open(&note, &keys) {
                Ok(list) => Some((list, note)),
                Err(_) => return Ok(Err(format!("{}: không phải danh sách thu hồi do hội đồng ký", path.display()))),
            }
        }
    };
    let trust = trust(exam, &keys);
    Ok(trust.map(|(trust, is_trust_signed)| {
        let exam_key = exam_key.seed();
        Material { board, exam_key, recovery, revocations, trust, is_trust_signed }
    }))
}

fn named(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// The files of the trust folder that desks get, and whether the board signed them. What is checked is what is packed.
fn trust(exam: &Folder, board: &BoardKeys) -> Result<(BTreeMap<String, Vec<u8>>, bool), String> {
    let unsigned = "trust/ chưa được hội đồng ký: diemdanh-board trust import --sign";
    let mut files = exam.trust.clone();
    files.retain(|name, _| !name.ends_with(".txt"));
    if files.is_empty() && exam.settings.training {
        return Ok((files, false));
    }
    let found = trust_folder_of(&files).map_err(|fault| format!("trust/: {fault}"))?;
    files.retain(|name, _| !found.skipped.contains(name));
    let note = files.get(trust_note::NOTE).map(|note| std::str::from_utf8(note).unwrap_or_default());
    match (&found.note_text, note) {
        (Some(wanted), Some(note)) if trust_note::opened(note, board) == Ok(wanted.as_str()) => Ok((files, true)),
        (_, Some(_)) => Err(format!("trust/{}: không phải chữ ký của hội đồng trên các tệp này", trust_note::NOTE)),
        _ if exam.settings.training => Ok((files, false)),
        _ => Err(unsigned.to_owned()),
    }
}

/// The version of the trust store that a desk makes of these files.
fn trust_store_version(files: &BTreeMap<String, Vec<u8>>) -> Result<String, Box<dyn Error>> {
    if files.is_empty() {
        return Ok(String::new());
    }
    let found = trust_folder_of(files)?;
    let (store, _) = TrustStore::from_folder(&found.certificates, found.deviations.as_deref())?;
    Ok(store.version().to_owned())
}

/// The cipher, and the portraits of the exam's folder by the stems of their names.
struct Tools {
    folder: PathBuf,
    portraits: BTreeMap<String, String>,
}

impl Tools {
    fn of(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let folder = folder.join(PORTRAITS_FOLDER);
        let stem = |name: String| (name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned(), name);
        let portraits = list_names(&folder)?.into_iter().map(stem).collect();
        Ok(Self { folder, portraits })
    }
}

impl PackTools for Tools {
    fn seal(&self, bytes: &[u8], recipients: &[&str]) -> Option<Vec<u8>> {
        sealed::seal(bytes, recipients).ok()
    }

    fn fresh(&self) -> (Secret<String>, String) {
        sealed::generate()
    }

    fn recipient(&self, public: &[u8; 32]) -> Option<String> {
        sealed::recipient_from(public).ok()
    }

    fn portrait(&self, candidate: &Candidate) -> Result<Option<Pii<Vec<u8>>>, String> {
        let by_number = self.portraits.get(candidate.number.as_str());
        let Some(name) = by_number.or_else(|| self.portraits.get(candidate.id_number.reveal())) else {
            return Ok(None);
        };
        let limit = u64::try_from(MAX_PORTRAIT_LEN).unwrap_or(u64::MAX);
        // A file's name may be a personal number, which no message shows whole.
        let shown = || bits::text::mask(name, 3, 4);
        file::read(&self.folder.join(name), limit).map(|bytes| Some(Pii::new(bytes))).map_err(|_| shown())
    }
}

type Done = Result<Result<(), PackFault>, Box<dyn Error>>;

/// Says what would be packed.
fn foresee(args: &Pack, order: &PackOrder<'_>, plans: &[Plan<'_>]) -> Done {
    let tools = Tools::of(&args.folder)?;
    let (mut shown, progress) = (Shown::default(), Progress::new("xem trước", plans.len()));
    for (plan, done) in plans.iter().zip(1..) {
        progress.at(done);
        let prepared = match prepare(order, plan, &tools) {
            Ok(prepared) => prepared,
            Err(fault) => return Ok(Err(fault)),
        };
        match unchanged(args, order, &prepared) {
            Some(last) => shown.unchanged(&args.out, last),
            None => shown.line(&format!("sẽ ghi {}", line(&args.out, &prepared))),
        }
    }
    drop(progress);
    shown.end();
    Ok(Ok(()))
}

fn unchanged<'a>(args: &Pack, order: &PackOrder<'a>, prepared: &Prepared) -> Option<&'a Packed> {
    prepared.unchanged(&order.exam.packages).filter(|_| !args.again)
}

fn line(out: &Path, prepared: &Prepared) -> String {
    let (rows, desks, portraits) = (prepared.rows(), prepared.desks().len(), prepared.portraits);
    let path = out.join(prepared.file_name());
    format!("{}: {rows} thí sinh, {desks} bàn, {portraits} ảnh", path.display())
}

/// One package, done or found as it was.
enum Made {
    Unchanged(Packed),
    New(String, NewPackage),
}

/// Packs on all cores; the files get their names only when all of them are whole and the ledger knows them.
fn make(args: &Pack, order: &PackOrder<'_>, plans: &[Plan<'_>]) -> Done {
    let tools = Tools::of(&args.folder)?;
    for name in recover(&args.out, &|path| is_known(path, order.exam))? {
        say!("ghi {} (lần trước dở dang)", args.out.join(name).display());
    }
    let one = |index: usize| -> Option<Result<Made, PackFault>> {
        let prepared = prepare(order, plans.get(index)?, &tools);
        Some(prepared.and_then(|prepared| match unchanged(args, order, &prepared) {
            Some(last) => Ok(Made::Unchanged(last.clone())),
            None => Ok(Made::New(line(&args.out, &prepared), prepared.seal(order, &tools)?)),
        }))
    };
    let trust_store = trust_store_version(order.trust)?;
    let (mut staging, mut ledger) = (Staging::begin(&args.out)?, order.exam.packages.clone());
    let (mut shown, progress) = (Shown::default(), Progress::new("đóng gói", plans.len()));
    let mut stopped: Option<Result<PackFault, Box<dyn Error>>> = None;
    let mut done = 0;
    SideBySide::new().in_order(plans.len(), &one, &mut |made| {
        match made {
            Some(Ok(Made::Unchanged(last))) => shown.unchanged(&args.out, &last),
            Some(Ok(Made::New(line, package))) => match staging.put(&package.file_name, &package.file) {
                Ok(()) => {
                    shown.line(&format!("ghi {line}"));
                    ledger.add(Packed { trust_store: Some(trust_store.clone()), ..package.packed });
                }
                Err(error) => stopped = Some(Err(error.into())),
            },
            Some(Err(fault)) => stopped = Some(Ok(fault)),
            None => {}
        }
        done += 1;
        progress.at(done);
        stopped.is_none()
    });
    drop(progress);
    match stopped {
        Some(Ok(fault)) => return Ok(Err(fault)),
        Some(Err(error)) => return Err(error),
        None => {}
    }
    if shown.written == 0 {
        shown.end();
        return Ok(Ok(()));
    }
    staging.keep()?;
    replace_files(&args.folder, &[(PACKAGES_FILE.to_owned(), ledger.write())])?;
    staging.publish()?;
    shown.end();
    say!("Người ký {}: {}", order.board.verifier().name(), signer_sixteen(order.board.verifier()));
    say!("Ghi 16 ký tự này vào giấy giao gói; giấy đi đường khác với USB.");
    Ok(Ok(()))
}

/// True for a package that the ledger knows: it was made by a run that was stopped at its very end.
fn is_known(path: &Path, exam: &Folder) -> bool {
    let limit = MAX_PACKAGE_LEN + u64::try_from(MAX_PACKAGE_NOTE_LEN).unwrap_or(0);
    let Ok(bytes) = file::read(path, limit) else { return false };
    let Ok((_, ciphertext)) = split_file(&bytes) else { return false };
    let digest = digest_of(ciphertext);
    exam.packages.iter().any(|one| one.sha256 == digest)
}

/// What was said, some of it, and how much there was.
#[derive(Default)]
struct Shown {
    lines: Vec<String>,
    written: usize,
    unchanged: usize,
    elsewhere: usize,
}

impl Shown {
    fn line(&mut self, line: &str) {
        self.written += 1;
        self.push(line.to_owned());
    }

    fn unchanged(&mut self, out: &Path, last: &Packed) {
        self.unchanged += 1;
        let name = format!("{}-v{}.diemdanh", last.id.replace('/', "-"), last.version);
        let is_here = out.join(&name).exists();
        self.elsewhere += usize::from(!is_here);
        let place = if is_here { "" } else { " (tệp không có ở đây)" };
        self.push(format!("không đổi: {name}{place}"));
    }

    fn push(&mut self, line: String) {
        if self.lines.len() < MAX_LINES {
            self.lines.push(line);
        }
    }

    fn end(&self) {
        self.lines.iter().for_each(|line| say!("{line}"));
        let all = self.written + self.unchanged;
        if all > self.lines.len() {
            say!("… và {} gói khác", all - self.lines.len());
        }
        say!("{} gói mới, {} không đổi", self.written, self.unchanged);
        if self.elsewhere > 0 {
            say!(
                "{} gói không đổi mà tệp không có ở đây: lấy lại tệp cũ, hoặc thêm --again để đóng lại",
                self.elsewhere
            );
        }
    }
}

const MAX_LINES: usize = 40;
