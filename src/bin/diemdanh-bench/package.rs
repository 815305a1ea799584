//! Packages: an exam of the whole country packed, and a site's package loaded at a desk.

use super::report::Row;
use super::{BenchError, median, roster};
use ::roster::{Candidate, Roster};
use bits::secret::{Pii, Secret};
use bits::spread::Spread as _;
use host::random::SystemRandom;
use host::sealed;
use host::staging::Staging;
use host::threads::SideBySide;
use jiff::{SignedDuration, Timestamp};
use office::exam::package::{NewPackage, PackFault, PackTools, prepare};
use office::exam::packing::{PackOrder, plan};
use office::exam::{Desk, DeskEnrolment, Exam, Operator, Role, Session, Settings, Site};
use package::PackageNote;
use package::contents::{Front, MAX_CONTENTS_LEN, People};
use package::note::split_file;
use record::certify::{CertRequest, certify, device_key_name};
use record::{BoardKeys, DeskCert, Enrolment};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tlog::NoteKey;

const COUNTRY: u32 = 1_160_000;
const COUNTRY_SITES: u32 = 2_500;
const SITE: u32 = 600;
const DESKS: u32 = 2;
const OPERATORS: u32 = 8;
/// A folder of certificates of country signers, as an authority hands it over.
const TRUST_LEN: usize = 300_000;
const LOADS: usize = 21;

pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let world = World::new()?;
    let bytes = roster::bytes(COUNTRY);
    let began = Instant::now();
    let exam = world.exam(Roster::from_canonical(&bytes)?, COUNTRY_SITES)?;
    let prepared = Instant::now();
    let packages = world.pack(&exam, &work.join("packages"))?;
    let took = prepared.elapsed();
    tracing::info!(packages = packages.len(), exam_ms = (prepared - began).as_millis(), "packed");
    let promise = format!("pack 1.16 million candidates for {} sites", packages.len());
    let packing = Row::against(&promise, took, "limit", Duration::from_secs(180))
        .how("2 desks and 300 KB of certificates a site; sealed, signed, flushed, named; every core");
    drop((exam, bytes, packages));
    let exam = world.exam(Roster::from_canonical(&roster::bytes(SITE))?, 1)?;
    let one = world.pack(&exam, &work.join("package"))?;
    let file = &one.first().ok_or(BenchError::Package("nothing was packed".to_owned()))?.file;
    let mut loads = (0..LOADS).map(|_| world.load(file)).collect::<Result<Vec<_>, _>>()?;
    let loading =
        Row::against("load a package of 600 candidates", median(&mut loads), "limit", Duration::from_millis(100))
            .how("note, digest, age, contents, searchable roster; bytes in memory; median of 21");
    Ok(vec![packing, loading])
}

/// Keys of a board and of its desks.
struct World {
    board: NoteKey,
    exam_key: Secret<[u8; 32]>,
    identity: Secret<String>,
    recipient: String,
    trust: BTreeMap<String, Vec<u8>>,
    now: Timestamp,
}

struct Cipher;

impl PackTools for Cipher {
    fn seal(&self, bytes: &[u8], recipients: &[&str]) -> Option<Vec<u8>> {
        sealed::seal(bytes, recipients).ok()
    }

    fn fresh(&self) -> (Secret<String>, String) {
        sealed::generate()
    }

    fn recipient(&self, public: &[u8; 32]) -> Option<String> {
        sealed::recipient_from(public).ok()
    }

    fn portrait(&self, _: &Candidate) -> Result<Option<Pii<Vec<u8>>>, String> {
        Ok(None)
    }
}

impl World {
    fn new() -> Result<Self, BenchError> {
        let board = NoteKey::generate("board.example", &mut SystemRandom).map_err(other)?;
        let (identity, recipient) = sealed::generate();
        let trust = BTreeMap::from([("csca.ml".to_owned(), vec![0x30; TRUST_LEN])]);
        Ok(Self { board, exam_key: Secret::new([7; 32]), identity, recipient, trust, now: Timestamp::now() })
    }

    /// An exam of these candidates at so many sites, each with its own enrolled desks and operators.
    fn exam(&self, candidates: Roster, sites: u32) -> Result<Exam, BenchError> {
        let later = self.now + SignedDuration::from_hours(72);
        let session = Session {
            id: "b1".to_owned(),
            title: String::new(),
            opens: None,
            start: later,
            last_entry: None,
            report_due: None,
        };
        let settings = Settings { sessions: vec![session], ..Settings::new("board.example", "tn2026", "Bench") };
        let mut exam = Exam::read(&Exam::new_files(&settings)).map_err(other)?;
        let mut people: Vec<Candidate> = candidates.iter().collect();
        let each = people.len().div_ceil(usize::try_from(sites).unwrap_or(1)).max(1);
        for (group, site) in people.chunks_mut(each).zip(1..) {
            let code = format!("{site:05}");
            group.iter_mut().for_each(|one| one.site.clone_from(&code));
            self.staff(&mut exam, &code)?;
            exam.sites.push(Site { code, title: String::new() });
        }
        exam.candidates = Roster::new(people);
        Ok(exam)
    }

