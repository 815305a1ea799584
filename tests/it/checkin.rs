//! The brain: what a person at the desk finds, what is asked, what is written, and what is never green.

use diemdanh::checkin::chip::ChipReading;
use diemdanh::checkin::context::{DeskPolicy, SessionTimes};
use diemdanh::checkin::event::*;
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::step::step;
use diemdanh::checkin::view::*;
use diemdanh::emrtd::report::Overall;
use diemdanh::package::Rules;
use diemdanh::record::AttendanceEvent;
use diemdanh::registry::{Answer, CardInvalidReason, NotAskedReason, RequestId};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::needles::holds_nobody;
use crate::record_support;

use crate::checkin_support::*;

#[test]
fn good_card_is_admitted_and_recorded_only_after_the_log_says_so() {
    let mut desk = Desk::usual();
    let verdict = desk.good_person(HERE).verdict();
    assert_eq!((verdict.signal, verdict.headline), (Signal::Ok, Headline::Admit));
    assert_eq!(verdict.place.as_ref().map(|place| place.room.as_str()), Some("0012"));
    let recorded = desk.chose(Choice::Admit).verdict();
    assert_eq!(recorded.headline, Headline::RecordedAdmit);
    assert!(matches!(recorded.stage, StageView::Recorded(_)));
    assert!(desk.written.iter().any(|event| matches!(event, AttendanceEvent::CheckIn(_))));
}

#[test]
fn nothing_is_green_before_portrait_and_registry_are_in() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good());
    assert_eq!(desk.verdict().signal, Signal::Working);
    desk.finished(good());
    assert_eq!(desk.verdict().signal, Signal::Working, "the registry has not answered");
    desk.chose(Choice::Admit);
    assert!(matches!(desk.verdict().stage, StageView::Deciding(_)), "a button that is not offered does nothing");
}

#[test]
fn silent_registry_leaves_the_local_verdict_standing_and_is_asked_again() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(3_000);
    assert_eq!(desk.verdict().signal, Signal::Ok);
    desk.answers(Answer::NotAsked { why: NotAskedReason::Unreachable });
    desk.chose(Choice::Admit).go_on();
    assert_eq!(desk.asked.len(), 1);
    desk.later(31_000);
    assert_eq!(desk.asked.len(), 2, "asked again");
    assert_eq!(desk.asked[0], desk.asked[1], "the same question");
}

#[test]
fn second_tap_of_one_person_is_already_in() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::Admit).go_on().lift();
    desk.good_person(HERE);
    let Screen::AlreadyIn(case) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert!(case.arrival.is_some());
    desk.chose(Choice::ReEntry);
    assert!(desk.written.iter().any(|event| matches!(event, AttendanceEvent::ReEntry { .. })));
    let admitted = desk.written.iter().filter(|event| matches!(event, AttendanceEvent::CheckIn(_))).count();
    assert_eq!(admitted, 1);
}

#[test]
fn a_second_card_of_somebody_who_is_in_is_reported_and_lets_nobody_in() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::Admit).go_on().lift();
    desk.good_person(HERE).chose(Choice::ReportDuplicate);
    let reported =
        desk.written.iter().filter(|event| matches!(event, AttendanceEvent::DuplicateReported { .. })).count();
    assert_eq!((reported, desk.state.as_ref().expect("a state").arrivals.len()), (1, 1));
}

#[test]
fn wrong_room_is_shown_the_way() {
    let mut desk = Desk::usual();
    desk.good_person(OTHER_ROOM);
    let Screen::Elsewhere(case) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert_eq!(case.place.map(|place| place.room), Some("0015".to_owned()));
    desk.chose(Choice::Directed);
    assert!(desk.written.iter().any(|event| matches!(event, AttendanceEvent::Elsewhere { .. })));
}

