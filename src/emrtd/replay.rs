//! An inspection without a card: the files of a past one are judged again, by the same rules and in the same words
//! (ICAO Doc 9303-11 §5.1; 9303-10 §4.6).
//!
//! What only a card could show (access control, the link, chip authentication) is listed as not performed, and the
//! verdict is over the rest: a pass says that the data is what a trusted state signed, never that the chip was genuine.
//! Active authentication leaves a signature, which is checked again where it was kept.
//!
//! Invariants: pure; the same files, store and moment give the same report; no file is judged twice.

use crate::authenticity::active;
use crate::authenticity::card_security;
use crate::authenticity::passive::{self, SignedSod, SodVerdict};
use crate::authenticity::trust::TrustStore;
use crate::evidence::{ActiveAnswer, ChipEvidence, Evidence, GroupHash};
use crate::inspect::judging::{self, Judged};
use crate::inspect::{Inspection, InspectionPolicy, IssueDate};
use crate::lds::dg15;
use crate::lds::files::{FileId, LdsFiles};
use crate::lds::security_infos::SecurityInfos;
use crate::lds::sod::SecurityObject;
use crate::report::{self, Cause, Check, Outcome, Report};
use bits::secret::Pii;
use bits::tlv;
use jiff::Timestamp;
use std::collections::BTreeSet;

const SECTION_SOD: &str = "9303-10 §4.6.2";
const SECTION_FILES: &str = "9303-10 §4";
const SECTION_ACCESS: &str = "9303-11 §4.2";
const SECTION_PASSIVE: &str = "9303-11 §5.1";
const SECTION_ACTIVE: &str = "9303-11 §6.1";
const SECTION_CHIP: &str = "9303-11 §6.2";
const SECTION_SECURITY: &str = "9303-11 §9.2.11";

/// The tag of EF.SOD; some tools keep what is in it without it.
const SOD_TAG: u32 = 0x77;
const SEQUENCE: u8 = 0x30;
const CHIP_KEY_GROUP: u8 = 14;
const ACTIVE_KEY_GROUP: u8 = 15;

/// Judges `files` against `trust` as of `at`. Never fails: every way it can end is in the report.
pub fn replay(files: LdsFiles, trust: &TrustStore, at: Timestamp) -> Inspection {
    replay_with(files, Beside::default(), trust, at)
}

/// What may be known beside the files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// The kept answer of the chip: active authentication is then checked again, by the rules of a reading.
    pub answer: Option<&'a ActiveAnswer>,
    /// Where the signed date of issue stands.
    pub issue_date: Option<IssueDate>,
}

/// The same with what is known beside the files.
pub fn replay_with(files: LdsFiles, beside: Beside<'_>, trust: &TrustStore, at: Timestamp) -> Inspection {
    let policy = InspectionPolicy { issue_date: beside.issue_date, ..InspectionPolicy::for_files(groups(&files)) };
    let mut replay = Replay { files, report: Report::new(), evidence: None, intact: BTreeSet::new(), policy };
    let verdict = replay.signed_object(trust, at);
    let (signed, object) =
        (verdict.as_ref().and_then(SodVerdict::signed), verdict.as_ref().and_then(SodVerdict::object));
    replay.groups(signed, object);
    replay.settle_validity(signed);
    replay.list_of_groups(object);
    replay.card_access(signed);
    replay.card_security(trust, at);
    if let Some(answer) = beside.answer {
        replay.active_authentication(signed, answer);
    }
    replay.finish(signed, object, trust)
}

/// The groups among `files`, by number.
pub fn groups(files: &LdsFiles) -> Vec<u8> {
    files.present().filter_map(|file| if let FileId::Dg(group) = file { Some(group) } else { None }).collect()
}

struct Replay {
    files: LdsFiles,
    report: Report,
    evidence: Option<Evidence>,
    /// Groups whose bytes have the hash that was signed.
    intact: BTreeSet<u8>,
    policy: InspectionPolicy,
}

