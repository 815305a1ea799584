//! A restart loses nobody who waits, and no news: what the journal gives is what stood on the screen.

use crate::checkin_support::{Desk, HERE, NOBODY, OTHER_ROOM, PIN, chip, good};
use crate::staffed::*;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Event, Input, NotAdmittedReason};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::state::State;
use diemdanh::checkin::view::*;
use diemdanh::emrtd::report::Overall;
use diemdanh::record::RegistryState;
use diemdanh::registry::{Answer, CardInvalidReason, NotAskedReason};

/// The same desk, started again over its journal.
pub(crate) fn restart(desk: &mut Desk) {
    let before = desk.state.take().unwrap();
    let mut state = State::new(&desk.context, before.on_duty, desk.log.arrivals(), before.head, desk.now);
    state.take_up_standing(&desk.context, desk.log.standing());
    desk.state = Some(state);
}

/// Everything of who waits that a journal can hold.
fn waiting(desk: &Desk) -> Vec<String> {
    let all = &desk.state.as_ref().unwrap().waiting;
    let said = all.iter().map(|one| {
        let open = one.question.as_ref().filter(|(_, answer)| answer.is_none()).map(|(id, _)| *id);
        format!("{:?} {:?} {:?} {:?} {:?} {open:?}", one.candidate, one.document, one.chip, one.registry, one.causes)
    });
    said.collect()
}

fn same_after_restart(desk: &mut Desk, what: &str) {
    let before = (waiting(desk), desk.news().map(|news| NewsView { more: 0, ..news }));
    restart(desk);
    let after = (waiting(desk), desk.news().map(|news| NewsView { more: 0, ..news }));
    assert_eq!(before, after, "{what}");
}

fn asking(on_duty: &str) -> Desk {
    let mut desk = desk_of(on_duty);
    desk.context.policy.registry_asked = true;
    desk
}

fn revoked() -> Answer {
    Answer::CardInvalid { reason: CardInvalidReason::Revoked }
}

/// One thing that happens at a desk.
type Step = fn(&mut Desk);

#[test]
fn who_waits_is_the_same_after_a_restart_at_every_step() {
    let steps: Vec<(&str, Step)> = vec![
        ("referred while asking", |desk| refer_asking(desk)),
        ("silence says nothing", |desk| {
            desk.answers(Answer::NotAsked { why: NotAskedReason::TimedOut });
        }),
        ("an answer about who waits", |desk| {
            desk.answers(revoked());
        }),
        ("sent again without a card", send_without_card),
        ("whom no list has", |desk| refer(desk, NOBODY)),
        ("expected elsewhere", |desk| refer(desk, OTHER_ROOM)),
        ("a second one", |desk| refer(desk, "099208002235")),
        ("one is kept out", |desk| {
            open_first(desk);
            rule(desk, Ruling::NotAdmit(NotAdmittedReason::Documents));
            prove(desk, "tdt-01", PIN);
            desk.go_on();
        }),
        ("another comes with a card", |desk| let_in(desk, "099208002235")),
    ];
    for count in 1..=steps.len() {
        let mut desk = asking("gt-01");
        for (_, step) in &steps[..count] {
            step(&mut desk);
            desk.later(1_000);
        }
        same_after_restart(&mut desk, steps[count - 1].0);
    }
}

#[test]
fn who_waits_after_a_restart_is_ruled_about_like_before() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    refer(&mut desk, NOBODY);
    restart(&mut desk);
    assert_eq!(idle(&desk).waiting, 2);
    input(&mut desk, Input::OpenWaiting);
    let ExceptionStage::List(rows) = exception(&desk).stage else { panic!() };
    assert_eq!(rows[0].candidate_number.as_deref(), Some("01000001"));
    assert!(rows[1].name.reveal().is_empty(), "the journal holds no name");
    input(&mut desk, Input::PickedWaiting(rows[0].id));
    rule(&mut desk, Ruling::Admit(Ground::PrintedCard));
    prove(&mut desk, "tdt-01", PIN);
    assert_eq!(arrived(&desk), 1);
    restart(&mut desk);
    assert_eq!(idle(&desk).waiting, 1);
    open_first(&mut desk);
    rule(&mut desk, Ruling::NotAdmit(NotAdmittedReason::Documents));
    prove(&mut desk, "tdt-01", PIN);
    restart(&mut desk);
    assert_eq!(idle(&desk).waiting, 0);
}

#[test]
fn an_answer_after_the_restart_stands_beside_who_waits() {
    let mut desk = asking("gt-01");
    refer_asking(&mut desk);
    let question = desk.questions.last().unwrap().clone();
    let about = diemdanh::checkin::news::About {
        candidate: desk.context.roster.ids().first().map(|id| diemdanh::record::CandidateRef(id.0)),
    };
    restart(&mut desk);
    desk.state.as_mut().unwrap().take_up(vec![(question, about)]);
    desk.answers(revoked());
    open_first(&mut desk);
    let causes = exception(&desk).person.unwrap().causes;
    assert_eq!(causes.last(), Some(&Cause::Named(vec![Failure::RegistryCardInvalid])));
    assert_eq!(desk.state.as_ref().unwrap().waiting[0].registry, RegistryState::CardInvalid);
}

#[test]
fn bad_news_is_there_again_until_somebody_answers_for_it() {
    let mut desk = asking("gt-01");
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500);
    desk.chose(Choice::Admit).go_on().lift();
    desk.answers(revoked());
    same_after_restart(&mut desk, "revoked a moment after");
    let news = desk.news().expect("news");
    assert_eq!((news.failure, news.candidate_number.as_deref()), (Failure::RegistryCardInvalid, Some("01000001")));
    desk.later(1).later(400);
    let meaning = desk.meaning();
    input(&mut desk, Input::AnsweredNews(news.question, meaning));
    assert!(desk.news().is_none());
    restart(&mut desk);
    assert!(desk.news().is_none());
}

#[test]
fn what_was_known_before_the_door_is_no_news() {
    let mut desk = asking("gt-01");
    refer_asking(&mut desk);
    desk.answers(revoked());
    open_first(&mut desk);
    rule(&mut desk, Ruling::Admit(Ground::CouncilOrder));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    same_after_restart(&mut desk, "the head of site knew");
    assert!(desk.news().is_none());
    let mut good_one = asking("gt-01");
    good_one.good_person(HERE).chose(Choice::Admit).go_on().lift();
    same_after_restart(&mut good_one, "a match");
    assert!(good_one.news().is_none());
}

#[test]
fn news_about_an_arrival_that_was_taken_back_is_nobodys() {
    let mut desk = asking("gt-01");
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500);
    desk.chose(Choice::Admit).go_on().lift();
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::WrongPerson));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    desk.answers(revoked());
    restart(&mut desk);
    assert!(desk.news().is_none());
}

/// A forged card that was put away undecided, a restart, and the person again with a good one.
#[test]
fn a_contact_that_was_not_proven_is_remembered_over_a_restart() {
    let mut desk = desk_of("gt-01");
    let forged = chip(Overall::Fail, Some(Failure::DataAltered));
    desk.scan(HERE).card().identity(HERE, forged.clone()).finished(forged);
    input(&mut desk, Input::Back);
    desk.lift();
    restart(&mut desk);
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    let Screen::Verdict(case) = desk.screen() else { panic!() };
    assert_eq!(case.reasons, [Failure::EarlierContact]);
}

#[test]
fn a_desk_outside_a_package_takes_nobody_up() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    desk.context.staff = None;
    restart(&mut desk);
    assert_eq!(idle(&desk).waiting, 0);
    desk.give(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
    idle(&desk);
}
