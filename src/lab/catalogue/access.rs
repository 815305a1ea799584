//! List A: access.

use super::{Entry, Key};
use crate::card::data::PaceProfile;
use crate::card::{BacTrick, CardData, CardFault, PaceTrick, Refused};
use crate::issuer::{Fault, Making};
use bits::tlv;
use crypto::CipherAlg;
use emrtd::lds::files::FileId;
use emrtd::lds::security_infos::Mapping;
use emrtd::report::{Cause, Check, Overall};

/// PACE with integrated mapping, AES-128, parameters 13.
const INTEGRATED: &[u8] = b"\x30\x12\x06\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x04\x02\x02\x01\x02\x02\x01\x0D";
/// PACE with generic mapping, AES-128, parameters 13.
const GENERIC: &[u8] = b"\x30\x12\x06\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x02\x02\x02\x01\x02\x02\x01\x0D";
/// An identifier that nobody knows; PACE of version 1; PACE without parameters; an empty entry.
const UNKNOWN: &[u8] = b"\x30\x06\x06\x01\x2A\x02\x01\x07\
    \x30\x12\x06\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x02\x02\x02\x01\x01\x02\x01\x0D\
    \x30\x0F\x06\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x02\x02\x02\x01\x02\
    \x30\x00";

pub(super) fn entries() -> Vec<Entry> {
    [offer(), pace(), mapping(), bac(), other_makers()].concat()
}

fn offer() -> Vec<Entry> {
    let (application, access, pace, copy) = (Check::Application, Check::CardAccess, Check::Pace, Check::CardAccessCopy);
    let no_document = Some(Cause::NotAnIcaoDocument);
    let fallback = Some(Cause::FallbackUsed);
    let masters = [
        ("A02-master-file-6D00", 0x6D00),
        ("A02-master-file-6982", 0x6982),
        ("A02-master-file-6A81", 0x6A81),
        ("A02-master-file-6A86", 0x6A86),
        ("A02-master-file-6A87", 0x6A87),
    ];
    let mut entries = vec![
        Entry::new("A01-no-application", "SELECT of the application: 6A82", Overall::Access, application, no_document)
            .fault(CardFault::Refuses(Refused::Application, 0x6A82)),
    ];
    entries.extend(masters.map(|(id, word)| {
        Entry::new(id, "SELECT of the master file is refused", Overall::Pass, pace, fallback)
            .fault(CardFault::Refuses(Refused::MasterFile, word))
            .fault(CardFault::CardAccessLocked)
    }));
    entries.extend([
        Entry::new("A03-absent", "no EF.CardAccess, PACE all the same", Overall::Pass, pace, fallback)
            .edited(|data| drop(data.master_files.remove(&FileId::CardAccess.fid()))),
        Entry::new("A03-absent-bac", "no EF.CardAccess and no PACE: BAC", Overall::Pass, Check::Bac, None)
            .making(Making { pace: false, ..Making::default() })
            .opened_with(Key::Mrz),
        Entry::new("A03-locked", "EF.CardAccess: 6982", Overall::Pass, access, Some(Cause::FileProtected))
            .fault(CardFault::CardAccessLocked),
        Entry::new("A03-warning", "EF.CardAccess with 6283 and its data", Overall::Pass, access, None)
            .fault(CardFault::ReadStatus(FileId::CardAccess.fid(), 0x6283)),
        Entry::new("A03-truncated", "EF.CardAccess is cut", Overall::Warn, pace, fallback)
            .edited(|data| cut(data, FileId::CardAccess, 20)),
        Entry::new(
            "A04-two-variants",
            "generic and chip-authentication mapping",
            Overall::Pass,
            Check::ChipMapping,
            None,
        )
        .making(Making { chip_mapping: true, ..Making::default() }),
        Entry::new("A05-unknown-entries", "entries that nobody knows", Overall::Pass, copy, None)
            .edited(|data| add_offer(data, UNKNOWN)),
        Entry::new("A05-nothing-left", "only entries that nobody knows: BAC", Overall::Pass, Check::Bac, None)
            .issued_with(Fault::WithoutGroup(14))
            .edited(|data| set_offer(data, UNKNOWN))
            .opened_with(Key::Mrz),
        Entry::new(
            "A06-offer-added",
            "a variant that DG14 does not sign",
            Overall::Fail,
            copy,
            Some(Cause::ListDiffers),
        )
        .edited(|data| add_offer(data, INTEGRATED)),
        Entry::new(
            "A06-offer-stripped",
            "the best variant was taken off",
            Overall::Fail,
            copy,
            Some(Cause::ListDiffers),
        )
        .making(Making { chip_mapping: true, ..Making::default() })
        .edited(|data| set_offer(data, GENERIC)),
    ]);
    entries
}

