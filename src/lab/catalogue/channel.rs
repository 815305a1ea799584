//! List B: secure messaging.

use super::Entry;
use crate::card::{AnswerTrick, CardFault};
use crate::issuer::Fault;
use emrtd::lds::files::FileId;
use emrtd::report::{Cause, Check, Overall};

/// The answer that is spoilt: the first block of EF.SOD, behind SELECT of the application.
const SPOILT: u32 = 1;
/// The last protected answers come long behind it, in the second session.
const SPOILT_AGAIN: u32 = 3;

pub(super) fn entries() -> Vec<Entry> {
    let broken = |id, about, trick| {
        Entry::new(id, about, Overall::Retry, Check::Link, Some(Cause::ChannelBroken))
            .fault(CardFault::Protected(SPOILT, trick))
    };
    let opened_again = |id, about, word| {
        Entry::new(id, about, Overall::Pass, Check::Link, None)
            .fault(CardFault::Protected(SPOILT, AnswerTrick::PlainStatus(word)))
    };
    vec![
        Entry::new("B04-end-of-file", "6282 with data", Overall::Pass, Check::ReadSod, None)
            .fault(CardFault::ReadStatus(FileId::Sod.fid(), 0x6282)),
        Entry::new(
            "B05-file-missing",
            "a protected 6A82; the channel lives",
            Overall::Fail,
            Check::ReadGroup(13),
            Some(Cause::FileMissing),
        )
        .issued_with(Fault::MissingGroup(13)),
        broken("B06-flipped-code", "the last bit of the code is flipped", AnswerTrick::FlippedMac),
        broken("B07-outer-status", "protected 9000, bare 6A82", AnswerTrick::OuterStatus(0x6A82)),
        broken("B07-inner-status", "protected 6A82, bare success", AnswerTrick::InnerStatus(0x6A82)),
        broken("B08-plain-data", "9000 with data in the clear", AnswerTrick::PlainData),
        opened_again("B09-plain-6988", "a bare 6988: one new session", 0x6988),
        opened_again("B09-plain-6987", "a bare 6987: one new session", 0x6987),
        opened_again("B09-plain-6988-twice", "a bare 6988 in each session", 0x6988)
            .fault(CardFault::Protected(SPOILT_AGAIN, AnswerTrick::PlainStatus(0x6988)))
            .ending_in(Overall::Retry, Check::Link, Some(Cause::ChannelBroken)),
        opened_again("B10-plain-6700", "a bare 6700: one new session", 0x6700),
        broken("B11-no-code", "no authentication code", AnswerTrick::NoMac),
        broken("B12-no-status", "no protected status", AnswerTrick::NoStatus),
        broken("B13-padding-indicator", "padding indicator 02", AnswerTrick::PaddingIndicator),
        broken("B14-no-padding", "the data was not padded", AnswerTrick::NoPadding),
        broken("B15-replayed", "the answer before once more", AnswerTrick::Replayed),
        broken("B16-long-cryptogram", "a cryptogram longer than the answer", AnswerTrick::LongCryptogram),
    ]
}
