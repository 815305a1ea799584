//! What keeps an exam from being packed, and what somebody should look at first.

use super::enrolment::EnrolmentFault;
use super::settings::is_part;
use super::{Exam, Policy, check_sessions, check_text};
use crate::language::{BoardWords, FaultWords};
use jiff::Timestamp;
use lists::Weight;
use record::Code;
use std::collections::{BTreeMap, BTreeSet};
use tlog::{CosignatureKey, NoteVerifier};

/// One fault of an exam's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A name that cannot be a part of a log's name.
    Name {
        /// The file.
        file: &'static str,
        /// The name.
        name: String,
    },
    /// Something stands there twice.
    Twice {
        /// The file.
        file: &'static str,
        /// What.
        name: String,
    },
    /// No session.
    NoSession,
    /// A session's times are not in their order.
    Times {
        /// The session.
        id: String,
    },
    /// Candidates of a session that the exam does not have.
    UnknownSession {
        /// As the list writes it.
        session: String,
        /// How many.
        rows: usize,
    },
    /// Candidates of a site that the exam does not have.
    UnknownSite {
        /// As the list writes it.
        site: String,
        /// How many.
        rows: usize,
    },
    /// More people than a room takes.
    Overfull {
        /// The site.
        site: String,
        /// The session.
        session: String,
        /// The room.
        room: String,
        /// How many.
        rows: usize,
        /// How many it takes.
        limit: usize,
    },
    /// A desk or an operator at a site that the exam does not have.
    ForeignSite {
        /// The file.
        file: &'static str,
        /// The desk or operator.
        name: String,
        /// The site.
        site: String,
    },
    /// A desk's request or certificate is not what it should be.
    Enrolment {
        /// The desk.
        desk: String,
        /// What is wrong.
        what: EnrolmentFault,
    },
    /// Nobody is expected.
    Nobody,
    /// No desk.
    NoDesk,
    /// No operator.
    NoOperator,
    /// No CSCA certificate.
    NoTrust,
    /// Somebody whose code cannot stand in the log.
    OperatorCode(String),
    /// Somebody who cannot sign in.
    NoPin(String),
    /// Two sessions under one name: the list's column cannot tell them apart.
    SessionTitle {
        /// The name.
        title: String,
    },
    /// Two sessions at once.
    Overlap {
        /// One of them.
        one: String,
        /// The other.
        other: String,
    },
    /// A session in another time.
    FarSession {
        /// The session.
        id: String,
        /// Its start signal.
        start: Timestamp,
    },
    /// Doors that stay open for more than half a day.
    LongSession {
        /// The session.
        id: String,
    },
    /// A room that takes nobody.
    NoPlaces {
        /// The room, or the key of `exam.toml`.
        place: String,
    },
    /// A PIN whose lock is cheaper to try than ours.
    WeakPin(String),
    /// Nobody wrote rules.
    UsualRules,
    /// A text that does not show what it is.
    Text {
        /// The file.
        file: &'static str,
        /// Whose text it is.
        place: String,
        /// The text.
        text: String,
    },
    /// Such texts among the candidates.
    CandidateText {
        /// How many rows.
        rows: usize,
    },
    /// A rule that no desk could go by.
    Rule {
        /// The rule.
        key: &'static str,
        /// What is wrong.
        what: RuleFault,
    },
    /// What green would rest on is named by each desk's own file.
    DeskNamesKey {
        /// The rule.
        required: &'static str,
        /// The key that is missing.
        key: &'static str,
    },
    /// Nobody decides exceptions at a site.
    NoHead {
        /// The site.
        site: String,
    },
}

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleFault {
    /// Not a key that checks signatures.
    NoVerifierKey,
    /// Nothing that can be sealed for.
    NoRecipient,
    /// Longer than anybody waits.
    LongWait,
    /// No absolute path of a folder.
    NoFolder,
}

impl RuleFault {
    fn said(self, words: &FaultWords) -> String {
        match self {
            Self::NoVerifierKey => words.no_verifier_key(),
            Self::NoRecipient => words.no_recipient(),
            Self::LongWait => words.long_wait(),
            Self::NoFolder => words.no_folder(),
        }
    }
}

impl Fault {
    /// What the clerk reads.
    pub fn said(&self, all: &BoardWords) -> String {
        let words = &all.faults;
        match self {
            Self::Name { file, name } => words.name(file, name),
            Self::Twice { file, name } => words.twice(file, name),
            Self::NoSession => words.no_session(),
            Self::Times { id } => words.times(id),
            Self::UnknownSession { session, rows } => words.unknown_session(rows, session),
            Self::UnknownSite { site, rows } => words.unknown_site(rows, site),
            Self::Overfull { site, session, room, rows, limit } => words.overfull(room, site, session, rows, limit),
            Self::ForeignSite { file, name, site } => words.foreign_site(file, name, site),
            Self::Enrolment { desk, what } => words.enrolment(desk, what.said(&all.enrolment)),
            Self::Nobody => words.nobody(),
            Self::NoDesk => words.no_desk(),
            Self::NoOperator => words.no_operator(),
            Self::NoTrust => words.no_trust(),
            Self::OperatorCode(code) => words.operator_code(code),
            Self::NoPin(code) => words.no_pin(code),
            Self::SessionTitle { title } => words.session_title(title),
            Self::Overlap { one, other } => words.overlap(one, other),
            Self::FarSession { id, start } => words.far_session(id, start),
            Self::LongSession { id } => words.long_session(id),
            Self::NoPlaces { place } => words.no_places(place),
            Self::WeakPin(code) => words.weak_pin(code),
            Self::UsualRules => words.usual_rules(),
            Self::Text { file, place, text } => words.text(file, place, bits::text::shown(text)),
            Self::CandidateText { rows } => words.candidate_text(rows),
            Self::Rule { key, what } => words.rule(key, what.said(words)),
            Self::DeskNamesKey { required, key } => words.desk_names_key(required, key),
            Self::NoHead { site } => words.no_head(site),
        }
    }

