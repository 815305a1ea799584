//! Makes the packages of an exam.

use super::super::{Ending, Work, WorkError};
use super::material::{Material, Tools, key_name, material, trust_store_version};
use super::{lock, outputs, read};
use crate::exam::package::{NewPackage, PackFault, Prepared, prepare};
use crate::exam::packing::{PackOrder, PackRemark, Plan, plan};
use crate::exam::{self, Exam, PACKAGES_FILE, Packed};
use crate::language::{BoardWords, PackWords};
use bits::spread::Spread as _;
use host::file;
use host::folder::{is_there, lies_in, replace_files};
use host::keys::{SealCost, create_key_file, read_new_passphrase};
use host::progress::Progress;
use host::staging::{Staging, recover};
use host::threads::SideBySide;
use jiff::Timestamp;
use lists::Weight;
use package::note::{MAX_PACKAGE_LEN, MAX_PACKAGE_NOTE_LEN, digest_of, split_file};
use record::statement::signer_fingerprint;
use std::mem::{Discriminant, discriminant};
use std::path::{Path, PathBuf};

/// An exam's key to be made.
pub struct ExamKey {
    /// The exam's folder.
    pub folder: PathBuf,
    /// The sealed key's new file, outside the exam's folder.
    pub out: PathBuf,
    /// Whose first line is the passphrase; `None` for the standard input.
    pub passphrase_file: Option<PathBuf>,
}

/// Packages to be made.
pub struct Pack {
    /// The exam's folder
    pub folder: PathBuf,
    /// The board's sealed key (board.key)
    pub key: PathBuf,
    /// The exam's sealed key, from `exam key`
    pub exam_key: PathBuf,
    /// The board's recipient (recovery.pub), from `key recovery`: the board can open what it packed
    pub recovery: PathBuf,
    /// Only this session, by its id
    pub session: Option<String>,
    /// Only this site, by its code
    pub site: Option<String>,
    /// The board's list of revoked certificates
    pub revocations: Option<PathBuf>,
    /// Good from, e.g. 2026-06-10T00:00:00Z (default: two weeks before the session)
    pub from: Option<Timestamp>,
    /// Good for this many days (default: until a week after the session)
    pub days: Option<u16>,
    /// The folder that takes the packages
    pub out: PathBuf,
    /// Pack in spite of warnings
    pub accept: bool,
    /// Make a new version even of what has not changed
    pub again: bool,
    /// Say what would be done, and do nothing
    pub dry_run: bool,
    /// A file whose first line is the passphrase of the board's key (default: the standard input)
    pub passphrase_file: Option<PathBuf>,
    /// A file whose first line is the passphrase of the exam's key (default: the same passphrase)
    pub exam_key_passphrase_file: Option<PathBuf>,
}

/// Makes the exam's key, sealed.
///
/// # Errors
/// What kept it from being done.
pub fn new_key(work: &mut Work<'_>, asked: &ExamKey) -> Result<Ending, WorkError> {
    let exam = Exam::read(&read(&asked.folder)?)?;
    if lies_in(&asked.out, &asked.folder)? {
        return Ok(work.refused(&work.words.pack.key_in_folder_new()));
    }
    outputs(&[]).check(&asked.out)?;
    let passphrase = read_new_passphrase(asked.passphrase_file.as_deref())?;
    create_key_file(&asked.out, &key_name(&exam), &passphrase, SealCost::default(), work.random)?;
    work.voice.say(&work.words.files.wrote(asked.out.display()));
    Ok(Ending::Done)
}

