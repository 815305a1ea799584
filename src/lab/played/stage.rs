//! The exam before the first session: people, keys, certificates, packages.

use crate::chance::Chance;
use crate::crew::{Crew, CrewDesk, Enrolled};
use crate::deal::Slot;
use crate::{PlayError, PlayOrder, SEATS};
use bits::random::SeededRandom;
use bits::secret::{Pii, Secret};
use host::folder::{read_text_file, replace_files, write_folder};
use host::keys::{SealCost, create_key_file};
use host::sealed;
use jiff::{SignedDuration, Timestamp};
use office::exam::Ledger;
use office::exam::enrolment::{cert_name, request_name};
use office::exam::{
    CANDIDATES_FILE, DESKS_FOLDER, Desk, EXAM_FILE, Exam, ExamError, OPERATORS_FILE, Operator, PACKAGES_FILE, Role,
    Session, Settings, TRUST_FOLDER, operators,
};
use office::language::BoardWords;
use office::work::exam::pack::{Pack, pack};
use office::work::{Ending, Voice, Work, WorkError};
use package::note::package_id;
use package::operators::{PinCost, PinLock};
use record::certify::{CertRequest, certify};
use record::statement::device_key_name;
use record::{
    BoardKeys, CandidateRef, Code, Digest, DocumentRef, Enrolment, OpenBasis, OpenRules, PackageRef, Revocation,
    RevocationList, document_ref,
};
use roster::{Candidate, CandidateId, CandidateNumber, Roster, canonical};
use sample::{SampleExam, SamplePerson};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use tlog::NoteKey;
use tlog::cosignature::CosignatureKey;

/// Somebody on the list, as far as a log knows her.
pub(crate) struct Person {
    pub(crate) cand: CandidateRef,
    pub(crate) doc: DocumentRef,
    pub(crate) number: String,
    pub(crate) room: usize,
}

/// A desk that was enrolled.
pub(crate) struct PlayedDesk {
    pub(crate) id: String,
    pub(crate) site: usize,
    pub(crate) serial: u32,
    pub(crate) device: NoteKey,
    pub(crate) cert: String,
    /// The request of a real desk; the others' are made as they are needed.
    pub(crate) request: Option<String>,
}

/// An exam that is packed.
pub(crate) struct Stage<'a> {
    pub(crate) order: &'a PlayOrder,
    pub(crate) board: NoteKey,
    pub(crate) witness: NoteKey,
    pub(crate) sessions: Vec<Session>,
    /// Site by site.
    pub(crate) people: Vec<Vec<Person>>,
    pub(crate) desks: Vec<PlayedDesk>,
    /// Whoever comes to the real desks' sites, by number.
    holders: BTreeMap<String, SamplePerson>,
    ledger: Ledger,
}

impl<'a> Stage<'a> {
    /// Makes the exam's folder, enrols the desks and packs.
    pub(crate) fn set(words: &BoardWords, order: &'a PlayOrder, crew: &dyn Crew) -> Result<Self, PlayError> {
        let keys = Keys::make(order, &crew.witnesses())?;
        let sessions = sessions(order);
        let mut stage = Self {
            order,
            board: keys.board,
            witness: keys.witness,
            people: Vec::new(),
            desks: Vec::new(),
            holders: BTreeMap::new(),
            ledger: Ledger::default(),
            sessions,
        };
        let candidates = stage.take_people(&keys.exam_key, crew.desks().div_ceil(order.desks.max(1)));
        let desks = 0..order.sites * order.desks;
        stage.desks = desks.map(|number| stage.desk(number, crew)).collect::<Result<_, _>>()?;
        stage.write_exam(candidates, &crew.trust())?;
        stage.pack(words)?;
        Ok(stage)
    }

    /// The code of a site, as lists write it.
    pub(crate) fn site_code(site: usize) -> String {
        format!("{:02}{:03}", site / SITES_OF_A_COUNCIL + 1, site % SITES_OF_A_COUNCIL + 1)
    }

    /// The name of a room, as lists write it.
    pub(crate) fn room_name(room: usize) -> String {
        format!("P{:03}", room + 1)
    }