    /// How much it weighs: an unfinished exam is no faulty one.
    pub fn weight(&self) -> Weight {
        match self {
            Self::NoSession | Self::Nobody | Self::NoDesk | Self::NoOperator | Self::NoTrust | Self::NoHead { .. } => {
                Weight::Warning
            }
            Self::UsualRules => Weight::Note,
            Self::Overlap { .. }
            | Self::LongSession { .. }
            | Self::WeakPin(_)
            | Self::Overfull { .. }
            | Self::NoPin(_)
            | Self::DeskNamesKey { .. }
            | Self::Enrolment { what: EnrolmentFault::NoRecipient, .. } => Weight::Warning,
            _ => Weight::Error,
        }
    }
}

/// Everything that is wrong with an exam's files.
pub fn check(exam: &Exam) -> Vec<Fault> {
    let mut faults = names(exam);
    faults.extend(sessions(exam));
    faults.extend(people(exam));
    faults.extend(enrolments(exam));
    faults.extend(rules(&exam.policy));
    faults.extend(check_sessions::sessions(exam));
    faults.extend(check_sessions::capacities(exam));
    faults.extend(check_sessions::unsaid(exam));
    faults.extend(check_text::texts(exam));
    faults.extend(unfinished(exam));
    faults
}

fn rules(policy: &Policy) -> Vec<Fault> {
    let Policy { registry_key, witness_key, evidence_recipient, .. } = policy;
    let wrong = |key: &'static str, what: RuleFault, is_wrong: bool| is_wrong.then_some(Fault::Rule { key, what });
    let no_key = RuleFault::NoVerifierKey;
    let registry = !registry_key.is_empty() && NoteVerifier::parse(registry_key).is_err();
    let witness = !witness_key.is_empty() && CosignatureKey::parse(witness_key).is_err();
    let recipient = !evidence_recipient.is_empty() && !evidence_recipient.starts_with("age1");
    let unnamed =
        |required: &'static str, key: &'static str, is_so: bool| is_so.then_some(Fault::DeskNamesKey { required, key });
    let found = [
        wrong("registry_key", no_key, registry),
        wrong("witness_key", no_key, witness),
        wrong("evidence_recipient", RuleFault::NoRecipient, recipient),
        wrong("paper_folder", RuleFault::NoFolder, !is_folder(&policy.paper_folder)),
        wrong("registry_wait_ms", RuleFault::LongWait, policy.registry_wait_ms > MAX_WAIT_MS),
        unnamed("registry_required", "registry_key", policy.registry_required && registry_key.is_empty()),
        unnamed("witness_required", "witness_key", policy.witness_required && witness_key.is_empty()),
    ];
    found.into_iter().flatten().collect()
}

/// Nothing, or a place below the root that is the same wherever the desk was started.
fn is_folder(path: &str) -> bool {
    let parts = path.split('/').skip(1).all(|part| !part.is_empty() && part != ".." && part != ".");
    path.is_empty() || path.len() > 1 && path.starts_with('/') && parts
}

/// Nobody waits longer for a registry, in milliseconds.
const MAX_WAIT_MS: u64 = 30_000;

fn enrolments(exam: &Exam) -> Vec<Fault> {
    let enrolled = exam.desks.iter().filter_map(|desk| Some((desk, exam.enrolments.get(&desk.id)?)));
    let faults = enrolled.clone().flat_map(|(desk, enrolment)| {
        let whats = enrolment.faults(&exam.settings, desk).into_iter();
        whats.map(|what| Fault::Enrolment { desk: desk.id.clone(), what })
    });
    let mut faults: Vec<Fault> = faults.collect();
    let serials = enrolled.filter_map(|(_, enrolment)| Some(format!("serial {}", enrolment.cert.as_ref()?.0.serial)));
    faults.extend(twice("desks/", serials));
    faults
}

