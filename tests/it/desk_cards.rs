//! Bad cards at the real desk: each has its screen, its code and its entry, and the next card works.

use crate::desk_support::{Bench, World, card, check_ins, chip_failure, failed_reads, good, is_idle, made, person};
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::view::{Headline, LineWord, Screen, View};
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::lab::card::{CardData, CardFault, SyntheticCard};
use diemdanh::lab::issuer::{Fault, Issuer, Making};

/// The card is lifted at the command with this index, and put back as soon as the desk asks for it. Returns how many
/// commands the second contact took.
fn lifted_and_put_back(bench: &Bench, spoilt: SyntheticCard, data: &CardData, command: u32) -> u32 {
    bench.tap(&person(0), spoilt.with_fault(CardFault::LiftedAt(command)));
    let asks = |view: &View| match &view.screen {
        Screen::Reading(reading) => reading.interrupted == Some(Failure::CardLifted),
        screen => chip_failure(screen) == Some(Failure::CardLifted),
    };
    bench.wait("the question for the card", asks);
    bench.field.insert(card(data));
    assert_eq!(bench.decided().headline, Headline::Admit, "lifted at command {command}");
    bench.decide(Choice::Admit);
    bench.field.remove().unwrap().apdu_count()
}

/// How many commands a desk sends to a card.
fn commands_of(world: &World, whole: SyntheticCard) -> u32 {
    let bench = world.open();
    bench.tap(&person(0), whole);
    bench.decided();
    let count = bench.field.remove().unwrap().apdu_count();
    bench.stop();
    count
}

#[test]
fn c10_card_lifted_at_every_apdu_and_put_back_at_the_desk() {
    let data = good(&person(0));
    lifted_at_each(&data, || card(&data), 1);
}

/// A card without extended length has the same script with many more READ BINARY.
#[test]
fn card_of_short_answers_lifted_and_put_back() {
    let data = good(&person(0));
    lifted_at_each(&data, || card(&data).with_fault(CardFault::ShortOnly), 7);
}

fn lifted_at_each(data: &CardData, make: impl Fn() -> SyntheticCard, step: usize) {
    let world = World::alone();
    let commands = commands_of(&world, make());
    assert!(commands > 15, "{commands} commands");
    for command in (0..commands).step_by(step) {
        let journal = format!("lifted-{command}");
        world.use_journal(&journal);
        let bench = world.open();
        let again = lifted_and_put_back(&bench, make(), data, command);
        assert!(again <= commands, "lifted at {command}: {again} commands");
        // The last command reads a file alone: what was read before it is not read again.
        assert!(command + 2 < commands || again < commands, "lifted at {command}: {again} of {commands}");
        bench.stop();
        let events = world.events_in(&journal);
        assert_eq!(check_ins(&events), 1, "lifted at command {command}");
        assert_eq!(failed_reads(&events), ["c01"], "lifted at command {command}");
    }
    world.board_agrees();
}

/// Lifted and put back while the command that was lost is still out: no second putting-down is asked for.
#[test]
fn card_put_back_before_the_loss_is_noticed() {
    let world = World::alone();
    let data = good(&person(0));
    let bench = world.open();
    bench.field.set_delay_ms(300);
    bench.tap(&person(0), card(&data));
    bench.wait("a reading", |view| matches!(view.screen, Screen::Reading(_)));
    bench.field.remove();
    bench.field.insert(card(&data));
    bench.field.set_delay_ms(0);
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.stop();
    assert_eq!(check_ins(&world.events()), 1);
}

#[test]
fn c11_another_card_put_back_is_another_person() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))).with_fault(CardFault::LiftedAt(3)));
    let lifted = |view: &View| match &view.screen {
        Screen::Reading(reading) => reading.interrupted.is_some(),
        screen => chip_failure(screen) == Some(Failure::CardLifted),
    };
    bench.wait("an interruption", lifted);
    bench.field.insert(card(&good(&person(2))));
    // The key of the first person does not open the card of the second.
    assert_eq!(bench.notice(), Failure::KeyRefused);
    bench.stop();
    assert_eq!(check_ins(&world.events()), 0);
}

#[test]
fn wrong_key_is_said_and_the_card_stays() {
    let world = World::alone();
    let bench = world.open();
    let data = good(&person(0));
    bench.enter("111111");
    bench.field.insert(card(&data));
    assert_eq!(bench.notice(), Failure::KeyRefused);
    bench.enter(&person(0).qr());
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.stop();
    assert_eq!(failed_reads(&world.events()), ["c02"]);
    world.board_agrees();
}

#[test]
fn what_is_no_key_is_said_and_nothing_is_read() {
    let world = World::alone();
    let bench = world.open();
    for text in ["không có ai", "12345678901234567890", "099", "|||", "\u{feff}", &"9".repeat(5_000)] {
        bench.enter(text);
    }
    assert_eq!(bench.notice(), Failure::KeyUnknown);
    bench.stop();
    assert!(failed_reads(&world.events()).is_empty());
}