#[test]
fn findings_that_need_a_person_are_never_green_and_can_be_referred() {
    let rows: [(&str, ChipReading, Answer, Signal, Failure); 6] = [
        (NOBODY, good(), matched(), Signal::Attention, Failure::NotListed),
        (HERE, chip(Overall::Fail, Some(Failure::DataAltered)), matched(), Signal::Stop, Failure::DataAltered),
        (HERE, chip(Overall::Fail, Some(Failure::ChipNotProven)), matched(), Signal::Stop, Failure::ChipNotProven),
        (
            HERE,
            chip(Overall::Unknown, Some(Failure::SignerUnknown)),
            matched(),
            Signal::Attention,
            Failure::SignerUnknown,
        ),
        (HERE, good(), Answer::NotFound, Signal::Attention, Failure::RegistryNotFound),
        (
            HERE,
            good(),
            Answer::CardInvalid { reason: CardInvalidReason::Revoked },
            Signal::Stop,
            Failure::RegistryCardInvalid,
        ),
    ];
    for (number, chip, answer, signal, failure) in rows {
        let mut desk = Desk::usual();
        desk.scan(number).card().identity(number, chip.clone()).finished(chip).answers(answer);
        let verdict = desk.verdict();
        assert_eq!((verdict.signal, verdict.reasons.first()), (signal, Some(&failure)));
        desk.chose(Choice::Admit);
        assert!(!desk.written.iter().any(|event| matches!(event, AttendanceEvent::CheckIn(_))), "{failure:?}");
        desk.chose(Choice::Refer);
        assert!(desk.written.iter().any(|event| matches!(event, AttendanceEvent::Referred { .. })), "{failure:?}");
    }
}

#[test]
fn not_admitted_asks_for_a_reason() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::NotAdmitted);
    assert_eq!(desk.verdict().stage, StageView::ChoosingReason);
    desk.give(Event::Input(Input::Back));
    assert!(matches!(desk.verdict().stage, StageView::Deciding(_)));
    desk.chose(Choice::NotAdmitted).reason(NotAdmittedReason::PortraitDiffers);
    assert!(desk.written.iter().any(|event| matches!(event, AttendanceEvent::NotAdmitted { .. })));
}

#[test]
fn wrong_key_keeps_the_card_and_asks_again_without_trying_by_itself() {
    let mut desk = Desk::usual();
    desk.card().give(Event::Input(Input::Entered("000000".to_owned())));
    assert_eq!(desk.reads, 1);
    desk.finished(chip(Overall::Access, Some(Failure::KeyRefused)));
    let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert_eq!((idle.notice, idle.instruction), (Some(Failure::KeyRefused), Instruction::GiveKey));
    desk.later(10_000);
    assert_eq!(desk.reads, 1, "never by itself");
    desk.scan(HERE);
    assert_eq!(desk.reads, 2);
}

#[test]
fn lifted_card_is_read_again_when_it_comes_back() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().lift().finished(chip(Overall::Retry, Some(Failure::CardLifted)));
    let Screen::Reading(reading) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert_eq!(reading.interrupted, Some(Failure::CardLifted));
    desk.card();
    assert_eq!(desk.reads, 2);
    assert!(desk.written.iter().any(|event| matches!(event, AttendanceEvent::ReadFailed { .. })));
}

#[test]
fn another_card_put_back_is_another_case() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).lift();
    desk.finished(chip(Overall::Retry, Some(Failure::CardLifted))).card();
    assert_eq!(desk.reads, 2);
    desk.identity(OTHER_ROOM, good()).finished(good()).answers_well();
    let case = desk.verdict();
    assert_eq!(case.person.candidate_number.as_deref(), Some("01000002"), "nothing is left of the first");
    assert_eq!(case.reasons, [Failure::KeyOfAnother], "the first one's digits opened it");
}

#[test]
fn failed_record_stops_the_desk_and_shows_no_record() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).later(400);
    let meaning = desk.meaning();
    let state = desk.state.take().expect("a state");
    let (state, _) = step(&desk.context, state, desk.now, Event::Input(Input::Chose(Choice::Admit, meaning)));
    let failed = Event::RecordFailed { failure: Failure::DiskFull };
    let (state, _) = step(&desk.context, state, desk.now, failed);
    desk.state = Some(state);
    let Screen::Halted(halted) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert_eq!(halted.failure, Failure::DiskFull);
    desk.good_person_is_ignored();
}

impl Desk {
    fn good_person_is_ignored(&mut self) {
        self.scan(HERE).card();
        assert!(matches!(self.screen(), Screen::Halted(_)));
    }
}

