//! Inspections over a bad link and over cards with habits: a broken link is never a verdict, a habit never matters.

use crate::inspection_support::{GOOD, can, check, issued, line, mrz, read, read_card, trust};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::tlv::{encode, single};
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy, Observer, Progress, inspect};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::{Cause, Check, Outcome, Overall, render};
use diemdanh::host::pcsc::TRANSMIT_TIMEOUT_MS;
use diemdanh::iso7816::transport::{CardTransport, TransportError};
use diemdanh::lab::card::{CardFault, SyntheticCard};
use diemdanh::lab::issuer::Making;
use diemdanh::lab::issuer::portrait::Coding;
use diemdanh::lab::link::{LOSS_US, LinkClock, LinkModel, ModelLink};

#[test]
fn habits_of_real_cards_do_not_matter() {
    let faults = [
        CardFault::NoMasterFile,
        CardFault::NoShortIdentifiers,
        CardFault::ShortOnly,
        CardFault::MaxBlock(160),
        CardFault::MaxBlock(224),
        CardFault::MaxBlock(1),
    ];
    for fault in faults {
        let mut card =
            SyntheticCard::new(issued(&Making { portrait: Coding::Jpeg, ..Making::default() })).with_fault(fault);
        let inspection = read(&mut card, &can(), &InspectionPolicy::default());
        println!("{fault:?}: {} commands", inspection.apdu_count);
        check(&inspection, Overall::Pass, &[]);
    }
}

#[test]
fn locked_card_access_is_met_with_the_usual_parameters() {
    let mut card = SyntheticCard::new(issued(&Making::default())).with_fault(CardFault::CardAccessLocked);
    let inspection = read(&mut card, &can(), &InspectionPolicy::default());
    check(
        &inspection,
        Overall::Pass,
        &[
            (Check::CardAccess, Outcome::NotPerformed, Some(Cause::FileProtected)),
            (Check::Pace, GOOD, Some(Cause::FallbackUsed)),
        ],
    );
}

#[test]
fn c10_lifted_card_ends_in_retry_and_never_in_a_verdict() {
    let data = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
    let whole = read_card(data.clone(), &can()).apdu_count;
    for at in 0..whole {
        let mut card = SyntheticCard::new(data.clone()).with_fault(CardFault::LiftedAt(at));
        let inspection = read(&mut card, &can(), &InspectionPolicy::default());
        let lost = Some(Cause::Link(TransportError::CardLost));
        check(&inspection, Overall::Retry, &[(Check::Link, Outcome::Aborted, lost)]);
        assert_eq!(inspection.files.present().count(), 0, "lifted at {at}");
        assert!(inspection.evidence.is_none());
    }
}

/// The usual air, and the patience that a desk has with a real reader.
const AIR: LinkModel =
    LinkModel { kbit_per_s: 424, command_us: 8_000, chip_us: 1_500_000, watchdog_ms: TRANSMIT_TIMEOUT_MS };

/// Writes down when something was heard of the reading, on the link's clock.
struct Watch {
    clock: LinkClock,
    heard_us: Vec<u64>,
}

impl Observer for Watch {
    fn progress(&mut self, _progress: Progress<'_>) {
        self.heard_us.push(self.clock.now_us());
    }
}

/// Reads a card over the modelled air: the inspection, its end on the link's clock, and when something was heard.
fn on_the_air(card: SyntheticCard) -> (Inspection, u64, Vec<u64>) {
    let (mut link, clock) = ModelLink::new(card, AIR);
    let mut watch = Watch { clock: clock.clone(), heard_us: Vec::new() };
    let now = "2026-06-26T00:30:00Z".parse().unwrap();
    let mut random = SeededRandom::new("inspection");
    let inspection = inspect(&mut link, &can(), &trust(), &InspectionPolicy::default(), now, &mut random, &mut watch);
    (inspection, clock.now_us(), watch.heard_us)
}

/// The model's reader takes a second to miss a card, for every command it is given: a second one would be too late.
#[test]
fn c10_lifted_card_is_a_retry_within_two_seconds_of_the_lift() {
    let data = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
    let whole = read_card(data.clone(), &can()).apdu_count;
    for at in 0..whole {
        // The time up to the lift is that of a card that answers one command fewer; a mute one tells it.
        let card = SyntheticCard::new(data.clone()).with_fault(CardFault::LiftedAt(at));
        let (inspection, ended_us, _) = on_the_air(card);
        let mute = SyntheticCard::new(data.clone()).with_fault(CardFault::MuteFrom(at));
        let (_, mute_us, _) = on_the_air(mute);
        let lifted_us = mute_us - u64::from(TRANSMIT_TIMEOUT_MS) * 1_000;
        assert_eq!(inspection.overall, Overall::Retry, "lifted at {at}");
        let after_us = ended_us - lifted_us;
        assert!((LOSS_US..=2_000_000).contains(&after_us), "lifted at {at}: {after_us} µs");
    }
}

