//! Nobody gets in without the proofs of that very contact, and nobody decides but a person who saw what a button meant.

use crate::checkin_support::*;
use crate::sign_in;
use diemdanh::checkin::chip::{ChipReading, DataProof};
use diemdanh::checkin::contact::ContactId;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::*;
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::sign_in::OnDuty;
use diemdanh::checkin::view::*;
use diemdanh::emrtd::report::Overall;
use diemdanh::package::Rules;
use diemdanh::record::{AttendanceEvent, RegistryState};
use diemdanh::registry::{Answer, CardInvalidReason, NotAskedReason};
use proptest::prelude::*;

/// Whoever is in already, and a card that proves nothing: every kind of it.
fn unproven() -> Vec<(&'static str, ChipReading, Option<Answer>, Failure)> {
    let fail = |failure| chip(Overall::Fail, Some(failure));
    vec![
        ("signer unknown", chip(Overall::Unknown, Some(Failure::SignerUnknown)), None, Failure::SignerUnknown),
        ("altered", fail(Failure::DataAltered), None, Failure::DataAltered),
        ("cloned", fail(Failure::ChipNotProven), None, Failure::ChipNotProven),
        ("chain", fail(Failure::ChainBroken), None, Failure::ChainBroken),
        ("not asked", chip(Overall::Warn, Some(Failure::ChipNotAsked)), None, Failure::ChipNotAsked),
        (
            "revoked",
            good(),
            Some(Answer::CardInvalid { reason: CardInvalidReason::Revoked }),
            Failure::RegistryCardInvalid,
        ),
        ("other data", good(), Some(Answer::Mismatch { fields: vec![Field::FullName] }), Failure::RegistryMismatch),
    ]
}

#[test]
fn re_entry_asks_for_the_same_proofs_as_admission() {
    for (what, chip, answer, failure) in unproven() {
        let mut desk = Desk::usual();
        desk.good_person(HERE).chose(Choice::Admit).go_on().lift();
        desk.scan(HERE).card().identity(HERE, chip.clone()).finished(chip);
        if let Some(answer) = answer {
            desk.answers(answer);
        }
        let Screen::Verdict(case) = desk.screen() else { panic!("{what}: {:?}", desk.screen()) };
        assert_eq!(case.reasons.first(), Some(&failure), "{what}");
        assert_eq!(case.stage, StageView::Deciding(vec![Choice::Refer, Choice::ReportDuplicate]), "{what}");
        desk.chose(Choice::ReEntry).chose(Choice::Admit);
        assert!(!desk.written.iter().any(|event| matches!(event, AttendanceEvent::ReEntry { .. })), "{what}");
    }
}

#[test]
fn nothing_can_be_pressed_while_a_card_is_being_read() {
    for number in [HERE, OTHER_ROOM, NOBODY] {
        for chip in [good(), chip(Overall::Fail, Some(Failure::ChipNotProven))] {
            let mut desk = Desk::usual();
            desk.good_person(HERE).chose(Choice::Admit).go_on().lift();
            desk.scan(number).card().identity(number, chip);
            for choice in CHOICES {
                desk.chose(choice);
            }
            let case = desk.screen().case().expect("a case").clone();
            assert_eq!(case.stage, StageView::Deciding(vec![]), "{number}");
        }
    }
}

/// An emulator tells a good name and drops the link; a genuine card of that number comes second.
#[test]
fn second_contact_takes_nothing_from_the_first() {
    let mut desk = Desk::usual();
    let (name, expired) = ("Ai Đó Khác", jiff::civil::date(2020, 1, 1));
    desk.scan(HERE).card().identity_of(holder_named(HERE, name, expired), good()).lift();
    desk.finished(chip(Overall::Retry, Some(Failure::CardLifted)));
    assert!(matches!(desk.screen(), Screen::Reading(_)), "{:?}", desk.screen());
    desk.card();
    // The end of the second contact without its own identity is no case.
    desk.finished(good());
    assert!(desk.screen().case().is_none(), "{:?}", desk.screen());
    desk.lift().scan(HERE).card().identity(HERE, good()).finished(good());
    let case = desk.verdict();
    assert_eq!(case.person.name.reveal(), "Nguyễn Văn Mẫu");
    assert!(!case.reasons.contains(&Failure::CardExpired));
}