/// A card that ends before anybody is known: the notice, the entry, and a good card right after it.
#[track_caller]
fn ends_before_anybody_is_known(spoilt: SyntheticCard, expected: Failure) {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), spoilt);
    assert_eq!(bench.notice(), expected);
    bench.field.remove();
    // The next key is not for a card whose going the desk has not heard of yet.
    bench.wait("an empty field", |view| !view.status.card_present);
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.stop();
    let events = world.events();
    assert_eq!(failed_reads(&events), [expected.code().to_ascii_lowercase()]);
    assert_eq!(check_ins(&events), 1);
    world.board_agrees();
}

#[test]
fn card_that_is_no_id_card() {
    ends_before_anybody_is_known(SyntheticCard::new(CardData::empty()), Failure::NotAnIdCard);
}

fn cut(index: usize, file: FileId, keep: usize) -> SyntheticCard {
    let mut data = good(&person(index));
    data.files.get_mut(&file.fid()).unwrap().truncate(keep);
    card(&data)
}

/// The file says that it is longer than any file of a card may be.
fn boasting(file: FileId) -> SyntheticCard {
    let mut data = good(&person(0));
    let bytes = data.files.get_mut(&file.fid()).unwrap();
    let tag = bytes[0];
    bytes.splice(0..4, [tag, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]);
    card(&data)
}

#[test]
fn identity_file_cut_short() {
    for keep in [0, 1, 3, 40] {
        ends_before_anybody_is_known(cut(0, FileId::Dg(1), keep), Failure::FileDamaged);
    }
}

#[test]
fn identity_file_that_says_it_is_endless() {
    ends_before_anybody_is_known(boasting(FileId::Dg(1)), Failure::FileDamaged);
}

/// A card of a known person that somebody has to decide on: the signal, the first reason, and the entry.
#[track_caller]
fn ends_in_a_decision(spoilt: SyntheticCard, signal: Signal, reason: Failure) {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), spoilt);
    let case = bench.decided();
    assert_eq!((case.signal, case.reasons.first()), (signal, Some(&reason)), "{:?}", case.reasons);
    let good_by_that_data = case.lines.iter().filter(|line| line.word == LineWord::Good).count();
    assert!(good_by_that_data == 0 || reason == Failure::SignerUnknown, "{:?}", case.lines);
    bench.decide(Choice::Refer);
    bench.stop();
    let events = world.events();
    let referred = format!("{:?}", events.iter().rev().nth(1).unwrap());
    assert!(referred.contains("Referred") && referred.contains(&reason.code().to_ascii_lowercase()), "{referred}");
    assert_eq!(check_ins(&events), 0);
    world.board_agrees();
}

#[test]
fn other_file_cut_short_or_endless() {
    for file in [FileId::Sod, FileId::Dg(2), FileId::Dg(13)] {
        ends_in_a_decision(cut(0, file, 3), Signal::Attention, Failure::FileDamaged);
        ends_in_a_decision(cut(0, file, 40), Signal::Attention, Failure::FileDamaged);
        ends_in_a_decision(boasting(file), Signal::Attention, Failure::FileDamaged);
    }
}

#[test]
fn altered_and_cloned_cards_stop() {
    let faulty = |fault| card(&made(&person(0), &Making::with_fault(fault)));
    ends_in_a_decision(faulty(Fault::TamperedDg1), Signal::Stop, Failure::DataAltered);
    ends_in_a_decision(faulty(Fault::TamperedGroup(2)), Signal::Stop, Failure::DataAltered);
    ends_in_a_decision(faulty(Fault::WrongSignature), Signal::Stop, Failure::DataAltered);
    ends_in_a_decision(faulty(Fault::Clone), Signal::Stop, Failure::ChipNotProven);
}

#[test]
fn card_of_an_unknown_signer_asks() {
    let data = Issuer::unknown().unwrap().issue(&person(0), &Making::default()).unwrap();
    ends_in_a_decision(card(&data), Signal::Attention, Failure::SignerUnknown);
}

#[test]
fn c12_card_that_goes_mute_is_said_and_may_come_back() {
    let world = World::alone();
    let bench = world.open();
    let data = good(&person(0));
    bench.tap(&person(0), card(&data).with_fault(CardFault::MuteFrom(6)));
    assert_eq!(bench.interruption(), Failure::CardMute);
    bench.field.remove();
    bench.field.insert(card(&data));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
    bench.next();
    bench.wait("the idle screen", is_idle);
    bench.stop();
    assert_eq!(failed_reads(&world.events()), ["c07"]);
    world.board_agrees();
}
