//! Which packages an exam needs: one a session and site, with the candidates who belong there and the desks that
//! stand there.

use super::{Desk, Exam, Session, Site};
use crate::language::{BoardWords, PackWords};
use bits::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use lists::Weight;
use record::{BoardKeys, DeskCert, RevocationList};
use std::collections::BTreeMap;
use tlog::NoteKey;

/// What all packages of one run have in common.
pub struct PackOrder<'a> {
    /// The exam.
    pub exam: &'a Exam,
    /// The board's key.
    pub board: &'a NoteKey,
    /// The key of the log's pseudonyms.
    pub exam_key: &'a Secret<[u8; 32]>,
    /// The board's own recipient: it can open what it packed.
    pub recovery: &'a str,
    /// The files of the folder of CSCA certificates.
    pub trust: &'a BTreeMap<String, Vec<u8>>,
    /// The list of revocations and its note.
    pub revocations: Option<(&'a RevocationList, &'a str)>,
    /// The session to pack, by its id; `None` for all.
    pub session: Option<&'a str>,
    /// The site to pack, by its code; `None` for all.
    pub site: Option<&'a str>,
    /// Packages are good from then; `None` for two weeks before the session.
    pub from: Option<Timestamp>,
    /// Packages are good for so many days; `None` until a week after the session.
    pub days: Option<u16>,
    /// The time.
    pub now: Timestamp,
}

/// One package that is needed.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The session.
    pub session: &'a Session,
    /// The site; without a code where the exam has no sites.
    pub site: Site,
    /// The rows of its candidates in the exam's list.
    pub rows: Vec<usize>,
    /// The desks that it is sealed for.
    pub desks: Vec<PackDesk<'a>>,
    /// Good from.
    pub not_before: Timestamp,
    /// Good until.
    pub not_after: Timestamp,
}

/// One desk that a package is sealed for.
#[derive(Debug, Clone, Copy)]
pub struct PackDesk<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// Its certificate, which the board's key signed.
    pub cert: &'a DeskCert,
    /// The certificate's note.
    pub cert_note: &'a str,
    /// Its recipient.
    pub recipient: &'a str,
}

/// Why nothing can be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanFault {
    /// No session.
    NoSession,
    /// No such session.
    UnknownSession {
        /// As it was asked for.
        session: String,
    },
    /// No such site.
    UnknownSite {
        /// As it was asked for.
        site: String,
    },
    /// Another board's key.
    Board {
        /// The key's name.
        found: String,
        /// The exam's board.
        wanted: String,
    },
    /// A certificate that the board's key did not sign.
    Cert {
        /// The desk.
        desk: String,
    },
    /// An older revocation list than in a package before, or none.
    Revocations {
        /// Its number.
        number: u32,
        /// The number before.
        seen: u32,
    },
    /// The session is not within the dates.
    Dates {
        /// The session.
        session: String,
        /// Good from.
        from: Timestamp,
        /// Good until.
        until: Timestamp,
    },
}

impl PlanFault {
    /// What the clerk reads.
    pub fn said(&self, all: &BoardWords) -> String {
        let words = &all.pack;
        match self {
            Self::NoSession => words.no_session(),
            Self::UnknownSession { session } => words.unknown_session(session),
            Self::UnknownSite { site } => words.unknown_site(site),
            Self::Board { found, wanted } => all.files.other_board(found, wanted),
            Self::Cert { desk } => words.foreign_cert(desk),
            Self::Revocations { number, seen } => words.old_revocations(number, seen),
            Self::Dates { session, from, until } => words.dates(session, from, until),
        }
    }
}

/// What somebody should look at before packages leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackRemark {
    /// Nobody belongs there.
    Nobody {
        /// The session.
        session: String,
        /// The site.
        site: String,
    },
    /// No desk can open the package.
    NoDesk {
        /// The session.
        session: String,
        /// The site.
        site: String,
    },
    /// A desk without a certificate.
    NotEnrolled {
        /// The desk.
        desk: String,
    },
    /// A desk that no package can be sealed for.
    NoRecipient {
        /// The desk.
        desk: String,
    },
    /// A desk whose certificate was taken back.
    Revoked {
        /// The desk.
        desk: String,
        /// The certificate's number.
        serial: u32,
    },
    /// A desk whose certificate does not cover a session.
    CertDates {
        /// The desk.
        desk: String,
        /// The session.
        session: String,
        /// Good from.
        from: Timestamp,
        /// Good until.
        until: Timestamp,
    },
    /// The session is over.
    Past {
        /// The session.
        session: String,
    },
}