#[test]
fn news_of_an_earlier_contact_is_not_heard() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card();
    let first = desk.contact;
    desk.lift().finished(chip(Overall::Retry, Some(Failure::CardLifted))).card();
    assert_ne!(desk.contact, first);
    let second = std::mem::replace(&mut desk.contact, first);
    desk.identity(HERE, good()).finished(good());
    assert!(matches!(desk.screen(), Screen::Reading(_)), "{:?}", desk.screen());
    desk.contact = second;
    desk.identity(HERE, chip(Overall::Fail, Some(Failure::DataAltered)));
    desk.contact = first;
    desk.finished(good());
    assert_eq!(desk.verdict().signal, Signal::Stop);
}

#[test]
fn contact_that_was_not_proven_and_lost_stays_visible_with_its_number() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, chip(Overall::Unknown, Some(Failure::SignerUnknown))).lift();
    desk.finished(chip(Overall::Retry, Some(Failure::CardLifted)));
    let lost = |event: &AttendanceEvent| matches!(event, AttendanceEvent::ReadFailed { doc: Some(_), .. });
    assert!(desk.written.iter().any(lost));
    desk.give(Event::Input(Input::Back));
    let case = desk.good_person(HERE).verdict();
    assert_eq!((case.signal, case.reasons.as_slice()), (Signal::Attention, [Failure::EarlierContact].as_slice()));
    desk.give(Event::Input(Input::Back)).lift();
    let other = desk.good_person("099208002235").verdict();
    assert_eq!(other.signal, Signal::Ok, "another number knows nothing of it");
}

#[test]
fn digits_of_another_number_that_opened_the_chip_are_said() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity("099208002235", good()).finished(good()).answers_well();
    let case = desk.verdict();
    assert_eq!(case.reasons, [Failure::KeyOfAnother]);
    desk.chose(Choice::Admit);
    assert_eq!(admissions(&desk.written), 0);
}

#[test]
fn nobody_is_asked_about_data_that_nobody_signed() {
    for chip in [
        chip(Overall::Unknown, Some(Failure::SignerUnknown)),
        chip(Overall::Fail, Some(Failure::DataAltered)),
        ChipReading { data: DataProof::Unproven, ..good() },
    ] {
        let mut desk = Desk::usual();
        desk.scan(HERE).card().identity(HERE, chip.clone()).finished(chip);
        assert!(desk.asked.is_empty());
    }
}

#[test]
fn registry_that_is_required_and_cannot_be_asked_is_a_question_for_a_person() {
    let policy = DeskPolicy {
        registry_asked: false,
        rules: Rules { registry_required: true, ..Rules::default() },
        ..DeskPolicy::default()
    };
    let mut desk = Desk::new(policy);
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    let case = desk.verdict();
    assert_eq!((case.headline, case.reasons.as_slice()), (Headline::Ask, [Failure::RegistryDown].as_slice()));
    desk.chose(Choice::Admit);
    assert_eq!(admissions(&desk.written), 0);
}

#[test]
fn green_without_the_registry_says_so() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    assert_eq!(desk.verdict().headline, Headline::Working);
    desk.later(2_500);
    assert_eq!(desk.verdict().headline, Headline::AdmitWithoutRegistry);
    assert_eq!(desk.verdict().lines[2].word, LineWord::Failed(Failure::RegistrySlow), "nobody waits any more");
    let mut offline = Desk::usual();
    offline.scan(HERE).card().identity(HERE, good()).finished(good());
    offline.answers(Answer::NotAsked { why: NotAskedReason::BreakerOpen });
    assert_eq!(offline.verdict().headline, Headline::AdmitWithoutRegistry, "at once");
}

