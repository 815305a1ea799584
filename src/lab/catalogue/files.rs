//! List C: reading files.

use super::Entry;
use crate::card::{CardData, CardFault};
use crate::issuer::portrait::Coding;
use crate::issuer::{Fault, Making};
use emrtd::lds::com;
use emrtd::lds::files::FileId;
use emrtd::report::{Cause, Check, Overall};
use iso7816::transport::TransportError;

/// A command in the middle of the reading.
const MIDDLE: u32 = 9;
/// A long wait, as chips that think take it.
const SLOW_MS: u32 = 5_000;

pub(super) fn entries() -> Vec<Entry> {
    [list_of_groups(), groups(), forms(), portraits(), blocks(), link()].concat()
}

fn list_of_groups() -> Vec<Entry> {
    let com = |id, about, check, cause| Entry::new(id, about, Overall::Warn, check, Some(cause));
    vec![
        com("C01-com-absent", "no EF.COM", Check::ReadCom, Cause::FileMissing)
            .edited(|data| drop(data.files.remove(&FileId::Com.fid()))),
        com("C01-com-wrong", "EF.COM is no list", Check::Com, Cause::Malformed)
            .edited(|data| drop(data.files.insert(FileId::Com.fid(), vec![0x6A, 0x02, 0x01, 0x02]))),
        com("C01-com-unknown-tag", "EF.COM lists what nobody knows", Check::Com, Cause::ListDiffers)
            .edited(|data| replace_last(data, FileId::Com, 0x7A)),
        com("C01-com-lies", "EF.COM lists what is not there", Check::Com, Cause::ListDiffers)
            .issued_with(Fault::LyingCom),
        com("C02-other-version", "EF.COM says LDS 1.7, EF.SOD 1.8", Check::Com, Cause::Irregular)
            .issued_with(Fault::OtherLdsVersion),
        com("C05-unsigned-group", "DG11 is there and not signed", Check::Com, Cause::ListDiffers).edited(|data| {
            data.files.insert(FileId::Dg(11).fid(), vec![0x6B, 0x03, 0x5F, 0x0E, 0x00]);
            data.files.insert(FileId::Com.fid(), com::encode(&[1, 2, 3, 11, 13, 14, 15]));
        }),
    ]
}

fn groups() -> Vec<Entry> {
    let missing = |id, group| {
        Entry::new(id, "signed and not there", Overall::Fail, Check::ReadGroup(group), Some(Cause::FileMissing))
            .issued_with(Fault::MissingGroup(group))
    };
    let locked = Some(Cause::FileProtected);
    vec![
        missing("C03-dg1-missing", 1),
        missing("C03-dg2-missing", 2),
        missing("C03-dg13-missing", 13),
        missing("C03-dg14-missing", 14).ending_in(Overall::Warn, Check::ReadGroup(14), Some(Cause::FileMissing)),
        Entry::new("C04-dg3-locked", "DG3 is for others", Overall::Pass, Check::ReadGroup(3), locked),
    ]
}

fn forms() -> Vec<Entry> {
    let bad = |id, about, check, cause| Entry::new(id, about, Overall::Fail, check, Some(cause));
    let good = |id, about| Entry::new(id, about, Overall::Pass, Check::DgHash(13), None);
    vec![
        bad("C06-wrong-tag", "DG1 starts with another tag", Check::DgParse(1), Cause::Malformed)
            .edited(|data| set(data, FileId::Dg(1), 0, 0x62)),
        bad("C06-length-too-long", "DG1 says it is longer", Check::ReadGroup(1), Cause::FileUnreadable)
            .edited(|data| set(data, FileId::Dg(1), 1, 0x7F)),
        bad("C06-length-too-short", "DG1 says it is shorter", Check::DgHash(1), Cause::HashDiffers)
            .edited(|data| set(data, FileId::Dg(1), 1, 0x20)),
        bad("C06-indefinite", "DG13 has an indefinite length", Check::ReadGroup(13), Cause::FileUnreadable)
            .edited(|data| set(data, FileId::Dg(13), 1, 0x80)),
        bad("C06-endless-file", "DG2 says it has two gigabytes", Check::ReadGroup(2), Cause::FileUnreadable)
            .edited(|data| drop(data.files.insert(FileId::Dg(2).fid(), vec![0x75, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]))),
        good("C06-zero-extended", "zeros behind DG13").edited(|data| extend(data, FileId::Dg(13), &[0; 200])),
        good("C06-trailing-bytes", "other bytes behind DG13").edited(|data| extend(data, FileId::Dg(13), &[0xA5; 3])),
    ]
}