fn names(exam: &Exam) -> Vec<Fault> {
    let settings = &exam.settings;
    let parts = [("exam.toml", &settings.board), ("exam.toml", &settings.id)];
    let sessions = settings.sessions.iter().map(|one| ("exam.toml", &one.id));
    let desks = exam.desks.iter().map(|one| ("desks/", &one.id));
    let codes = exam.operators.iter().map(|one| one.code.clone());
    let all = parts.into_iter().chain(sessions).chain(desks);
    let bad = all.filter(|(_, name)| !is_part(name)).map(|(file, name)| Fault::Name { file, name: name.clone() });
    let mut faults: Vec<Fault> = bad.collect();
    faults.extend(twice("exam.toml", settings.sessions.iter().map(|one| one.id.clone())));
    faults.extend(twice("sites.csv", exam.sites.iter().map(|one| one.code.clone())));
    faults.extend(twice("rooms.csv", exam.rooms.iter().map(|one| format!("{} {}", one.site, one.name))));
    faults.extend(twice("operators.toml", codes.clone()));
    faults.extend(codes.filter(|code| Code::new(code).is_err()).map(Fault::OperatorCode));
    faults
}

fn twice(file: &'static str, names: impl Iterator<Item = String>) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(name.clone())).map(|name| Fault::Twice { file, name }).collect()
}

fn sessions(exam: &Exam) -> Vec<Fault> {
    let is_ordered = |one: &&super::Session| {
        one.opens.is_none_or(|opens| opens <= one.start) && one.last_entry.is_none_or(|last| one.start <= last)
    };
    let wrong = exam.settings.sessions.iter().filter(|one| !is_ordered(one));
    wrong.map(|one| Fault::Times { id: one.id.clone() }).collect()
}

fn people(exam: &Exam) -> Vec<Fault> {
    let sessions: BTreeSet<&str> = exam.settings.sessions.iter().map(|one| one.title.as_str()).collect();
    let sites: BTreeSet<&str> = exam.sites.iter().map(|one| one.code.as_str()).collect();
    let (mut by_session, mut by_site, mut by_room) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for one in exam.candidates.iter() {
        *by_session.entry(one.session.clone()).or_insert(0) += 1;
        *by_site.entry(one.site.clone()).or_insert(0) += 1;
        *by_room.entry((one.site, one.session, one.room)).or_insert(0) += 1;
    }
    let known = |set: &BTreeSet<&str>, name: &String| name.is_empty() || set.contains(name.as_str());
    let strange = by_session.into_iter().filter(|(session, _)| !sessions.is_empty() && !known(&sessions, session));
    let mut faults: Vec<Fault> = strange.map(|(session, rows)| Fault::UnknownSession { session, rows }).collect();
    let strange = by_site.into_iter().filter(|(site, _)| !known(&sites, site));
    faults.extend(strange.map(|(site, rows)| Fault::UnknownSite { site, rows }));
    faults.extend(overfull(exam, by_room));
    let desks = exam.desks.iter().map(|one| ("desks/", &one.id, &one.site));
    let operators = exam.operators.iter().map(|one| ("operators.toml", &one.code, &one.site));
    let foreign = desks.chain(operators).filter(|(_, _, site)| !known(&sites, site));
    faults.extend(foreign.map(|(file, name, site)| Fault::ForeignSite {
        file,
        name: name.clone(),
        site: site.clone(),
    }));
    faults
}

/// People by site, session and room.
type ByRoom = BTreeMap<(String, String, String), usize>;

fn overfull(exam: &Exam, by_room: ByRoom) -> Vec<Fault> {
    let own: BTreeMap<(&str, &str), usize> =
        exam.rooms.iter().filter_map(|room| Some(((&*room.site, &*room.name), room.capacity?))).collect();
    let limit = |site: &str, room: &str| own.get(&(site, room)).copied().unwrap_or(exam.settings.last_room_capacity);
    let rooms = by_room.into_iter().filter(|((_, _, room), _)| !room.is_empty());
    let faults = rooms.filter_map(|((site, session, room), rows)| {
        let limit = limit(&site, &room);
        (rows > limit).then_some(Fault::Overfull { site, session, room, rows, limit })
    });
    faults.collect()
}

fn unfinished(exam: &Exam) -> Vec<Fault> {
    let is_anchor = |name: &String| !name.ends_with(".txt") && !name.ends_with(".json");
    let mut faults = Vec::new();
    faults.extend(exam.settings.sessions.is_empty().then_some(Fault::NoSession));
    faults.extend(exam.candidates.is_empty().then_some(Fault::Nobody));
    faults.extend(exam.desks.is_empty().then_some(Fault::NoDesk));
    faults.extend(exam.operators.is_empty().then_some(Fault::NoOperator));
    faults.extend((!exam.trust.keys().any(is_anchor)).then_some(Fault::NoTrust));
    let is_head = |site: &str| {
        let decides = |one: &&super::Operator| one.role == super::Role::HeadOfSite && !one.is_revoked();
        exam.operators.iter().filter(decides).any(|one| one.works_at(site))
    };
    let sites = exam.sites.iter().filter(|site| !exam.operators.is_empty() && !is_head(&site.code));
    faults.extend(sites.map(|site| Fault::NoHead { site: site.code.clone() }));
    let without = exam.operators.iter().filter(|one| one.pin.is_none() && !one.is_revoked());
    faults.extend(without.map(|one| Fault::NoPin(one.code.clone())));
    faults
}