#[test]
fn arrival_times_follow_the_session() {
    let start = record_support::at(7_200).wall;
    let rows = [(-90, Signal::Attention), (-20, Signal::Ok), (8, Signal::Attention), (16, Signal::Attention)];
    for (minutes, signal) in rows {
        let policy = DeskPolicy { session: Some(SessionTimes::around(start)), ..DeskPolicy::default() };
        let mut desk = Desk::new(policy);
        let milliseconds = u64::try_from((120 + minutes) * 60_000).expect("after the opening");
        desk.later(milliseconds);
        let verdict = desk.good_person(HERE).verdict();
        assert_eq!(verdict.signal, signal, "{minutes} minutes");
        let StageView::Deciding(choices) = verdict.stage else { panic!("not deciding") };
        let may_admit = (-60..=15).contains(&minutes);
        assert_eq!(choices.contains(&Choice::Admit), may_admit, "{minutes} minutes");
    }
}

#[test]
fn every_row_of_the_search_is_by_request_and_a_look_is_written() {
    let mut desk = Desk::usual();
    desk.give(Event::Input(Input::Typed("mau".to_owned())));
    let Screen::Idle(idle) = desk.screen() else { panic!("not idle") };
    assert_eq!(idle.found.len(), 1);
    desk.give(Event::Input(Input::Picked(idle.found[0].id)));
    assert!(desk.written.iter().any(|event| matches!(event, AttendanceEvent::PersonViewed { .. })));
    desk.card();
    assert_eq!(desk.reads, 1, "the row's number opens the card");
}

fn any_overall() -> impl Strategy<Value = (Overall, Option<Failure>)> {
    prop_oneof![
        Just((Overall::Pass, None)),
        Just((Overall::Warn, Some(Failure::ChipNotAsked))),
        Just((Overall::Unknown, Some(Failure::SignerUnknown))),
        Just((Overall::Fail, Some(Failure::DataAltered))),
        Just((Overall::Access, Some(Failure::KeyRefused))),
        Just((Overall::Retry, Some(Failure::CardLifted))),
    ]
}