fn pace() -> Vec<Entry> {
    let refused = |id, about, word| {
        Entry::new(id, about, Overall::Access, Check::Pace, Some(Cause::KeyBlocked))
            .fault(CardFault::Refuses(Refused::PaceToken, word))
    };
    let forged = |id, about, trick| {
        Entry::new(id, about, Overall::Fail, Check::Pace, Some(Cause::ProtocolViolated)).fault(CardFault::Pace(trick))
    };
    vec![
        Entry::new("A07-wrong-can", "the key is another card's", Overall::Access, Check::Pace, Some(Cause::KeyRefused))
            .opened_with(Key::WrongCan),
        refused("A08-tries-63C1", "one try is left", 0x63C1),
        refused("A08-blocked-6983", "the password is blocked", 0x6983),
        refused("A08-suspended-6985", "the password is suspended", 0x6985),
        forged("A09-reflected-map-key", "our mapping key comes back", PaceTrick::ReflectedMapKey),
        forged("A09-reflected-key", "our agreement key comes back", PaceTrick::ReflectedAgreementKey),
        forged("A09-point-off-curve", "the mapping key is off the curve", PaceTrick::MapKeyOffCurve),
        forged("A09-agreement-off-curve", "the agreement key is off the curve", PaceTrick::AgreementKeyOffCurve),
        forged("A09-infinity", "the mapping key is the point at infinity", PaceTrick::Infinity),
        forged("A10-wrong-token", "the chip's token is wrong", PaceTrick::WrongToken),
        forged("A10-no-token", "the chip sends no token", PaceTrick::NoToken),
        forged("A10-extra-object", "an object behind the token", PaceTrick::ExtraObject),
        Entry::new("A13-pace-refused", "PACE offered and refused: BAC", Overall::Warn, Check::Bac, None)
            .fault(CardFault::Refuses(Refused::PaceChoice, 0x6A80))
            .opened_with(Key::Mrz),
        Entry::new(
            "A13-pace-refused-can",
            "the same, no key for BAC",
            Overall::Access,
            Check::Bac,
            Some(Cause::KeyUnsuitable),
        )
        .fault(CardFault::Refuses(Refused::PaceChoice, 0x6A80)),
        Entry::new("A16-long-nonce", "a nonce of 32 bytes", Overall::Pass, Check::Pace, None)
            .fault(CardFault::Pace(PaceTrick::LongNonce)),
    ]
}

fn mapping() -> Vec<Entry> {
    let mapped = Making { chip_mapping: true, ..Making::default() };
    let bad = |id, about, check, cause| Entry::new(id, about, Overall::Fail, check, Some(cause)).making(mapped.clone());
    vec![
        bad("A14-wrong-data", "the data of the mapping is wrong", Check::ChipMapping, Cause::KeyNotBound)
            .fault(CardFault::Pace(PaceTrick::WrongMappingData)),
        bad("A14-wrong-padding", "the data is not padded", Check::Pace, Cause::ProtocolViolated)
            .fault(CardFault::Pace(PaceTrick::WrongMappingPadding)),
        bad("A14-foreign-key", "EF.CardSecurity has another key", Check::ChipMapping, Cause::KeyNotBound)
            .issued_with(Fault::ForeignCardSecurity),
        bad("A14-wrong-signature", "EF.CardSecurity is altered", Check::CardSecurity, Cause::SignatureWrong)
            .issued_with(Fault::WrongCardSecurity),
    ]
}

fn bac() -> Vec<Entry> {
    let by_bac = |id, about, overall, cause| {
        Entry::new(id, about, overall, Check::Bac, Some(cause))
            .making(Making { pace: false, ..Making::default() })
            .opened_with(Key::Mrz)
    };
    let refused = |id, word| {
        by_bac(id, "BAC with a wrong key", Overall::Access, Cause::KeyRefused)
            .fault(CardFault::Refuses(Refused::BacAuthentication, word))
    };
    let forged =
        |id, about, trick| by_bac(id, about, Overall::Fail, Cause::ProtocolViolated).fault(CardFault::Bac(trick));
    vec![
        refused("A15-wrong-key-6300", 0x6300),
        refused("A15-wrong-key-6988", 0x6988),
        refused("A15-wrong-key-6982", 0x6982),
        refused("A15-wrong-key-6A80", 0x6A80),
        by_bac("A15-not-offered", "BAC is not offered: 6A88", Overall::Access, Cause::NotOffered)
            .fault(CardFault::Refuses(Refused::BacAuthentication, 0x6A88)),
        forged("A15-wrong-random", "our random number does not come back", BacTrick::WrongRandom),
        forged("A15-wrong-code", "the authentication code is wrong", BacTrick::WrongMac),
        forged("A15-39-bytes", "the answer is a byte short", BacTrick::OneByteLess),
        forged("A15-41-bytes", "the answer is a byte long", BacTrick::OneByteMore),
    ]
}