/// Makes the packages, one a session and site, unless something stands in the way.
///
/// # Errors
/// What kept it from being done.
pub fn pack(work: &Work<'_>, asked: &Pack) -> Result<Ending, WorkError> {
    let words = &work.words.pack;
    outputs(&[]).check_place(&asked.out)?;
    let _held = lock(&asked.folder, "pack", asked.dry_run)?;
    let exam = Exam::read(&read(&asked.folder)?)?;
    let faults = exam::check(&exam);
    tell(work, &faults, exam::Fault::weight, |fault| fault.said(work.words));
    if faults.iter().any(|fault| fault.weight() == Weight::Error) {
        work.voice.say(&words.refused());
        return Ok(Ending::Refused);
    }
    let material = match material(work, asked, &exam)? {
        Ok(material) => material,
        Err(why) => return Ok(work.refused(&why)),
    };
    let order = order(asked, &exam, &material, work.now);
    let (plans, remarks) = match plan(&order) {
        Ok(found) => found,
        Err(fault) => return Ok(work.refused(&fault.said(work.words))),
    };
    tell(work, &remarks, PackRemark::weight, |remark| remark.said(words));
    if !material.is_trust_signed {
        work.voice.say(&format!("{}  {}", work.words.lists.weight(Weight::Warning), words.trust_for_training()));
    }
    let is_warned = faults.iter().any(|fault| fault.weight() == Weight::Warning)
        || remarks.iter().any(|one| one.weight() == Weight::Warning)
        || !material.is_trust_signed;
    if is_warned && !asked.accept {
        work.voice.say(&words.open());
        return Ok(Ending::Open);
    }
    let done = if asked.dry_run { foresee(work, asked, &order, &plans) } else { make(work, asked, &order, &plans) };
    match done? {
        Ok(()) if is_warned => Ok(Ending::Remarks),
        Ok(()) => Ok(Ending::Done),
        Err(fault) => Ok(work.refused(&fault.said(words))),
    }
}

/// A country has thousands of sites without a desk yet: of each kind the first are named, the others counted.
fn tell<T>(work: &Work<'_>, all: &[T], weight: impl Fn(&T) -> Weight, said: impl Fn(&T) -> String) {
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
                work.voice.say(&format!("{}  {}", work.words.lists.weight(*weight), said(one)));
            }
        }
    }
    for (_, weight, count) in kinds.iter().filter(|(.., count)| *count > NAMED_OF_A_KIND) {
        let more = work.words.pack.more_of_a_kind(count - NAMED_OF_A_KIND);
        work.voice.say(&format!("{}  {more}", work.words.lists.weight(*weight)));
    }
}

/// So many remarks of one kind are named.
const NAMED_OF_A_KIND: usize = 10;

fn order<'a>(asked: &'a Pack, exam: &'a Exam, material: &'a Material, now: Timestamp) -> PackOrder<'a> {
    PackOrder {
        exam,
        board: &material.board,
        exam_key: &material.exam_key,
        recovery: &material.recovery,
        trust: &material.trust,
        revocations: material.revocations.as_ref().map(|(list, note)| (list, note.as_str())),
        session: asked.session.as_deref(),
        site: asked.site.as_deref(),
        from: asked.from,
        days: asked.days,
        now,
    }
}

type Done = Result<Result<(), PackFault>, WorkError>;

/// Says what would be packed.
fn foresee(work: &Work<'_>, asked: &Pack, order: &PackOrder<'_>, plans: &[Plan<'_>]) -> Done {
    let (words, tools) = (&work.words.pack, Tools::of(&asked.folder)?);
    let (mut shown, progress) = (Shown::of(work.words), Progress::new(words.foreseeing(), plans.len()));
    for (plan, done) in plans.iter().zip(1..) {
        progress.at(done);
        let prepared = match prepare(order, plan, &tools) {
            Ok(prepared) => prepared,
            Err(fault) => return Ok(Err(fault)),
        };
        match unchanged(asked, order, &prepared) {
            Some(last) => shown.unchanged(&asked.out, last),
            None => shown.line(work.words.files.will_write(line(words, &asked.out, &prepared))),
        }
    }
    drop(progress);
    shown.end(work);
    Ok(Ok(()))
}

fn unchanged<'a>(asked: &Pack, order: &PackOrder<'a>, prepared: &Prepared) -> Option<&'a Packed> {
    prepared.unchanged(&order.exam.packages).filter(|_| !asked.again)
}

fn line(words: &PackWords, out: &Path, prepared: &Prepared) -> String {
    let (rows, desks, portraits) = (prepared.rows(), prepared.desks().len(), prepared.portraits);
    let path = out.join(prepared.file_name());
    words.package(path.display(), rows, desks, portraits)
}

/// One package, done or found as it was.
enum Made {
    Unchanged(Packed),
    New(String, NewPackage),
}