impl PackRemark {
    /// What the clerk reads.
    pub fn said(&self, words: &PackWords) -> String {
        match self {
            Self::Nobody { session, site } => words.nobody(session, site),
            Self::NoDesk { session, site } => words.no_desk(session, site),
            Self::NotEnrolled { desk } => words.not_enrolled(desk),
            Self::NoRecipient { desk } => words.desk_no_recipient(desk),
            Self::Revoked { desk, serial } => words.revoked(desk, serial),
            Self::CertDates { desk, session, from, until } => words.cert_dates(desk, from, until, session),
            Self::Past { session } => words.past(session),
        }
    }

    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Self::Nobody { .. } | Self::Revoked { .. } => Weight::Note,
            _ => Weight::Warning,
        }
    }
}

/// Says which packages are needed, and what should be looked at first.
///
/// # Errors
/// [`PlanFault`].
pub fn plan<'a>(order: &PackOrder<'a>) -> Result<(Vec<Plan<'a>>, Vec<PackRemark>), PlanFault> {
    let exam = order.exam;
    check_board(order)?;
    let (sessions, sites) = (sessions(order)?, sites(order)?);
    let mut remarks = Vec::new();
    let desks = usable(order, &mut remarks)?;
    let groups = groups(exam);
    let mut plans = Vec::new();
    for session in sessions {
        let (not_before, not_after) = dates(order, session)?;
        remarks.extend((end(session) < order.now).then(|| PackRemark::Past { session: session.id.clone() }));
        let desks = covering(&desks, session, &mut remarks);
        for site in &sites {
            let rows = rows(&groups, session, site);
            let here = |desk: &Desk| desk.site.is_empty() || desk.site == site.code;
            let desks: Vec<PackDesk<'a>> = desks.iter().filter(|one| here(one.desk)).copied().collect();
            let (session_id, code) = (session.id.clone(), site.code.clone());
            if rows.is_empty() {
                remarks.push(PackRemark::Nobody { session: session_id, site: code });
                continue;
            }
            if desks.is_empty() {
                remarks.push(PackRemark::NoDesk { session: session_id, site: code });
            }
            plans.push(Plan { session, site: site.clone(), rows, desks, not_before, not_after });
        }
    }
    Ok((plans, remarks))
}

fn check_board(order: &PackOrder<'_>) -> Result<(), PlanFault> {
    let (found, wanted) = (order.board.verifier().name(), order.exam.settings.board.as_str());
    if found != wanted {
        return Err(PlanFault::Board { found: found.to_owned(), wanted: wanted.to_owned() });
    }
    let (number, seen) = (order.revocations.map_or(0, |(list, _)| list.number), order.exam.packages.revocations());
    if number < seen { Err(PlanFault::Revocations { number, seen }) } else { Ok(()) }
}

fn sessions<'a>(order: &PackOrder<'a>) -> Result<Vec<&'a Session>, PlanFault> {
    let all = &order.exam.settings.sessions;
    let chosen: Vec<_> = all.iter().filter(|one| order.session.is_none_or(|wanted| wanted == one.id)).collect();
    match order.session {
        _ if all.is_empty() => Err(PlanFault::NoSession),
        Some(session) if chosen.is_empty() => Err(PlanFault::UnknownSession { session: session.to_owned() }),
        _ => Ok(chosen),
    }
}

fn sites(order: &PackOrder<'_>) -> Result<Vec<Site>, PlanFault> {
    let everywhere = || vec![Site { code: String::new(), title: String::new() }];
    let all = if order.exam.sites.is_empty() { everywhere() } else { order.exam.sites.clone() };
    let Some(wanted) = order.site else { return Ok(all) };
    let chosen: Vec<_> = all.into_iter().filter(|site| site.code == wanted).collect();
    if chosen.is_empty() { Err(PlanFault::UnknownSite { site: wanted.to_owned() }) } else { Ok(chosen) }
}