#[test]
fn c12_five_seconds_for_every_answer_are_waited_for_and_progress_is_told() {
    let data = issued(&Making::default());
    let whole = read_card(data.clone(), &can()).apdu_count;
    let slow = (0..whole).fold(SyntheticCard::new(data), |card, at| card.with_fault(CardFault::SlowFor(at, 5_000)));
    let (inspection, ended_us, heard_us) = on_the_air(slow);
    check(&inspection, Overall::Pass, &[]);
    assert!(ended_us > u64::from(whole) * 5_000_000, "{whole} commands took {ended_us} µs");
    assert_eq!(inspection.apdu_count, whole, "nothing was asked for twice");
    // Once the chip is open, every file and every block is told; chip authentication and the first answer of the file
    // behind it are four answers without a word, and half a second of the chip's thinking.
    let open_us = heard_us[1];
    let gaps = heard_us.windows(2).filter(|pair| pair[0] >= open_us).map(|pair| pair[1] - pair[0]);
    let longest = gaps.max().unwrap();
    assert!(longest <= 4 * 5_000_000 + 1_000_000, "{longest} µs without a word");
    assert!(heard_us.len() > 15, "{heard_us:?}");
}

#[test]
fn c12_answer_beyond_the_watchdog_is_named() {
    let slow =
        SyntheticCard::new(issued(&Making::default())).with_fault(CardFault::SlowFor(9, TRANSMIT_TIMEOUT_MS + 1));
    let (inspection, ..) = on_the_air(slow);
    let late = Some(Cause::Link(TransportError::TimedOut { timeout_ms: TRANSMIT_TIMEOUT_MS }));
    check(&inspection, Overall::Retry, &[(Check::Link, Outcome::Aborted, late)]);
}

#[test]
fn mute_card_ends_in_retry_with_the_limit_named() {
    let mut card = SyntheticCard::new(issued(&Making::default())).with_fault(CardFault::MuteFrom(8));
    let inspection = read(&mut card, &can(), &InspectionPolicy::default());
    assert_eq!(inspection.overall, Overall::Retry);
    assert!(matches!(line(&inspection, Check::Link).cause, Some(Cause::Link(TransportError::TimedOut { .. }))));
}

#[test]
fn b06_wrong_code_at_any_command_is_never_green() {
    let data = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
    let whole = read_card(data.clone(), &can()).apdu_count;
    let protected_from = 9;
    for at in protected_from..whole {
        let mut card = SyntheticCard::new(data.clone()).with_fault(CardFault::WrongMacAt(at));
        let inspection = read(&mut card, &can(), &InspectionPolicy::default());
        assert_ne!(inspection.overall, Overall::Pass, "at {at}\n{}", render::text(&inspection));
    }
}

#[test]
fn session_that_the_card_gives_up_is_opened_once_more() {
    let data = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
    let whole = read_card(data.clone(), &can()).apdu_count;
    let mut card = SyntheticCard::new(data.clone()).with_fault(CardFault::PlainStatusAt(whole - 3, 0x6988));
    let inspection = read(&mut card, &can(), &InspectionPolicy::default());
    check(&inspection, Overall::Pass, &[]);
    let mut card = SyntheticCard::new(data)
        .with_fault(CardFault::PlainStatusAt(whole - 3, 0x6988))
        .with_fault(CardFault::PlainStatusAt(whole + 8, 0x6988));
    let inspection = read(&mut card, &can(), &InspectionPolicy::default());
    assert_eq!(inspection.overall, Overall::Retry, "{}", render::text(&inspection));
}

/// A card that is no travel document.
struct TransitCard;

impl CardTransport for TransitCard {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(vec![0x6A, 0x82])
    }

    fn atr(&self) -> &[u8] {
        &[0x3B, 0x80, 0x80, 0x01, 0x01]
    }
}

#[test]
fn a01_card_without_the_application_is_no_document() {
    let inspection = read(&mut TransitCard, &can(), &InspectionPolicy::default());
    let expected = (Check::Application, Outcome::Failed, Some(Cause::NotAnIcaoDocument));
    check(&inspection, Overall::Access, &[expected]);
}

/// Answers every command with the same bytes.
struct Parrot(Vec<u8>);

impl CardTransport for Parrot {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.0.clone())
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

