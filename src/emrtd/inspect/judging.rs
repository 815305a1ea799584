//! What a file is worth once it is there: the same judgement for a card in the field and for the files of a past
//! inspection (ICAO Doc 9303-10 §4.6 and §4.7, 9303-11 §5.1).
//!
//! Invariants: pure; nothing of a person's data leaves it.

use super::dialogue::PORTRAIT_GROUP;
use super::{AccessNumber, CardType, Inspection, InspectionPolicy};
use crate::access::key::AccessKey;
use crate::authenticity::country;
use crate::authenticity::deviation::{Deviations, Subject};
use crate::authenticity::passive::{self, GroupHashVerdict, SignedSod};
use crate::authenticity::profile;
use crate::lds::com::Com;
use crate::lds::files::{FileId, LdsFiles};
use crate::lds::security_infos::SecurityInfos;
use crate::lds::sod::SecurityObject;
use crate::lds::{dg1, dg2, dg15, image_header};
use crate::report::{self, Cause, CheckResult, Outcome};
use bits::tlv::Reader;
use crypto::HashAlg;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::BTreeSet;

/// What becomes of one check.
pub(crate) type Judged = (Outcome, Option<Cause>);

const GOOD: Judged = (Outcome::Successful, None);

/// ICAO asks for these two on every document.
const MANDATORY_GROUPS: [u8; 2] = [1, 2];
/// Where a chip's keys are.
const CHIP_GROUPS: [u8; 2] = [14, 15];

/// A group that the signed object does not name.
pub(crate) fn unsigned_group(group: u8) -> Judged {
    let outcome = if MANDATORY_GROUPS.contains(&group) { Outcome::Failed } else { Outcome::NotSupported };
    (outcome, Some(Cause::NotSigned))
}

/// Whether the exact bytes of a group have the hash that was signed.
pub(crate) fn group_hash(object: Option<&SecurityObject>, group: u8, bytes: &[u8]) -> Judged {
    match object.map(|object| passive::compare(object, group, bytes)) {
        None => (Outcome::NotPerformed, Some(Cause::EarlierFailure)),
        Some(GroupHashVerdict::Same) => GOOD,
        Some(GroupHashVerdict::Differs) => (Outcome::Failed, Some(Cause::HashDiffers)),
        Some(GroupHashVerdict::NotSigned) => (Outcome::Undetermined, Some(Cause::NotSigned)),
    }
}

/// Whether a group is what it should be. Groups whose content is a state's own are only looked at from outside.
pub(crate) fn group_form(group: u8, bytes: &[u8]) -> Judged {
    let tag = FileId::Dg(group).tag();
    let outer = Reader::new(bytes).read().ok().filter(|element| Some(element.tag) == tag);
    match (group, outer) {
        (_, None) => (Outcome::Failed, Some(Cause::Malformed)),
        (1, _) => mrz_form(bytes),
        (PORTRAIT_GROUP, _) => portrait_form(bytes),
        (14, _) => malformed_if(SecurityInfos::parse_dg14(bytes).is_err()),
        (15, _) => match dg15::parse(bytes) {
            Ok(_) => GOOD,
            Err(_) => (Outcome::Undetermined, Some(Cause::KeyNotAcceptable)),
        },
        (_, Some(element)) => malformed_if(element.value.is_empty()),
    }
}

/// Whether the state that signed is the one that the MRZ names. `None` where DG1 cannot be read.
pub(crate) fn country(signed: &SignedSod, dg1: &[u8]) -> Option<Judged> {
    let mrz = dg1::parse(dg1).ok()?;
    let agree = signed.signer().issuer.country().and_then(|country| country::agree(&country, &mrz.issuer));
    Some(match agree {
        Some(true) => GOOD,
        Some(false) => (Outcome::Failed, Some(Cause::CountriesDisagree)),
        None => (Outcome::Undetermined, None),
    })
}

/// Whether the signer may sign documents of the type that the MRZ names. `None` where it is not bound to types, or DG1
/// cannot be read.
pub(crate) fn document_type(signed: &SignedSod, dg1: &[u8]) -> Option<Judged> {
    let types = signed.signer().document_types.as_ref()?;
    let mrz = dg1::parse(dg1).ok()?;
    let allowed = profile::allows(types, &mrz.document_code);
    Some(if allowed { GOOD } else { (Outcome::Failed, Some(Cause::DocumentTypeForbidden)) })
}

/// Whether the key that opened the chip is the one that its signed DG1 gives.
pub(crate) fn access_key(key: &AccessKey, rule: AccessNumber, dg1: &[u8]) -> Judged {
    let Ok(mrz) = dg1::parse(dg1) else { return (Outcome::NotPerformed, Some(Cause::EarlierFailure)) };
    let same = match (key, rule) {
        (AccessKey::Mrz(_), _) => mrz.access_key() == *key,
        (AccessKey::Can(_), AccessNumber::Unrelated) => return (Outcome::NotPerformed, Some(Cause::NotNeeded)),
        (AccessKey::Can(can), AccessNumber::TailOfOptionalData { number_len }) => {
            let number = mrz.optional.reveal().get(..number_len);
            number.is_some_and(|number| number.ends_with(can.expose().as_str()))
        }
    };
    if same { GOOD } else { (Outcome::Failed, Some(Cause::AccessKeyDiffers)) }
}