impl Replay {
    fn signed_object(&mut self, trust: &TrustStore, at: Timestamp) -> Option<SodVerdict> {
        let Some(bytes) = self.files.get(FileId::Sod).map(with_outer_tag) else {
            self.report.add(Check::ReadSod, Outcome::Failed, Some(Cause::FileNotSupplied), SECTION_SOD);
            return None;
        };
        self.report.add(Check::ReadSod, Outcome::Successful, None, SECTION_SOD);
        let verdict = passive::authenticate(&bytes, trust, at, &mut self.report);
        if let Some(signed) = verdict.signed() {
            let signer_certificate = signed.signer().der().to_vec();
            let sod = Pii::new(bytes);
            self.evidence = Some(Evidence { sod, signer_certificate, group_hashes: Vec::new(), chip: None });
        }
        Some(verdict)
    }

    fn groups(&mut self, signed: Option<&SignedSod>, object: Option<&SecurityObject>) {
        for group in groups(&self.files) {
            let (bytes, trailing) = own_length(self.files.get(FileId::Dg(group)).unwrap_or_default());
            if judge_group(&mut self.report, signed, object, group, bytes, trailing) {
                self.intact.insert(group);
            }
            if let (Some(evidence), Some(signed)) = (&mut self.evidence, signed) {
                let hash = Pii::new(signed.object().hash.digest(bytes));
                evidence.group_hashes.push(GroupHash { group, hash });
            }
        }
    }

    fn settle_validity(&mut self, signed: Option<&SignedSod>) {
        let Some(signed) = signed.filter(|signed| signed.is_validity_open()) else { return };
        let issued = judging::issued(&self.policy, &self.intact, &self.files);
        passive::settle_validity(signed.signer(), issued, &mut self.report);
    }

    fn list_of_groups(&mut self, object: Option<&SecurityObject>) {
        let Some(com) = self.files.get(FileId::Com) else { return };
        let judged = judging::list_of_groups(com, object);
        self.report.add(Check::ReadCom, Outcome::Successful, None, SECTION_FILES);
        self.add(Check::Com, judged, SECTION_FILES);
    }

    /// EF.CardAccess must be well formed, and the same as its copy in a DG14 whose hash is good.
    fn card_access(&mut self, signed: Option<&SignedSod>) {
        let Some(bytes) = self.files.get(FileId::CardAccess) else { return };
        let Ok(offered) = SecurityInfos::parse(bytes) else {
            return self.add(Check::CardAccess, (Outcome::Undetermined, Some(Cause::Malformed)), SECTION_ACCESS);
        };
        let dg14 = self.files.get(FileId::Dg(CHIP_KEY_GROUP)).map(|file| own_length(file).0);
        let infos = signed.zip(dg14).map(|(signed, dg14)| {
            signed.bind(CHIP_KEY_GROUP, dg14, SecurityInfos::parse_dg14).map(|key| judging::offer(&offered, key.key()))
        });
        let copy = match infos {
            Some(Ok(judged)) => judged,
            Some(Err(_)) => (Outcome::NotPerformed, Some(Cause::EarlierFailure)),
            None => (Outcome::NotPerformed, Some(Cause::FileNotSupplied)),
        };
        self.report.add(Check::CardAccess, Outcome::Successful, None, SECTION_ACCESS);
        self.add(Check::CardAccessCopy, copy, SECTION_ACCESS);
    }