/// Whoever may not decide is offered nothing, and a press all the same does nothing.
#[test]
fn technician_reads_cards_and_decides_on_nobody() {
    let mut desk = Desk::usual();
    desk.state.as_mut().unwrap().on_duty =
        OnDuty::SignedIn(sign_in::Desk::new().signed_in("kt-01", "604713", sign_in::at(0)));
    desk.good_person(HERE);
    assert_eq!(desk.verdict().stage, StageView::Deciding(vec![]));
    for choice in CHOICES {
        desk.chose(choice);
    }
    assert_eq!(decisions(&desk.written), 0);
    desk.give(Event::Input(Input::Back)).give(Event::Input(Input::Typed("mau".to_owned())));
    let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert!(idle.found.is_empty(), "nor looks anybody up");
    desk.give(Event::Input(Input::EndSession));
    assert!(matches!(desk.screen(), Screen::Idle(_)));
}

#[test]
fn rows_that_stood_on_the_screen_were_looked_at() {
    let mut desk = Desk::usual();
    let looks = |desk: &Desk| {
        let is_look = |event: &&AttendanceEvent| matches!(event, AttendanceEvent::PersonViewed { .. });
        desk.written.iter().filter(is_look).count()
    };
    desk.give(Event::Input(Input::Typed("m".to_owned()))).later(100);
    desk.give(Event::Input(Input::Typed("mau".to_owned()))).later(400);
    assert_eq!(looks(&desk), 0, "nobody reads that fast");
    desk.later(500).later(500).later(500);
    assert_eq!(looks(&desk), 1, "once a search");
}

// -- what counts as a decision --

#[test]
fn press_on_a_screen_that_meant_something_else_decides_nothing() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500).later(400);
    let before = desk.meaning();
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Lost }).later(5_000);
    desk.give(Event::Input(Input::Chose(Choice::Refer, before)));
    assert_eq!(desk.verdict().stage, StageView::Deciding(vec![Choice::Refer, Choice::NotAdmitted]));
}

#[test]
fn for_a_moment_after_the_buttons_changed_nothing_decides() {
    for (waited, decides) in [(0, false), (399, false), (400, true)] {
        // Whoever has looked at the portrait: only the buttons are new.
        let mut desk = Desk::new(DeskPolicy { portrait_guard_ms: 0, ..DeskPolicy::default() });
        desk.good_person(HERE).paints();
        let meaning = desk.meaning();
        desk.later(waited);
        desk.give(Event::Input(Input::Chose(Choice::Admit, meaning)));
        assert_eq!(admissions(&desk.written), usize::from(decides), "{waited} ms");
    }
}

#[test]
fn a_double_press_on_not_admitted_chooses_no_reason() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::NotAdmitted).later(120);
    let meaning = desk.meaning();
    desk.give(Event::Input(Input::Reason(NotAdmittedReason::Conduct, meaning)));
    assert_eq!(desk.verdict().stage, StageView::ChoosingReason);
}

#[test]
fn scan_for_the_next_person_waits_until_this_one_is_decided_on() {
    let mut desk = Desk::usual();
    desk.good_person(HERE);
    desk.give(Event::Input(Input::Scanned(qr("099208002235"))));
    assert_eq!(desk.verdict().headline, Headline::Admit, "nobody is decided on by a scan");
    assert!(desk.waits());
    desk.chose(Choice::Admit).lift().go_on();
    assert!(!desk.waits());
    desk.card().identity("099208002235", good()).finished(good()).answers_well();
    assert_eq!(desk.verdict().headline, Headline::Admit, "the key that waited opened the next card");
    assert_eq!(admissions(&desk.written), 1);
}

#[test]
fn person_left_undecided_is_not_told_as_done() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).give(Event::Input(Input::Back));
    let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert_eq!(idle.unrecorded.map(|name| name.reveal().clone()), Some("Nguyễn Văn Mẫu".to_owned()));
    assert!(idle.last.is_none());
}

// -- what comes later --

#[test]
fn bad_news_about_somebody_who_is_in_stands_until_a_person_answers_it() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500).chose(Choice::Admit).go_on().lift();
    assert!(desk.news().is_none());
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    let news = desk.news().expect("a notice");
    assert_eq!((news.failure, news.candidate_number.as_deref()), (Failure::RegistryCardInvalid, Some("01000001")));
    // It stands on the next person's screens too.
    desk.good_person("099208002235");
    assert!(desk.news().is_some());
    desk.later(400);
    let meaning = desk.meaning();
    desk.give(Event::Input(Input::AnsweredNews(news.question, meaning)));
    assert!(desk.news().is_none());
}