fn dates(order: &PackOrder<'_>, session: &Session) -> Result<(Timestamp, Timestamp), PlanFault> {
    let later = |time: Timestamp, days: u16| {
        time.saturating_add(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX)
    };
    let before = begin(session).saturating_sub(SignedDuration::from_hours(i64::from(DAYS_BEFORE) * 24));
    let from = order.from.unwrap_or_else(|| before.unwrap_or(Timestamp::MIN));
    let until = order.days.map_or_else(|| later(end(session), DAYS_AFTER), |days| later(from, days));
    if from <= begin(session) && end(session) <= until {
        return Ok((from, until));
    }
    Err(PlanFault::Dates { session: session.id.clone(), from, until })
}

fn begin(session: &Session) -> Timestamp {
    session.opens.unwrap_or(session.start)
}

fn end(session: &Session) -> Timestamp {
    session.last_entry.unwrap_or(session.start)
}

/// The desks of the chosen site that packages can be sealed for.
fn usable<'a>(order: &PackOrder<'a>, remarks: &mut Vec<PackRemark>) -> Result<Vec<PackDesk<'a>>, PlanFault> {
    let exam = order.exam;
    let mut desks = Vec::new();
    let is_chosen = |desk: &&Desk| order.site.is_none_or(|site| desk.site.is_empty() || desk.site == site);
    let board = BoardKeys::one(order.board.verifier().clone());
    for desk in exam.desks.iter().filter(is_chosen) {
        let id = desk.id.clone();
        let enrolment = exam.enrolments.get(&id);
        let Some((cert, cert_note)) = enrolment.and_then(|one| one.cert.as_ref()) else {
            remarks.push(PackRemark::NotEnrolled { desk: id });
            continue;
        };
        if DeskCert::open(cert_note, &board).as_ref() != Ok(cert) {
            return Err(PlanFault::Cert { desk: id });
        }
        let is_revoked = order.revocations.is_some_and(|(list, _)| list.of(cert.serial).is_some());
        match enrolment.and_then(|one| one.recipient()) {
            _ if is_revoked => remarks.push(PackRemark::Revoked { desk: id, serial: cert.serial }),
            None => remarks.push(PackRemark::NoRecipient { desk: id }),
            Some(recipient) => desks.push(PackDesk { desk, cert, cert_note, recipient }),
        }
    }
    Ok(desks)
}

/// Those whose certificates cover a session.
fn covering<'a>(desks: &[PackDesk<'a>], session: &Session, remarks: &mut Vec<PackRemark>) -> Vec<PackDesk<'a>> {
    let covers = |one: &&PackDesk<'a>| one.cert.not_before <= begin(session) && end(session) <= one.cert.not_after;
    let short = desks.iter().filter(|one| !covers(one)).map(|one| PackRemark::CertDates {
        desk: one.desk.id.clone(),
        session: session.id.clone(),
        from: one.cert.not_before,
        until: one.cert.not_after,
    });
    remarks.extend(short);
    desks.iter().filter(covers).copied().collect()
}

/// Rows of the list by site and by the list's word for the session.
type Groups = BTreeMap<String, BTreeMap<String, Vec<usize>>>;

fn groups(exam: &Exam) -> Groups {
    let mut groups = Groups::new();
    for (row, one) in exam.candidates.iter().enumerate() {
        groups.entry(one.site).or_default().entry(one.session).or_default().push(row);
    }
    groups
}

/// Who belongs to a session at a site. What the list leaves out fits everywhere, as it does at the desk.
fn rows(groups: &Groups, session: &Session, site: &Site) -> Vec<usize> {
    let everywhere = groups.get("").filter(|_| !site.code.is_empty());
    let here: Vec<_> = match site.code.is_empty() {
        true => groups.values().collect(),
        false => groups.get(&site.code).into_iter().chain(everywhere).collect(),
    };
    let fits = |title: &str| title.is_empty() || session.title.is_empty() || title == session.title;
    let fitting = here.into_iter().flatten().filter(|(title, _)| fits(title));
    fitting.flat_map(|(_, rows)| rows.iter().copied()).collect()
}

/// Packages are good from so many days before their session, so that desks can be made ready.
const DAYS_BEFORE: u16 = 14;
/// And so many days after it, for what is left to be done.
const DAYS_AFTER: u16 = 7;