    /// EF.CardSecurity holds the signed offer of PACE with chip-authentication mapping.
    fn card_security(&mut self, trust: &TrustStore, at: Timestamp) {
        let Some(bytes) = self.files.get(FileId::CardSecurity) else { return };
        let verdict = card_security::authenticate(own_length(bytes).0, trust, at);
        let judged = verdict.line();
        let offered = self.files.get(FileId::CardAccess).and_then(|bytes| SecurityInfos::parse(bytes).ok());
        let copy = offered.zip(verdict.signed()).map(|(offered, signed)| judging::offer(&offered, signed.infos()));
        self.report.add(Check::ReadCardSecurity, Outcome::Successful, None, SECTION_SECURITY);
        self.add(Check::CardSecurity, judged, SECTION_SECURITY);
        // The signed copy in DG14 may be silent; this one then speaks.
        if let Some(copy) = copy.filter(|copy| copy.0 != Outcome::NotPerformed) {
            self.add(Check::CardAccessCopy, copy, SECTION_SECURITY);
        }
    }

    /// The chip's answer under the key in DG15, if a signed object holds that key's hash.
    fn active_authentication(&mut self, signed: Option<&SignedSod>, answer: &ActiveAnswer) {
        let judged = self.judge_answer(signed, answer);
        self.add(Check::ActiveAuthentication, judged, SECTION_ACTIVE);
    }

    fn judge_answer(&mut self, signed: Option<&SignedSod>, answer: &ActiveAnswer) -> Judged {
        let Some(signed) = signed else { return (Outcome::NotPerformed, Some(Cause::EarlierFailure)) };
        if signed.object().group_hash(ACTIVE_KEY_GROUP).is_none() {
            return (Outcome::NotSupported, Some(Cause::NoKey));
        }
        let Some(dg15) = self.files.get(FileId::Dg(ACTIVE_KEY_GROUP)).map(|file| own_length(file).0) else {
            return (Outcome::NotPerformed, Some(Cause::FileNotSupplied));
        };
        let Ok(key) = signed.bind(ACTIVE_KEY_GROUP, dg15, dg15::parse) else {
            return (Outcome::NotPerformed, Some(Cause::KeyNotBound));
        };
        // The digest's name counts only where it is signed itself.
        let dg14 = self.files.get(FileId::Dg(CHIP_KEY_GROUP)).map(|file| own_length(file).0);
        let infos = dg14.and_then(|dg14| signed.bind(CHIP_KEY_GROUP, dg14, SecurityInfos::parse_dg14).ok());
        let info = infos.and_then(|infos| infos.key().active_authentication);
        if active::verify(key.key(), info, &answer.challenge, &answer.response).is_err() {
            return (Outcome::Failed, Some(Cause::SignatureWrong));
        }
        if let Some(evidence) = &mut self.evidence {
            evidence.chip = Some(ChipEvidence::ActiveAuthentication {
                dg15: Pii::new(dg15.to_vec()),
                dg14: dg14.map(|dg14| Pii::new(dg14.to_vec())),
                answer: answer.clone(),
            });
        }
        self.meaning_of_a_proof()
    }

    /// A proof only under a trusted signer in force, as in a reading.
    fn meaning_of_a_proof(&self) -> Judged {
        let good = |check| self.report.outcome(check) == Some(Outcome::Successful);
        match (good(Check::SignerChain), good(Check::SignerValidity)) {
            (true, true) => (Outcome::Successful, None),
            (true, false) => (Outcome::Undetermined, Some(Cause::KeyOfUnfitSigner)),
            (false, _) => (Outcome::Undetermined, Some(Cause::KeyOfUnknownSigner)),
        }
    }