/// The answer comes while the decision is being written, or right after it, while its screen still stands.
#[test]
fn bad_news_in_the_moment_of_the_decision_is_not_lost() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500).chose(Choice::Admit);
    assert_eq!(desk.verdict().headline, Headline::RecordedAdmit);
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    assert!(desk.news().is_some(), "while the recorded screen stands");

    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).paints().later(2_500).later(400);
    let held = desk.hold(Event::Input(Input::Chose(Choice::Admit, desk.meaning())));
    desk.answers(Answer::Mismatch { fields: vec![Field::BirthDate] });
    desk.release(held);
    assert!(desk.news().is_some(), "while it is being written");
}

// -- everything, in any order --

#[derive(Debug, Clone)]
enum Step {
    Scan(&'static str),
    Card,
    Lift,
    Identity(&'static str, usize, bool),
    Finished(usize, bool, bool),
    Painted(bool),
    Answer(usize),
    Press(usize, bool),
    Reason(bool),
    Later(u64),
    Back,
    Continue,
}

const CHOICES: [Choice; 8] = [
    Choice::Admit,
    Choice::Refer,
    Choice::NotAdmitted,
    Choice::ReEntry,
    Choice::ReportDuplicate,
    Choice::Directed,
    Choice::EndSession,
    Choice::EndUnsent,
];

fn chips() -> Vec<ChipReading> {
    vec![
        good(),
        good(),
        good(),
        chip(Overall::Warn, Some(Failure::ChipNotAsked)),
        chip(Overall::Unknown, Some(Failure::SignerUnknown)),
        chip(Overall::Fail, Some(Failure::DataAltered)),
        chip(Overall::Access, Some(Failure::KeyRefused)),
        chip(Overall::Retry, Some(Failure::CardLifted)),
    ]
}

fn answers() -> Vec<Answer> {
    vec![
        matched(),
        matched(),
        Answer::NotFound,
        Answer::Mismatch { fields: vec![Field::Expiry] },
        Answer::CardInvalid { reason: CardInvalidReason::Lost },
        Answer::NotAsked { why: NotAskedReason::TimedOut },
    ]
}

fn numbers() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just(HERE), 1 => Just(OTHER_ROOM), 1 => Just(NOBODY)]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => numbers().prop_map(Step::Scan),
        3 => Just(Step::Card),
        2 => Just(Step::Lift),
        4 => (numbers(), 0..8_usize, any::<bool>()).prop_map(|(number, chip, old)| Step::Identity(number, chip, old)),
        4 => (0..8_usize, any::<bool>(), prop::bool::weighted(0.9))
            .prop_map(|(chip, old, shown)| Step::Finished(chip, old, shown)),
        4 => prop::bool::weighted(0.2).prop_map(Step::Painted),
        3 => (0..6_usize).prop_map(Step::Answer),
        6 => (0..7_usize, any::<bool>()).prop_map(|(choice, stale)| Step::Press(choice, stale)),
        1 => any::<bool>().prop_map(Step::Reason),
        4 => prop_oneof![Just(50), Just(400), Just(590), Just(2_500)].prop_map(Step::Later),
        1 => Just(Step::Back),
        2 => Just(Step::Continue),
    ]
}

/// What really happened, kept by the test itself: the contact that is being read, and what it told.
#[derive(Default)]
struct Facts {
    number: Option<&'static str>,
    first: Option<usize>,
    last: Option<usize>,
    /// The portrait can be shown, and since when the window has shown it.
    portrait: bool,
    painted_ms: Option<u64>,
    of: Option<ContactId>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_path_to_an_admission_without_the_proofs_of_its_contact(
        steps in proptest::collection::vec(any_step(), 4..60),
        required: bool,
    ) {
        let mut desk = Desk::new(DeskPolicy { rules: Rules { registry_required: required, ..Rules::default() }, ..DeskPolicy::default() });
        let (mut facts, mut old_contact, mut old_meaning) = (Facts::default(), ContactId(0), Meaning(0));
        for step in steps {
            let (decided, pressed) = (decisions(&desk.written), matches!(step, Step::Press(..) | Step::Reason(_)));
            let before = desk.meaning();
            play(&mut desk, &step, &mut facts, old_contact, old_meaning);
            let now = decisions(&desk.written);
            prop_assert!(now == decided || (pressed && now == decided + 1), "{step:?} decided");
            if let Some(event) = desk.written.last().filter(|_| now > decided) {
                holds(event, &facts, required, desk.now.boot_ms)?;
            }
            if desk.meaning() != before {
                old_meaning = before;
            }
            if facts.of != Some(desk.contact) {
                (old_contact, facts) = (facts.of.unwrap_or_default(), Facts { of: Some(desk.contact), ..Facts::default() });
            }
        }
    }
}