    fn staff(&self, exam: &mut Exam, site: &str) -> Result<(), BenchError> {
        for number in 1..=DESKS {
            let id = format!("{site}-{number}");
            let enrolment = self.enrolment(exam, &id, site)?;
            exam.enrolments.insert(id.clone(), enrolment);
            exam.desks.push(Desk { title: id.clone(), id, site: site.to_owned(), room: String::new() });
        }
        exam.operators.extend((0..OPERATORS).map(|number| Operator {
            code: format!("gt-{site}-{number}"),
            name: "Nguyễn Thị Mẫu".to_owned(),
            role: if number == 0 { Role::HeadOfSite } else { Role::Invigilator },
            site: site.to_owned(),
            pin: None,
            telephone: None,
            revoked: None,
        }));
        Ok(())
    }

    fn enrolment(&self, exam: &Exam, desk: &str, site: &str) -> Result<DeskEnrolment, BenchError> {
        let (board, id) = (exam.settings.board.clone(), exam.settings.id.clone());
        let device = NoteKey::generate(&device_key_name(&board, desk), &mut SystemRandom).map_err(other)?;
        let device = device.verifier().clone();
        let request = CertRequest {
            serial: 1,
            exam: id.parse().map_err(other)?,
            desk: desk.parse().map_err(other)?,
            site: site.to_owned(),
            training: false,
            not_before: self.now - SignedDuration::from_hours(1),
            not_after: self.now + SignedDuration::from_hours(24 * 14),
            device: device.clone(),
            tls_certificate: None,
        };
        let cert = certify(&self.board, request).map_err(other)?;
        let read = DeskCert::peek(&cert).map(|read| (read, cert));
        let (exam, desk) = (id.parse().map_err(other)?, desk.parse().map_err(other)?);
        let (site, recipient) = (site.to_owned(), self.recipient.clone());
        let request = Enrolment { board, exam, desk, site, device, recipient, tls_request: None };
        Ok(DeskEnrolment { request: Some(request), cert: read })
    }

    /// Packs as `diemdanh-board exam pack` does, from the plan to the last file's name.
    fn pack(&self, exam: &Exam, out: &Path) -> Result<Vec<NewPackage>, BenchError> {
        let order = PackOrder {
            exam,
            board: &self.board,
            exam_key: &self.exam_key,
            recovery: &self.recipient,
            trust: &self.trust,
            revocations: None,
            session: None,
            site: None,
            from: None,
            days: None,
            now: self.now,
        };
        let (plans, _) = plan(&order).map_err(|fault| other(format!("{fault:?}")))?;
        let one = |index: usize| -> Option<Result<NewPackage, PackFault>> {
            let prepared = prepare(&order, plans.get(index)?, &Cipher);
            Some(prepared.and_then(|prepared| prepared.seal(&order, &Cipher)))
        };
        let mut staging = Staging::begin(out).map_err(other)?;
        let mut made = Vec::new();
        let mut fault = None;
        SideBySide::new().in_order(plans.len(), &one, &mut |package| {
            match package {
                Some(Ok(mut package)) => {
                    fault = staging.put(&package.file_name, &package.file).err().map(other);
                    // Only a lone package is loaded afterwards; a country's would not stay in memory.
                    if plans.len() > 1 {
                        package.file = Vec::new();
                    }
                    made.push(package);
                }
                Some(Err(stopped)) => fault = Some(other(format!("{stopped:?}"))),
                None => {}
            }
            fault.is_none()
        });
        if let Some(fault) = fault {
            return Err(fault);
        }
        staging.keep().map_err(other)?;
        staging.publish().map_err(other)?;
        Ok(made)
    }

    /// Takes a package as a desk does, from its bytes to what it works from.
    fn load(&self, file: &[u8]) -> Result<Duration, BenchError> {
        let began = Instant::now();
        let (note, ciphertext) = split_file(file).map_err(other)?;
        let note = PackageNote::open(note, &BoardKeys::one(self.board.verifier().clone())).map_err(other)?;
        let (front, people) = note.parts(ciphertext).map_err(other)?;
        let limit = u64::try_from(MAX_CONTENTS_LEN).unwrap_or(u64::MAX);
        // The recovery key stands in for the PIN, whose cost is measured by itself.
        let opened = |part: &[u8]| sealed::open(part, &self.identity, limit).map_err(other);
        Front::read(opened(front)?.expose()).map_err(other)?;
        let people = People::read(opened(people)?.expose()).map_err(other)?;
        let took = began.elapsed();
        let whole = usize::try_from(note.rows).is_ok_and(|rows| rows == people.roster.len());
        if whole { Ok(took) } else { Err(BenchError::Package("a candidate is missing".to_owned())) }
    }
}

fn other(error: impl std::fmt::Display) -> BenchError {
    BenchError::Package(error.to_string())
}