    /// Names what was not come to, so that the report lists every check.
    fn finish(mut self, signed: Option<&SignedSod>, object: Option<&SecurityObject>, trust: &TrustStore) -> Inspection {
        for group in object.iter().flat_map(|object| object.groups()) {
            if self.report.outcome(Check::ReadGroup(group)).is_none() {
                let cause = Some(Cause::FileNotSupplied);
                self.report.add(Check::ReadGroup(group), Outcome::NotPerformed, cause, SECTION_FILES);
            }
        }
        let policy = self.policy.clone();
        let dg1 = self.files.get(FileId::Dg(1));
        if let Some(judged) = judging::card_type(&policy.card_types, signed, dg1) {
            self.add(Check::CardTypeKeys, judged, SECTION_CHIP);
        }
        let of_a_card = [Check::Application, Check::Link, Check::CountryAgreement];
        for check in report::listed_checks(&policy).into_iter().chain(of_a_card) {
            if self.report.outcome(check).is_none() {
                let cause = self.cause_of_absence(check);
                self.report.add(check, Outcome::NotPerformed, Some(cause), check.section());
            }
        }
        let mut inspection = Inspection::unopened(trust.version());
        inspection.files = self.files;
        inspection.evidence = self.evidence;
        let results = self.report.results().to_vec();
        judging::verdict(&mut inspection, results, signed, trust.deviations(), &policy);
        inspection
    }

    fn cause_of_absence(&self, check: Check) -> Cause {
        match check {
            Check::Pace
            | Check::Bac
            | Check::Application
            | Check::Link
            | Check::AccessKey
            | Check::ChipAuthentication
            | Check::ActiveAuthentication
            | Check::ChipMapping => Cause::NoCard,
            Check::CardAccess | Check::CardAccessCopy | Check::ReadCardSecurity => Cause::FileNotSupplied,
            Check::CardSecurity => Cause::FileNotSupplied,
            Check::ReadCom | Check::Com | Check::ReadGroup(_) => Cause::FileNotSupplied,
            Check::CountryAgreement if self.files.get(FileId::Dg(1)).is_none() => Cause::FileNotSupplied,
            _ => Cause::EarlierFailure,
        }
    }

    fn add(&mut self, check: Check, judged: Judged, section: &'static str) {
        self.report.add(check, judged.0, judged.1, section);
    }
}

/// The lines about one group; a group that is not signed is named and not looked into. True when its bytes have the hash
/// that was signed.
fn judge_group(
    report: &mut Report,
    signed: Option<&SignedSod>,
    object: Option<&SecurityObject>,
    group: u8,
    bytes: &[u8],
    trailing: bool,
) -> bool {
    let is_unsigned = object.is_some_and(|object| object.group_hash(group).is_none());
    let note = trailing.then_some(Cause::TrailingBytes);
    let read = if is_unsigned { judging::unsigned_group(group) } else { (Outcome::Successful, note) };
    let hash = judging::group_hash(object, group, bytes);
    report.add(Check::ReadGroup(group), read.0, read.1, SECTION_FILES);
    report.add(Check::DgHash(group), hash.0, hash.1, SECTION_PASSIVE);
    if is_unsigned {
        return false;
    }
    if let Some(signed) = signed.filter(|_| group == 1) {
        judge_issuer(report, signed, bytes);
    }
    let (outcome, cause) = judging::group_form(group, bytes);
    report.add(Check::DgParse(group), outcome, cause, SECTION_FILES);
    hash.0 == Outcome::Successful
}

fn judge_issuer(report: &mut Report, signed: &SignedSod, dg1: &[u8]) {
    if let Some((outcome, cause)) = judging::country(signed, dg1) {
        report.add(Check::CountryAgreement, outcome, cause, SECTION_PASSIVE);
    }
    if let Some((outcome, cause)) = judging::document_type(signed, dg1) {
        report.add(Check::DocumentType, outcome, cause, Check::DocumentType.section());
    }
}

/// EF.SOD as a card has it.
fn with_outer_tag(bytes: &[u8]) -> Vec<u8> {
    if bytes.first() == Some(&SEQUENCE) { tlv::encode(SOD_TAG, bytes) } else { bytes.to_vec() }
}

/// The outer element by its own length, which is what is hashed, and whether bytes follow it.
fn own_length(file: &[u8]) -> (&[u8], bool) {
    match tlv::Reader::new(file).read() {
        Ok(element) => (element.raw, element.raw.len() < file.len()),
        Err(_) => (file, false),
    }
}