/// Cards of other makers: those that have BAC only refuse a blind attempt at PACE in their own ways.
fn other_makers() -> Vec<Entry> {
    let words = [
        ("A03-blind-6985", 0x6985),
        ("A03-blind-6983", 0x6983),
        ("A03-blind-63C2", 0x63C2),
        ("A03-blind-6986", 0x6986),
        ("A03-blind-6982", 0x6982),
        ("A03-blind-6700", 0x6700),
        ("A03-blind-6A81", 0x6A81),
        ("A03-blind-6A82", 0x6A82),
        ("A03-blind-6B00", 0x6B00),
        ("A03-blind-6F00", 0x6F00),
        ("A03-blind-6900", 0x6900),
    ];
    let mut entries: Vec<Entry> = words
        .into_iter()
        .map(|(id, word)| {
            Entry::new(id, "no EF.CardAccess, PACE unknown: BAC", Overall::Pass, Check::Pace, Some(Cause::NotOffered))
                .making(Making { pace: false, ..Making::default() })
                .fault(CardFault::Refuses(Refused::PaceChoice, word))
                .opened_with(Key::Mrz)
        })
        .collect();
    entries.push(
        Entry::new(
            "A03-blind-can",
            "the same, no key for BAC",
            Overall::Access,
            Check::Bac,
            Some(Cause::KeyUnsuitable),
        )
        .making(Making { pace: false, ..Making::default() })
        .fault(CardFault::Refuses(Refused::PaceChoice, 0x6983)),
    );
    entries.push(
        Entry::new(
            "A13-offer-hidden",
            "EF.CardAccess and PACE taken off, DG14 signs PACE: BAC",
            Overall::Warn,
            Check::CardAccessCopy,
            Some(Cause::OfferHidden),
        )
        .edited(|data| drop(data.master_files.remove(&FileId::CardAccess.fid())))
        .fault(CardFault::Refuses(Refused::PaceChoice, 0x6A88))
        .opened_with(Key::Mrz),
    );
    entries.push(
        Entry::new("A16-nonce-of-one-block", "3DES, a nonce of 8 bytes", Overall::Pass, Check::Pace, None)
            .making(playing(PaceProfile { cipher: CipherAlg::TripleDes, ..PaceProfile::USUAL }))
            .fault(CardFault::Pace(PaceTrick::ShortNonce)),
    );
    let variants = [
        ("A12-integrated", Mapping::Integrated, CipherAlg::Aes128, 13),
        ("A12-integrated-256", Mapping::Integrated, CipherAlg::Aes128, 12),
        ("A12-group-1024-160", Mapping::Generic, CipherAlg::Aes128, 0),
        ("A12-group-2048-224", Mapping::Generic, CipherAlg::TripleDes, 1),
        ("A12-group-2048-256", Mapping::Generic, CipherAlg::Aes256, 2),
        ("A12-group-integrated", Mapping::Integrated, CipherAlg::Aes128, 0),
    ];
    entries.extend(variants.map(|(id, mapping, cipher, parameter_id)| {
        Entry::new(id, "PACE in a variant that is seldom", Overall::Pass, Check::Pace, None)
            .making(playing(PaceProfile { mapping, cipher, parameter_id }))
    }));
    entries
}

/// A card that plays PACE in this way.
fn playing(pace_profile: PaceProfile) -> Making {
    Making { pace_profile, ..Making::default() }
}

fn cut(data: &mut CardData, file: FileId, keep: usize) {
    if let Some(bytes) = data.master_files.get_mut(&file.fid()) {
        bytes.truncate(keep);
    }
}

fn set_offer(data: &mut CardData, infos: &[u8]) {
    data.master_files.insert(FileId::CardAccess.fid(), tlv::encode(0x31, infos));
}

fn add_offer(data: &mut CardData, infos: &[u8]) {
    let file = data.master_files.get(&FileId::CardAccess.fid()).cloned().unwrap_or_default();
    let old = tlv::single(&file, 0x31).map(|set| set.value).unwrap_or_default();
    set_offer(data, &[old, infos].concat());
}