fn play(desk: &mut Desk, step: &Step, facts: &mut Facts, old_contact: ContactId, old_meaning: Meaning) {
    let current = desk.contact;
    match *step {
        Step::Scan(number) => drop(desk.give(Event::Input(Input::Scanned(qr(number))))),
        Step::Card => {
            desk.card();
        }
        Step::Lift => {
            desk.lift();
        }
        Step::Identity(number, chip, old) => {
            desk.contact = if old { old_contact } else { current };
            desk.identity(number, chips()[chip].clone());
            if !old && facts.number.is_none() && facts.last.is_none() {
                (facts.number, facts.first) = (Some(number), Some(chip));
            }
        }
        Step::Finished(chip, old, shown) => {
            desk.contact = if old { old_contact } else { current };
            if shown {
                desk.finished(chips()[chip].clone());
            } else {
                desk.finished_with(chips()[chip].clone(), PortraitNews::Unreadable);
            }
            if !old && facts.last.is_none() {
                (facts.last, facts.portrait) = (Some(chip), shown);
            }
        }
        Step::Painted(old) => {
            let contact = if old { old_contact } else { current };
            desk.give(Event::Input(Input::Painted(contact)));
            if contact == current && facts.last.is_some() {
                facts.painted_ms.get_or_insert(desk.now.boot_ms);
            }
        }
        Step::Answer(answer) if !desk.asked.is_empty() => {
            desk.answers(answers()[answer].clone());
        }
        Step::Press(choice, stale) => {
            let on = if stale { old_meaning } else { desk.meaning() };
            desk.give(Event::Input(Input::Chose(CHOICES[choice], on)));
        }
        Step::Reason(stale) => {
            let on = if stale { old_meaning } else { desk.meaning() };
            desk.give(Event::Input(Input::Reason(NotAdmittedReason::Documents, on)));
        }
        Step::Later(milliseconds) => {
            desk.later(milliseconds);
        }
        Step::Back => {
            desk.give(Event::Input(Input::Back));
        }
        Step::Continue => {
            desk.go_on();
        }
        Step::Answer(_) => {}
    }
    // A step that began another contact has set the number of that one.
    if matches!(step, Step::Identity(_, _, true) | Step::Finished(_, true, _)) && desk.contact == old_contact {
        desk.contact = current;
    }
}

/// Who was let in told his name, listed here, in a contact that ended well, nobody outside objected, and his portrait has
/// stood on the screen.
fn holds(event: &AttendanceEvent, facts: &Facts, required: bool, now_ms: u64) -> Result<(), TestCaseError> {
    let registry = match event {
        AttendanceEvent::CheckIn(entry) => Some(entry.registry),
        AttendanceEvent::ReEntry { .. } => None,
        _ => return Ok(()),
    };
    prop_assert_eq!(facts.number, Some(HERE));
    prop_assert!(facts.last.is_some_and(|chip| chips()[chip].overall == Overall::Pass));
    let silent = matches!(registry, Some(RegistryState::NotAsked | RegistryState::Pending | RegistryState::Refused));
    let objected = registry.is_some_and(|state| state != RegistryState::Match) && !silent;
    prop_assert!(!objected, "{:?}", registry);
    prop_assert!(!required || !silent, "{:?}", registry);
    let stood_ms = facts.painted_ms.map(|painted_ms| now_ms - painted_ms);
    prop_assert!(!facts.portrait || stood_ms >= Some(1_000), "{:?}", stood_ms);
    Ok(())
}