/// The date of issue, where one of the `intact` groups, for which the signed object vouches, says it.
pub(crate) fn issued(policy: &InspectionPolicy, intact: &BTreeSet<u8>, files: &LdsFiles) -> Option<Date> {
    let source = policy.issue_date?;
    files.get(FileId::Dg(source.group)).filter(|_| intact.contains(&source.group)).and_then(source.read)
}

/// Whether a document of a type that has a chip key has one. `None` for other types, and where DG1 cannot be read.
pub(crate) fn card_type(types: &[CardType], signed: Option<&SignedSod>, dg1: Option<&[u8]>) -> Option<Judged> {
    let signed = signed?;
    let mrz = dg1.and_then(|bytes| dg1::parse(bytes).ok());
    let day = Offset::UTC.to_datetime(signed.signed_at().unwrap_or(signed.signer().not_before)).date();
    let is_of = |known: &CardType| match known {
        CardType::Named { issuer, document, since } => {
            let named = mrz.as_ref().is_some_and(|mrz| mrz.issuer == *issuer && mrz.document_code == *document);
            named && since.is_none_or(|since| day >= since)
        }
        CardType::Signer(digest) => HashAlg::Sha256.digest(signed.signer().der()) == digest,
    };
    if !types.iter().any(is_of) {
        return None;
    }
    let has_key = CHIP_GROUPS.iter().any(|group| signed.object().group_hash(*group).is_some());
    Some(if has_key { GOOD } else { (Outcome::Undetermined, Some(Cause::KeysDropped)) })
}

/// Writes results, rulings and verdict into `inspection`.
pub(crate) fn verdict(
    inspection: &mut Inspection,
    mut results: Vec<CheckResult>,
    signed: Option<&SignedSod>,
    deviations: &Deviations,
    policy: &InspectionPolicy,
) {
    let mrz = inspection.files.get(FileId::Dg(1)).and_then(|bytes| dg1::parse(bytes).ok());
    let rule = |signed: &SignedSod| {
        let document_number = mrz.as_ref().map(|mrz| mrz.document_number.reveal().as_str());
        let subject = Subject { signer: signed.signer(), signed_at: signed.signed_at(), document_number };
        deviations.rule(&subject, &mut results)
    };
    inspection.rulings = signed.map(rule).unwrap_or_default();
    inspection.overall = report::overall_ruled(&results, &inspection.rulings, policy);
    inspection.reason = report::reason(&results, &inspection.rulings, policy, inspection.overall);
    inspection.results = results;
}

/// Whether EF.COM, which may lie, agrees with what was signed.
pub(crate) fn list_of_groups(com: &[u8], object: Option<&SecurityObject>) -> Judged {
    let (com, object) = match (Com::parse(com), object) {
        (Err(_), _) => return (Outcome::Failed, Some(Cause::Malformed)),
        (Ok(_), None) => return (Outcome::NotPerformed, Some(Cause::EarlierFailure)),
        (Ok(com), Some(object)) => (com, object),
    };
    let mut listed = com.groups;
    let mut hashed: Vec<u8> = object.groups().collect();
    listed.sort_unstable();
    hashed.sort_unstable();
    if com.has_unknown_tags || listed != hashed {
        (Outcome::Failed, Some(Cause::ListDiffers))
    } else if object.lds_version.is_some() && object.lds_version != com.lds_version {
        (Outcome::Failed, Some(Cause::Irregular))
    } else {
        GOOD
    }
}

/// EF.CardAccess is unsigned; its signed copy shows whether the offer was changed on the way (§4.2).
pub(crate) fn offer(offered: &SecurityInfos, signed: &SecurityInfos) -> Judged {
    if signed.pace.is_empty() {
        (Outcome::NotPerformed, Some(Cause::NotSigned))
    } else if offered.pace.iter().all(|info| signed.pace.contains(info)) && offered.pace.len() == signed.pace.len() {
        GOOD
    } else {
        (Outcome::Failed, Some(Cause::ListDiffers))
    }
}

fn mrz_form(bytes: &[u8]) -> Judged {
    match dg1::parse(bytes) {
        Ok(mrz) => (Outcome::Successful, (!mrz.wrong_digits.is_empty()).then_some(Cause::MrzWrong)),
        Err(_) => (Outcome::Failed, Some(Cause::Malformed)),
    }
}

fn portrait_form(bytes: &[u8]) -> Judged {
    let readable = dg2::parse(bytes)
        .is_ok_and(|image| image_header::dimensions(image.kind, image.bytes).is_ok() && image.faces >= 1);
    if readable { GOOD } else { (Outcome::Undetermined, Some(Cause::PortraitUnreadable)) }
}

fn malformed_if(malformed: bool) -> Judged {
    if malformed { (Outcome::Failed, Some(Cause::Malformed)) } else { GOOD }
}
