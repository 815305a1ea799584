//! List G: is the chip the one that was signed for.

use super::Entry;
use crate::card::{ActiveTrick, CardFault, Refused};
use crate::issuer::{Fault, Making};
use emrtd::report::{Cause, Check, Overall};

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
        gives_up("G03-gives-up-6988", Refused::ChipChoice, 0x6988, Overall::Pass),
        gives_up("G03-gives-up-6985", Refused::ChipChoice, 0x6985, Overall::Pass),
        gives_up("G03-gives-up-6D00", Refused::ChipChoice, 0x6D00, Overall::Pass),
        gives_up("G06-gives-up-6988", Refused::ActiveChallenge, 0x6988, Overall::Warn)
            .making(Making { chip_authentication: false, ..Making::default() })
            .ending_in(Overall::Warn, Check::ActiveAuthentication, Some(Cause::Status(0x6988))),
        gives_up("G03-gives-up-twice", Refused::ChipChoice, 0x6988, Overall::Warn)
            .fault(CardFault::GivesUpAt(Refused::ActiveChallenge, 0x6988)),
    ]
}

/// A chip that answers the first command of a proof in the clear, every time: the session is opened once more, the proof
/// is left out, and there is a verdict.
fn gives_up(id: &'static str, command: Refused, word: u16, overall: Overall) -> Entry {
    Entry::new(
        id,
        "a plain error to the first command of a proof",
        overall,
        Check::ChipAuthentication,
        Some(Cause::Status(word)),
    )
    .fault(CardFault::GivesUpAt(command, word))
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