    /// Whoever comes to a desk, in the order in which they come.
    pub(crate) fn line(&self, desk: usize) -> Vec<&Person> {
        let site = self.desks.get(desk).map_or(0, |desk| desk.site);
        let part = desk % self.order.desks;
        let own: Vec<&Person> = self
            .people
            .get(site)
            .into_iter()
            .flatten()
            .filter(|person| person.room % self.order.desks == part)
            .collect();
        let shuffled = Chance::new(&format!("line {} {desk}", self.order.seed)).shuffled(own.len());
        shuffled.into_iter().filter_map(|at| own.get(at).copied()).collect()
    }

    /// The same, as their cards have them.
    pub(crate) fn holders(&self, desk: usize) -> Vec<&SamplePerson> {
        self.line(desk).into_iter().filter_map(|person| self.holders.get(&person.number)).collect()
    }

    /// The file of a desk's package for a session.
    pub(crate) fn package_file(&self, slot: Slot) -> Result<Vec<u8>, PlayError> {
        let site = self.desks.get(slot.desk).map_or(0, |desk| desk.site);
        let id = package_id(EXAM, &session_id(slot.session), &Self::site_code(site));
        let packed = self.ledger.find(&id, 1).ok_or(PlayError::Unpacked)?;
        let folder = self.order.folder.join("packages");
        let path = folder.join(format!("{}-v{}.diemdanh", id.replace('/', "-"), packed.version));
        Ok(host::file::read(&path, host::package_shelf::MAX_PACKAGE_LEN)
            .map_err(|error| WorkError::File { path, error })?)
    }

    /// What a desk works from in a session.
    pub(crate) fn package(&self, slot: Slot) -> Result<(PackageRef, String, OpenBasis), PlayError> {
        let site = self.desks.get(slot.desk).map_or(0, |desk| desk.site);
        let id = package_id(EXAM, &session_id(slot.session), &Self::site_code(site));
        let packed = self.ledger.find(&id, 1).ok_or(PlayError::Unpacked)?;
        let rules = OpenRules { package_rules_sha256: packed.rules_sha256, ..OpenRules::default() };
        let basis = OpenBasis {
            board_keys: Some(BoardKeys::one(self.board.verifier().clone()).digest()),
            rules: Some(rules),
            outside_head: None,
        };
        let package = PackageRef { id: Code::new(&id)?, version: 1, sha256: packed.sha256 };
        Ok((package, packed.trust_store.clone().unwrap_or_default(), basis))
    }

    /// A certificate of this board for some desk of some exam.
    pub(crate) fn certified(
        &self,
        exam: &str,
        desk: &str,
        site: usize,
        serial: u32,
        device: &NoteKey,
    ) -> Result<String, PlayError> {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        let request = CertRequest {
            serial,
            exam: exam.parse().map_err(|_| PlayError::Word("an exam"))?,
            desk: desk.parse().map_err(|_| PlayError::Word("a desk"))?,
            site: Self::site_code(site),
            training: true,
            not_before: self.order.start.saturating_sub(days(14)).unwrap_or(self.order.start),
            not_after: self.order.start.saturating_add(days(14)).unwrap_or(self.order.start),
            device: device.verifier().clone(),
            tls_certificate: None,
        };
        Ok(certify(&self.board, request)?)
    }

    /// The device key of a desk.
    pub(crate) fn device(&self, desk: &str) -> Result<NoteKey, PlayError> {
        let seed = format!("device {} {desk}", self.order.seed);
        Ok(NoteKey::generate(&device_key_name(BOARD, desk), &mut SeededRandom::new(&seed))?)
    }

    /// Certifies a further desk in the exam's folder, of which no package knows, and takes its certificate back.
    pub(crate) fn revoke(&self, desk: &PlayedDesk) -> Result<(), PlayError> {
        replace_files(
            &self.order.folder.join("exam"),
            &[
                (format!("{DESKS_FOLDER}{}.toml", desk.id), self.facts(desk).write().into_bytes()),
                (format!("{DESKS_FOLDER}{}", cert_name(&desk.id)), desk.cert.clone().into_bytes()),
            ],
        )?;
        let one = Revocation { serial: desk.serial, reason: "lost".to_owned(), last_accepted: None };
        let list = RevocationList { number: 1, board_keys: None, revoked: vec![one] };
        host::folder::write_new_file(&self.order.folder.join("keys/revocations"), list.sign(&self.board)?.as_bytes())?;
        Ok(())
    }