fn any_answer() -> impl Strategy<Value = Option<Answer>> {
    prop_oneof![
        Just(None),
        Just(Some(matched())),
        Just(Some(Answer::NotFound)),
        Just(Some(Answer::UnknownCode { code: "X7".to_owned() })),
        Just(Some(Answer::NotAsked { why: NotAskedReason::TimedOut })),
        Just(Some(Answer::CardInvalid { reason: CardInvalidReason::Lost })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn green_means_proven(
        number in prop_oneof![Just(HERE), Just(OTHER_ROOM), Just(NOBODY)],
        first in any_overall(),
        last in any_overall(),
        answer in any_answer(),
        required: bool,
        waited in 0_u64..5_000,
    ) {
        let mut desk = Desk::new(DeskPolicy { rules: Rules { registry_required: required, ..Rules::default() }, ..DeskPolicy::default() });
        desk.scan(number).card().identity(number, chip(first.0, first.1)).finished(chip(last.0, last.1)).later(waited);
        if let Some(answer) = answer.clone() {
            desk.answers(answer);
        }
        let green = matches!(desk.screen(), Screen::Verdict(case) if case.signal == Signal::Ok);
        let good_answer = matches!(answer, Some(Answer::Match { .. }));
        let silent = desk.asked.is_empty() || matches!(answer, None | Some(Answer::NotAsked { .. }));
        if green {
            prop_assert!(last.0 == Overall::Pass && number == HERE);
            prop_assert!(good_answer || (silent && !required));
        }
    }
}

#[test]
fn printed_states_and_views_name_nobody() {
    let mut desk = Desk::usual();
    let search = |desk: &Desk, place: &str| {
        holds_nobody(place, format!("{:?} {:?}", desk.state.as_ref(), desk.screen()).as_bytes());
    };
    desk.give(Event::Input(Input::Typed("Nguyễn Văn Mẫu".to_owned())));
    search(&desk, "a search");
    desk.scan(HERE);
    search(&desk, "a key");
    desk.card().identity(HERE, good());
    search(&desk, "an identity and a question");
    desk.finished(good()).chose(Choice::Admit);
    search(&desk, "a decision");
}

/// Nobody at the desk misses that the second medium is gone, and nobody hears of it twice.
#[test]
fn lost_second_copy_is_shown_until_it_is_back() {
    let mut desk = Desk::usual();
    assert_eq!(desk.status().copy, CopyHealth::Off);
    let rows = [CopyHealth::Unknown, CopyHealth::Whole, CopyHealth::Lost, CopyHealth::Whole, CopyHealth::Foreign];
    for copy in rows {
        desk.give(Event::SecondCopy(copy));
        assert_eq!(desk.status().copy, copy);
    }
    let sounds = |copy: CopyHealth, desk: &mut Desk| {
        let (state, effects) =
            step(&desk.context, desk.state.take().expect("a state"), desk.now, Event::SecondCopy(copy));
        desk.state = Some(state);
        effects.len()
    };
    assert_eq!(sounds(CopyHealth::Lost, &mut desk), 1, "an attention");
    assert_eq!(sounds(CopyHealth::Lost, &mut desk), 0, "told once");
    assert_eq!(sounds(CopyHealth::Whole, &mut desk), 0);
}

#[test]
fn questions_of_earlier_segments_are_counted() {
    let mut desk = Desk::usual();
    desk.give(Event::Backlog([1, 2, 3].map(|id| RequestId([id; 16])).to_vec()));
    assert_eq!(desk.status().pending, 3);
}

/// A registry that the rules require has its time to answer before its silence is a question for a person.
#[test]
fn a_required_registry_is_waited_for_before_its_silence_is_a_reason() {
    let rules = Rules { registry_required: true, ..Rules::default() };
    let mut desk = Desk::new(DeskPolicy { rules, ..DeskPolicy::default() });
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    assert_eq!(desk.verdict().headline, Headline::Working);
    desk.later(2_500);
    assert_eq!((desk.verdict().headline, desk.verdict().reasons), (Headline::Ask, vec![Failure::RegistrySlow]));
}

/// The times of this place say nothing about somebody who is expected elsewhere.
#[test]
fn who_is_expected_elsewhere_is_not_late_here() {
    let mut desk = Desk::usual();
    let start = desk.now.wall - SignedDuration::from_hours(5);
    desk = Desk::new(DeskPolicy { session: Some(SessionTimes::around(start)), ..DeskPolicy::default() });
    desk.good_person(OTHER_ROOM);
    let Screen::Elsewhere(case) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert_eq!(case.reasons, [Failure::Elsewhere]);
}

/// A search shows six rows and says how many people it leaves out, counted as far as anybody cares.
#[test]
fn a_search_says_how_many_more_there_are() {
    for (people, more) in [(2, More::Nobody), (6, More::Nobody), (7, More::Exactly(1)), (80, More::MoreThan(50))] {
        let mut list = "SBD,Họ và tên,Ngày sinh,Số CCCD,Phòng thi,Số ghế\n".to_owned();
        for number in 1..=people {
            list.push_str(&format!("0100{number:04},Trần Văn Mẫu,15/02/2008,09920800{number:04},0012,{number}\n"));
        }
        let mut desk = Desk::of(&list, DeskPolicy::default());
        desk.give(Event::Input(Input::Typed("mau".to_owned())));
        let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
        assert_eq!((idle.found.len(), idle.more), (people.min(6), more), "{people}");
    }
}

/// The card of somebody who was left undecided still lies there: neither the next person's key nor a slip of the keyboard
/// makes the screen say that all is done.
#[test]
fn a_card_that_was_left_undecided_is_not_told_as_done_while_it_lies_there() {
    for entered in [qr(OTHER_ROOM), "zz".to_owned()] {
        let mut desk = Desk::usual();
        desk.good_person(HERE).give(Event::Input(Input::Back)).give(Event::Input(Input::Entered(entered)));
        let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
        let told = (idle.instruction, idle.unrecorded.map(|name| name.reveal().clone()));
        assert_eq!(told, (Instruction::TakeCardAway, Some("Nguyễn Văn Mẫu".to_owned())));
        desk.lift().give(Event::Input(Input::Entered(qr(OTHER_ROOM))));
        let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
        assert_eq!((idle.instruction, idle.unrecorded), (Instruction::PlaceCard, None), "the next person has come");
    }
}
