//! List G: is the chip the one that was signed for.

use super::Entry;
use crate::emrtd::report::{Cause, Check, Overall};
use crate::lab::card::{ActiveTrick, CardFault};
use crate::lab::issuer::{Fault, Making};

pub(super) fn entries() -> Vec<Entry> {
    [agreement(), signature(), keys()].concat()
}

fn agreement() -> Vec<Entry> {
    let refused = |id, word| {
        Entry::new(id, "chip authentication refused", Overall::Pass, Check::ActiveAuthentication, None)
            .fault(CardFault::RefusesChipAuthentication(word))
    };
    let not_performed = Some(Cause::Status(0x6A80));
    vec![
        Entry::new(
            "G02-clone",
            "yes, and then not the keys",
            Overall::Fail,
            Check::ChipAuthentication,
            Some(Cause::KeyNotBound),
        )
        .issued_with(Fault::Clone),
        refused("G03-refused-6A80", 0x6A80),
        refused("G03-refused-6985", 0x6985),
        refused("G03-refused-6F00", 0x6F00),
        Entry::new(
            "G03-refused-alone",
            "refused, and no other proof",
            Overall::Warn,
            Check::ChipAuthentication,
            not_performed,
        )
        .making(Making { active_authentication: false, ..Making::default() })
        .fault(CardFault::RefusesChipAuthentication(0x6A80)),
    ]
}

fn signature() -> Vec<Entry> {
    let signs = |id, about, trick| {
        let wrong = Some(Cause::SignatureWrong);
        Entry::new(id, about, Overall::Fail, Check::ActiveAuthentication, wrong)
            .making(Making { chip_authentication: false, ..Making::default() })
            .fault(CardFault::Active(trick))
    };
    vec![
        signs("G05-wrong-signature", "the signature is wrong", ActiveTrick::WrongSignature),
        signs("G05-old-challenge", "a signature over another challenge", ActiveTrick::OldChallenge),
        signs("G05-wrong-header", "the representative's header is wrong", ActiveTrick::WrongHeader),
        signs("G05-unknown-trailer", "the trailer names no digest", ActiveTrick::UnknownTrailer),
        signs("G05-wrong-length", "the signature is a byte too long", ActiveTrick::TooLong),
        signs("G06-cut", "the answer is cut, extended or not", ActiveTrick::Cut).ending_in(
            Overall::Warn,
            Check::ActiveAuthentication,
            Some(Cause::FileUnreadable),
        ),
    ]
}

fn keys() -> Vec<Entry> {
    let no_key = Some(Cause::NoKey);
    let unproven = Making { chip_authentication: false, active_authentication: false, ..Making::default() };
    vec![
        Entry::new("G07-no-keys", "no key of the chip", Overall::Warn, Check::ChipAuthentication, no_key)
            .making(unproven),
        Entry::new(
            "G08-keys-dropped",
            "DG14 and DG15 are gone",
            Overall::Warn,
            Check::CardTypeKeys,
            Some(Cause::KeysDropped),
        )
        .issued_with(Fault::WithoutKeys),
        Entry::new(
            "G09-mapping",
            "proven within PACE",
            Overall::Pass,
            Check::ChipAuthentication,
            Some(Cause::NotNeeded),
        )
        .making(Making { chip_mapping: true, ..Making::default() }),
    ]
}