    /// Takes people off the board's list.
    pub(crate) fn strike(&self, numbers: &BTreeSet<String>) -> Result<(), PlayError> {
        if numbers.is_empty() {
            return Ok(());
        }
        let folder = self.order.folder.join("exam");
        let files = host::folder::read_chosen(&folder, &[CANDIDATES_FILE], &[])?;
        let list = Roster::from_canonical(files.get(CANDIDATES_FILE).map(Vec::as_slice).unwrap_or_default());
        let list = list.map_err(ExamError::from)?;
        let kept = list.iter().filter(|one| !numbers.contains(one.number.as_str()));
        let kept = canonical::write(kept.collect());
        replace_files(&folder, &[(CANDIDATES_FILE.to_owned(), kept)])?;
        Ok(())
    }

    fn take_people(&mut self, exam_key: &Secret<[u8; 32]>, real_sites: usize) -> Vec<Candidate> {
        let order = self.order;
        let total = u32::try_from(order.sites * order.people).unwrap_or(u32::MAX);
        let all = SampleExam { candidates: total, seed: order.seed.clone(), traps: BTreeSet::new() }.people();
        let mut ids = Chance::new(&format!("ids {}", order.seed));
        let mut candidates = Vec::with_capacity(all.len());
        for (site, people) in all.chunks(order.people.max(1)).enumerate() {
            let placed =
                people.iter().enumerate().filter_map(|(at, one)| candidate(one, site, at, order.people, ids.id()));
            let placed: Vec<Candidate> = placed.collect();
            let known = |(at, one): (usize, &Candidate)| Person {
                cand: CandidateRef(one.id.0),
                doc: document_ref(exam_key, *b"ID", *b"VNM", one.id_number.reveal()),
                number: one.number.as_str().to_owned(),
                room: at / SEATS,
            };
            self.people.push(placed.iter().enumerate().map(known).collect());
            if site < real_sites {
                let numbers = placed.iter().map(|one| one.number.as_str().to_owned());
                self.holders.extend(numbers.zip(people.iter().cloned()));
            }
            candidates.extend(placed);
        }
        candidates
    }

    fn desk(&self, number: usize, crew: &dyn Crew) -> Result<PlayedDesk, PlayError> {
        let (site, place) = (number / self.order.desks, number % self.order.desks + 1);
        let id = format!("ban-{}-{place}", Self::site_code(site));
        let serial = u32::try_from(number + 1).unwrap_or(u32::MAX);
        if number >= crew.desks() {
            return self.enrolled(&id, site, serial);
        }
        let board_key = self.board.verifier().to_string();
        let code = Self::site_code(site);
        let asked = CrewDesk { board: BOARD, board_key: &board_key, exam: EXAM, desk: &id, site: &code };
        let Enrolled { request, device } = crew.enrol(&asked)?;
        let cert = self.certified(EXAM, &id, site, serial, &device)?;
        Ok(PlayedDesk { id, site, serial, device, cert, request: Some(request) })
    }

    /// A desk of this exam with its certificate.
    pub(crate) fn enrolled(&self, id: &str, site: usize, serial: u32) -> Result<PlayedDesk, PlayError> {
        let device = self.device(id)?;
        let cert = self.certified(EXAM, id, site, serial, &device)?;
        Ok(PlayedDesk { id: id.to_owned(), site, serial, device, cert, request: None })
    }

    fn facts(&self, desk: &PlayedDesk) -> Desk {
        Desk { id: desk.id.clone(), title: desk.id.clone(), site: Self::site_code(desk.site), room: String::new() }
    }

    fn write_exam(&self, candidates: Vec<Candidate>, trust: &[Vec<u8>]) -> Result<(), PlayError> {
        let mut settings = Settings::new(BOARD, EXAM, "Kỳ thi mẫu (tập huấn)");
        (settings.training, settings.sessions) = (true, self.sessions.clone());
        let new = Exam::new_files(&settings);
        let mut files = new.clone();
        files.extend(Exam::read(&new)?.with_candidates(candidates));
        files.insert(EXAM_FILE.to_owned(), settings.write().into_bytes());
        files.insert(OPERATORS_FILE.to_owned(), operators::write(&self.operators()?).into_bytes());
        files.extend(trust.iter().enumerate().map(|(at, der)| (format!("{TRUST_FOLDER}lab-{at}.cer"), der.clone())));
        for desk in &self.desks {
            let request = desk.request.clone().map_or_else(|| self.request(desk), Ok)?;
            files.insert(format!("{DESKS_FOLDER}{}.toml", desk.id), self.facts(desk).write().into_bytes());
            files.insert(format!("{DESKS_FOLDER}{}", request_name(&desk.id)), request.into_bytes());
            files.insert(format!("{DESKS_FOLDER}{}", cert_name(&desk.id)), desk.cert.clone().into_bytes());
        }
        write_folder(&self.order.folder.join("exam"), &files.into_iter().collect::<Vec<_>>())?;
        Ok(())
    }