#[test]
fn nonsense_on_the_wire_ends_without_a_verdict_for_the_card() {
    let mut answers: Vec<Vec<u8>> = vec![vec![0x90, 0x00], vec![0x61, 0x00], vec![0x6C, 0x10], vec![0x62, 0x82]];
    answers.push([vec![0xFF; 256], vec![0x90, 0x00]].concat());
    answers.push([vec![0x31, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], vec![0x90, 0x00]].concat());
    answers.push([vec![0x7C, 0x82, 0x01, 0x00], vec![0x80; 256], vec![0x90, 0x00]].concat());
    for sw1 in [0x63, 0x64, 0x67, 0x69, 0x6A, 0x6B, 0x6D, 0x6E, 0x6F] {
        answers.extend([0x00, 0x82, 0x85, 0x88, 0xC1].map(|sw2| vec![sw1, sw2]));
    }
    for answer in answers {
        for key in [can(), mrz()] {
            let inspection = read(&mut Parrot(answer.clone()), &key, &InspectionPolicy::default());
            assert!(
                !matches!(inspection.overall, Overall::Pass | Overall::Warn | Overall::Unknown),
                "{answer:02X?}\n{}",
                render::text(&inspection)
            );
        }
    }
}

/// The index of PACE's first command: after SELECT and READ of EF.CardAccess.
const FIRST_PACE_COMMAND: u32 = 2;

#[test]
fn a13_offer_that_is_not_kept_leads_to_bac_only_by_policy() {
    for status in [0x6A80, 0x6A88, 0x6F00] {
        let fault = CardFault::PlainStatusAt(FIRST_PACE_COMMAND, status);
        let mut card = SyntheticCard::new(issued(&Making::default())).with_fault(fault);
        let inspection = read(&mut card, &mrz(), &InspectionPolicy::default());
        let failed = (Check::Pace, Outcome::Failed, Some(Cause::Status(status)));
        check(&inspection, Overall::Warn, &[failed, (Check::Bac, GOOD, None)]);
        assert!(inspection.downgraded);
        let mut card = SyntheticCard::new(issued(&Making::default())).with_fault(fault);
        let strict = InspectionPolicy { bac_fallback: false, ..InspectionPolicy::default() };
        let inspection = read(&mut card, &mrz(), &strict);
        let forbidden = (Check::Bac, Outcome::NotPerformed, Some(Cause::ForbiddenByPolicy));
        check(&inspection, Overall::Access, &[failed, forbidden]);
    }
}

#[test]
fn a08_blocked_or_suspended_password_stops_at_once() {
    for status in [0x63C1, 0x6983, 0x6985] {
        let fault = CardFault::PlainStatusAt(FIRST_PACE_COMMAND, status);
        let mut card = SyntheticCard::new(issued(&Making::default())).with_fault(fault);
        let inspection = read(&mut card, &mrz(), &InspectionPolicy::default());
        check(&inspection, Overall::Access, &[(Check::Pace, Outcome::Failed, Some(Cause::KeyBlocked))]);
        assert_eq!(inspection.apdu_count, FIRST_PACE_COMMAND + 1);
    }
}

/// EF.CardAccess with more entries than the card was issued with.
fn with_card_access(extra: &[&[u8]]) -> SyntheticCard {
    let mut data = issued(&Making::default());
    let file = data.master_files.get_mut(&FileId::CardAccess.fid()).unwrap();
    let entries = single(file, 0x31).unwrap().value.to_vec();
    *file = encode(0x31, &[entries.as_slice(), &extra.concat()].concat());
    SyntheticCard::new(data)
}

#[test]
fn offer_that_was_changed_on_the_way_is_found_by_its_signed_copy() {
    // PACE with integrated mapping, AES-128, parameters 13: weaker or not, it is not what was signed.
    let integrated = b"\x30\x12\x06\x0A\x04\x00\x7F\x00\x07\x02\x02\x04\x04\x02\x02\x01\x02\x02\x01\x0D";
    let inspection = read(&mut with_card_access(&[integrated]), &can(), &InspectionPolicy::default());
    let differs = (Check::CardAccessCopy, Outcome::Failed, Some(Cause::ListDiffers));
    check(&inspection, Overall::Fail, &[(Check::Pace, GOOD, None), differs]);
}

#[test]
fn entries_that_nobody_knows_are_skipped() {
    let unknown: [&[u8]; 2] = [b"\x30\x06\x06\x01\x2A\x02\x01\x07", b"\x30\x00"];
    let inspection = read(&mut with_card_access(&unknown), &can(), &InspectionPolicy::default());
    check(&inspection, Overall::Pass, &[(Check::CardAccessCopy, GOOD, None)]);
}

#[test]
fn broken_card_access_is_a_warning_and_the_usual_parameters_are_tried() {
    let mut data = issued(&Making::default());
    data.master_files.insert(FileId::CardAccess.fid(), vec![0x31, 0x03, 0x30, 0x7F, 0x00]);
    let inspection = read(&mut SyntheticCard::new(data), &can(), &InspectionPolicy::default());
    let malformed = (Check::CardAccess, Outcome::Undetermined, Some(Cause::Malformed));
    check(&inspection, Overall::Warn, &[malformed, (Check::Pace, GOOD, Some(Cause::FallbackUsed))]);
}