fn portraits() -> Vec<Entry> {
    let new = |id, about| {
        Entry::new(id, about, Overall::Pass, Check::DgParse(2), None)
            .making(Making { new_face_block: true, ..Making::default() })
    };
    vec![
        new("D-portrait-39794", "the portrait in a block of ISO/IEC 39794-5"),
        new("D-portrait-39794-no-image", "such a block without an image")
            .issued_with(Fault::PortraitWithoutImage)
            .ending_in(Overall::Warn, Check::DgParse(2), Some(Cause::PortraitUnreadable)),
    ]
}

fn blocks() -> Vec<Entry> {
    let small = || Making { portrait: Coding::Jpeg, ..Making::default() };
    let habit = |id, about, fault| Entry::new(id, about, Overall::Pass, Check::ReadGroup(2), None).fault(fault);
    vec![
        habit("C07-short-only", "6700 to extended length", CardFault::ShortOnly),
        habit("C07-right-length", "6CA0 to more than 160 bytes", CardFault::RefusesBlocksOver(160, 0x6CA0)),
        habit("C07-wrong-length", "6700 to more than 192 bytes", CardFault::RefusesBlocksOver(192, 0x6700)),
        habit("C07-wrong-offset", "6B00 to more than 200 bytes", CardFault::RefusesBlocksOver(200, 0x6B00)),
        habit("C07-no-short-identifiers", "6A86 to short identifiers", CardFault::NoShortIdentifiers),
        habit("C07-warning", "6282 with every block", CardFault::ReadStatus(FileId::Dg(2).fid(), 0x6282)),
        Entry::new("C07-empty", "9000 and no data", Overall::Retry, Check::ReadGroup(2), Some(Cause::FileUnreadable))
            .fault(CardFault::EmptyReads(FileId::Dg(2).fid(), 0)),
        habit("C09-one-byte", "one byte at a time", CardFault::MaxBlock(1)).making(small()),
        habit("C09-160-bytes", "160 bytes at a time", CardFault::MaxBlock(160)),
        habit("C09-231-bytes", "231 bytes at a time", CardFault::MaxBlock(231)),
    ]
}

fn link() -> Vec<Entry> {
    let lost = Some(Cause::Link(TransportError::CardLost));
    let mute = Some(Cause::Link(TransportError::TimedOut { timeout_ms: CardFault::MUTE_TIMEOUT_MS }));
    vec![
        Entry::new("C10-lifted", "lifted in the middle", Overall::Retry, Check::Link, lost)
            .fault(CardFault::LiftedAt(MIDDLE)),
        Entry::new("C12-slow", "five seconds for an answer, twice", Overall::Pass, Check::Link, None)
            .fault(CardFault::SlowFor(MIDDLE, SLOW_MS))
            .fault(CardFault::SlowFor(MIDDLE + 1, SLOW_MS)),
        Entry::new("C12-mute", "no answer any more", Overall::Retry, Check::Link, mute)
            .fault(CardFault::MuteFrom(MIDDLE)),
    ]
}

fn set(data: &mut CardData, file: FileId, at: usize, value: u8) {
    if let Some(byte) = data.files.get_mut(&file.fid()).and_then(|bytes| bytes.get_mut(at)) {
        *byte = value;
    }
}

fn replace_last(data: &mut CardData, file: FileId, value: u8) {
    if let Some(byte) = data.files.get_mut(&file.fid()).and_then(|bytes| bytes.last_mut()) {
        *byte = value;
    }
}

fn extend(data: &mut CardData, file: FileId, more: &[u8]) {
    if let Some(bytes) = data.files.get_mut(&file.fid()) {
        bytes.extend_from_slice(more);
    }
}