    /// What a desk would ask for that nobody runs: its packages are opened by nobody.
    fn request(&self, desk: &PlayedDesk) -> Result<String, PlayError> {
        let (_, recipient) = sealed::generate();
        let request = Enrolment {
            board: BOARD.to_owned(),
            exam: EXAM.parse().map_err(|_| PlayError::Word("an exam"))?,
            desk: desk.id.parse().map_err(|_| PlayError::Word("a desk"))?,
            site: Self::site_code(desk.site),
            device: desk.device.verifier().clone(),
            recipient,
            tls_request: None,
        };
        Ok(request.sign(&desk.device)?)
    }

    /// Two at each site, who all have the same PIN.
    fn operators(&self) -> Result<Vec<Operator>, PlayError> {
        let mut random = SeededRandom::new(&format!("pin {}", self.order.seed));
        let pin = PinLock::make(&Secret::new(PIN.to_owned()), PinCost::LEAST, &mut random);
        let pin = pin.map_err(|_| PlayError::Word("a PIN"))?;
        let one = |role: Role, stem: &str, name: &str, site: usize| Operator {
            code: format!("{stem}-{}", Self::site_code(site)),
            name: name.to_owned(),
            role,
            site: Self::site_code(site),
            pin: Some(pin.clone()),
            telephone: None,
            revoked: None,
        };
        let of_site = |site| {
            [one(Role::Invigilator, INVIGILATOR, "Trần Thị Mẫu", site), one(Role::HeadOfSite, HEAD, "Lê Văn Mẫu", site)]
        };
        Ok((0..self.order.sites).flat_map(of_site).collect())
    }

    fn pack(&mut self, words: &BoardWords) -> Result<(), PlayError> {
        let at = |name: &str| self.order.folder.join(name);
        let asked = Pack {
            folder: at("exam"),
            key: at("keys/board.key"),
            exam_key: at("keys/exam.key"),
            recovery: at("keys/recovery.pub"),
            session: None,
            site: None,
            revocations: None,
            from: None,
            days: None,
            out: at("packages"),
            accept: true,
            again: false,
            dry_run: false,
            passphrase_file: Some(at("keys/passphrase")),
            exam_key_passphrase_file: None,
        };
        let before = self.order.start.saturating_sub(SignedDuration::from_hours(48)).unwrap_or(self.order.start);
        let quiet = Quiet::default();
        let mut random = SeededRandom::new(&format!("pack {}", self.order.seed));
        let work = Work { now: before, random: &mut random, words, voice: &quiet };
        if !matches!(pack(&work, &asked)?, Ending::Done | Ending::Remarks) {
            return Err(PlayError::Packing(quiet.0.into_inner()));
        }
        let ledger = read_text_file(&at("exam").join(PACKAGES_FILE))?;
        self.ledger = Ledger::read(ledger.as_bytes())?;
        Ok(())
    }
}

/// The id of a session of a played exam, by its place from 0.
pub fn session_id(session: usize) -> String {
    format!("b{}", session + 1)
}

/// The keys of the exam.
struct Keys {
    board: NoteKey,
    witness: NoteKey,
    exam_key: Secret<[u8; 32]>,
}