/// Packs on all cores; the files get their names only when all of them are whole and the ledger knows them.
fn make(work: &Work<'_>, asked: &Pack, order: &PackOrder<'_>, plans: &[Plan<'_>]) -> Done {
    let (words, tools) = (&work.words.pack, Tools::of(&asked.folder)?);
    for name in recover(&asked.out, &|path| is_known(path, order.exam))? {
        work.voice.say(&words.recovered(asked.out.join(name).display()));
    }
    let one = |index: usize| -> Option<Result<Made, PackFault>> {
        let prepared = prepare(order, plans.get(index)?, &tools);
        Some(prepared.and_then(|prepared| match unchanged(asked, order, &prepared) {
            Some(last) => Ok(Made::Unchanged(last.clone())),
            None => Ok(Made::New(line(words, &asked.out, &prepared), prepared.seal(order, &tools)?)),
        }))
    };
    let trust_store = trust_store_version(order.trust)?;
    let (mut staging, mut ledger) = (Staging::begin(&asked.out)?, order.exam.packages.clone());
    let (mut shown, progress) = (Shown::of(work.words), Progress::new(words.packing(), plans.len()));
    let mut stopped: Option<Result<PackFault, WorkError>> = None;
    let mut done = 0;
    SideBySide::new().in_order(plans.len(), &one, &mut |made| {
        match made {
            Some(Ok(Made::Unchanged(last))) => shown.unchanged(&asked.out, &last),
            Some(Ok(Made::New(line, package))) => match staging.put(&package.file_name, &package.file) {
                Ok(()) => {
                    shown.line(work.words.files.wrote(line));
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
        shown.end(work);
        return Ok(Ok(()));
    }
    staging.keep()?;
    replace_files(&asked.folder, &[(PACKAGES_FILE.to_owned(), ledger.write())])?;
    staging.publish()?;
    shown.end(work);
    work.voice.say(&words.signer(order.board.verifier().name(), signer_fingerprint(order.board.verifier())));
    work.voice.say(&words.write_it_down());
    Ok(Ok(()))
}

/// True for a package that the ledger knows: it was made by a run that was stopped at its very end.
fn is_known(path: &Path, exam: &Exam) -> bool {
    let limit = MAX_PACKAGE_LEN + u64::try_from(MAX_PACKAGE_NOTE_LEN).unwrap_or(0);
    let Ok(bytes) = file::read(path, limit) else { return false };
    let Ok((_, ciphertext)) = split_file(&bytes) else { return false };
    let digest = digest_of(ciphertext);
    exam.packages.iter().any(|one| one.sha256 == digest)
}

/// What is said at the end: some of it, and how much there was.
struct Shown<'a> {
    words: &'a PackWords,
    lines: Vec<String>,
    written: usize,
    unchanged: usize,
    elsewhere: usize,
}

impl<'a> Shown<'a> {
    fn of(words: &'a BoardWords) -> Self {
        Self { words: &words.pack, lines: Vec::new(), written: 0, unchanged: 0, elsewhere: 0 }
    }

    fn line(&mut self, line: String) {
        self.written += 1;
        self.push(line);
    }

    fn unchanged(&mut self, out: &Path, last: &Packed) {
        self.unchanged += 1;
        let name = format!("{}-v{}.diemdanh", last.id.replace('/', "-"), last.version);
        let is_here = is_there(&out.join(&name));
        self.elsewhere += usize::from(!is_here);
        self.push(if is_here { self.words.unchanged(name) } else { self.words.unchanged_elsewhere(name) });
    }

    fn push(&mut self, line: String) {
        if self.lines.len() < MAX_LINES {
            self.lines.push(line);
        }
    }

    fn end(&self, work: &Work<'_>) {
        self.lines.iter().for_each(|line| work.voice.say(line));
        let all = self.written + self.unchanged;
        if all > self.lines.len() {
            work.voice.say(&self.words.more(all - self.lines.len()));
        }
        work.voice.say(&self.words.counted(self.written, self.unchanged));
        if self.elsewhere > 0 {
            work.voice.say(&self.words.elsewhere(self.elsewhere));
        }
    }
}

const MAX_LINES: usize = 40;