impl Keys {
    /// Makes them, with their files; the passphrase lies beside them, for they protect nobody.
    fn make(order: &PlayOrder, witnesses: &[(String, String)]) -> Result<Self, PlayError> {
        let mut random = SeededRandom::new(&format!("keys {}", order.seed));
        let folder = order.folder.join("keys");
        let witness = NoteKey::generate("witness.example/w1", &mut random)?;
        let (identity, recovery) = sealed::generate();
        let text = |text: &str| text.as_bytes().to_vec();
        let mut files = vec![
            ("passphrase".to_owned(), text(&format!("{PASSPHRASE}\n"))),
            ("recovery.key".to_owned(), text(&format!("{}\n", identity.expose()))),
            ("recovery.pub".to_owned(), text(&format!("{recovery}\n"))),
            ("outside/witness.vkey".to_owned(), text(&format!("{}\n", CosignatureKey::of(&witness)?))),
        ];
        files.extend(witnesses.iter().map(|(name, key)| (format!("outside/{name}"), text(key))));
        write_folder(&folder, &files)?;
        let passphrase = Secret::new(PASSPHRASE.to_owned());
        let mut key = |name: &str, file: &str| {
            create_key_file(&folder.join(file), name, &passphrase, SealCost::default(), &mut random)
        };
        let board = key(BOARD, "board.key")?;
        let exam_key = key(&format!("{BOARD}/{EXAM}/exam-key"), "exam.key")?.seed();
        host::folder::write_new_file(&folder.join("board.vkey"), format!("{}\n", board.verifier()).as_bytes())?;
        Ok(Self { board, witness, exam_key })
    }
}

/// When the doors of a session open.
pub fn opens(order: &PlayOrder, session: usize) -> Timestamp {
    sessions(order).get(session).and_then(|session| session.opens).unwrap_or(order.start)
}

fn sessions(order: &PlayOrder) -> Vec<Session> {
    let shifted =
        |time: Timestamp, minutes: i64| time.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(time);
    let one = |number: usize| {
        let days = i64::try_from(number / 2).unwrap_or(0);
        let start = shifted(order.start, days * 24 * 60 + if number.is_multiple_of(2) { 0 } else { AFTERNOON_MIN });
        Session {
            id: session_id(number),
            title: format!("Buổi {}", number + 1),
            opens: Some(shifted(start, -OPEN_MIN)),
            start,
            last_entry: Some(shifted(start, LAST_ENTRY_MIN)),
            report_due: Some(shifted(start, 4 * 60)),
        }
    };
    (0..order.sessions).map(one).collect()
}

fn candidate(one: &SamplePerson, site: usize, at: usize, people: usize, id: [u8; 16]) -> Option<Candidate> {
    let (council, within) = (site / SITES_OF_A_COUNCIL + 1, site % SITES_OF_A_COUNCIL * people + at + 1);
    Some(Candidate {
        id: CandidateId(id),
        number: CandidateNumber::new(&format!("{council:02}{within:06}"))?,
        full_name: Pii::new(one.full_name()),
        birth_date: Pii::new(one.born.to_string()),
        id_number: Pii::new(one.id_number.clone()),
        site: Stage::site_code(site),
        room: Stage::room_name(at / SEATS),
        seat: (at % SEATS + 1).to_string(),
        session: String::new(),
        sex: None,
        school: one.school.clone(),
    })
}

/// Keeps what the office says, for whoever asks why it did not pack.
#[derive(Default)]
struct Quiet(RefCell<String>);

impl Quiet {
    fn keep(&self, text: &str) {
        let mut said = self.0.borrow_mut();
        if said.len() < MAX_SAID {
            said.push_str(text);
            said.push('\n');
        }
    }
}

impl Voice for Quiet {
    fn say(&self, text: &str) {
        self.keep(text);
    }

    fn put(&self, text: &str) {
        self.keep(text);
    }

    fn complain(&self, what: &str) {
        self.keep(what);
    }

    fn remark(&self, text: &str) {
        self.keep(text);
    }

    fn hand_on(&self, _: &serde_json::Value) {}
}

/// Nobody's digest.
pub(crate) const NO_DIGEST: Digest = Digest([0; 32]);
/// The board of every played exam.
pub(crate) const BOARD: &str = "so.example";
/// Every played exam.
pub(crate) const EXAM: &str = "mau";
/// What the code of whoever is at the desk begins with.
pub(crate) const INVIGILATOR: &str = "gt";
/// What the code of a head of site begins with.
pub(crate) const HEAD: &str = "tdt";
/// Everybody's.
pub(crate) const PIN: &str = "480913";
const PASSPHRASE: &str = "mau mau mau mau";
const SITES_OF_A_COUNCIL: usize = 40;
const OPEN_MIN: i64 = 65;
const LAST_ENTRY_MIN: i64 = 15;
const AFTERNOON_MIN: i64 = 7 * 60;
const MAX_SAID: usize = 4_000;
