//! What two people decide about the person at the desk: a doubt about the portrait, and a refusal.

use crate::checkin_support::{Desk, HERE, PIN, good};
use crate::staffed::*;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Event, Input, NotAdmittedReason};
use diemdanh::checkin::view::*;
use diemdanh::record::AttendanceEvent;
use diemdanh::registry::{Answer, CardInvalidReason};

fn at_the_desk(on_duty: &str) -> Desk {
    let mut desk = desk_of(on_duty);
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    desk
}

fn doubting() -> Desk {
    let mut desk = at_the_desk("gt-01");
    desk.chose(Choice::DoubtPortrait);
    people(&desk);
    desk
}

fn decisions(desk: &Desk) -> Vec<String> {
    let said = |event: &AttendanceEvent| match event {
        AttendanceEvent::PortraitDoubted { second, .. } => Some(format!("doubted, {}", second.as_str())),
        AttendanceEvent::CheckIn(check_in) => {
            Some(format!("in, {:?}", check_in.second.as_ref().map(|code| code.as_str().to_owned())))
        }
        AttendanceEvent::NotAdmitted { reason, second, .. } => {
            Some(format!("out, {}, {:?}", reason.as_str(), second.as_ref().map(|code| code.as_str().to_owned())))
        }
        _ => None,
    };
    desk.written.iter().filter_map(said).collect()
}

#[test]
fn who_is_doubted_goes_in_and_two_people_report_it() {
    let mut desk = doubting();
    assert_eq!(codes(&desk), ["tdt-01", "hd-01"]);
    assert!(exception(&desk).person.unwrap().portrait.is_some(), "she sees the portrait too");
    prove(&mut desk, "tdt-01", PIN);
    assert_eq!(arrived(&desk), 1);
    assert_eq!(desk.verdict().headline, Headline::Recorded(Choice::DoubtPortrait));
    assert_eq!(decisions(&desk), ["doubted, tdt-01", "in, Some(\"tdt-01\")"]);
    desk.go_on().lift();
    assert!(idle(&desk).undo.is_some());
}

#[test]
fn nobody_doubts_alone_and_every_step_leads_back() {
    let mut desk = doubting();
    input(&mut desk, Input::ChoseOperator(0));
    input(&mut desk, Input::EnteredPin(Secret::new("000000".to_owned())));
    assert_eq!(people(&desk).wrong, Some(4));
    assert!(decisions(&desk).is_empty() && arrived(&desk) == 0);
    input(&mut desk, Input::Back);
    assert_eq!(people(&desk).chosen, None);
    input(&mut desk, Input::Back);
    assert_eq!(desk.verdict().headline, Headline::Admit);
    desk.chose(Choice::Admit);
    assert_eq!(decisions(&desk), ["in, None"]);
}

/// A doubt is about somebody who may go in: what comes from the registry meanwhile ends it.
#[test]
fn bad_news_while_the_second_person_comes_lets_nobody_in() {
    for step in 0..3 {
        let mut desk = desk_of("gt-01");
        desk.context.policy.registry_asked = true;
        desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500);
        desk.chose(Choice::DoubtPortrait);
        let mut held = Vec::new();
        if step > 0 {
            input(&mut desk, Input::ChoseOperator(0));
        }
        if step > 1 {
            held = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
        }
        desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
        desk.release(held);
        assert_eq!(desk.verdict().headline, Headline::Stop, "step {step}");
        assert!(decisions(&desk).is_empty() && arrived(&desk) == 0, "step {step}");
    }
}

#[test]
fn bad_news_while_the_doubt_is_written_goes_to_a_person() {
    let mut desk = desk_of("gt-01");
    desk.context.policy.registry_asked = true;
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500);
    desk.chose(Choice::DoubtPortrait);
    input(&mut desk, Input::ChoseOperator(0));
    let checked = desk.hold(Event::Input(Input::EnteredPin(Secret::new(PIN.to_owned()))));
    let written: Vec<Event> = checked.into_iter().flat_map(|event| desk.hold(event)).collect();
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    desk.release(written);
    assert_eq!(arrived(&desk), 1);
    assert!(desk.news().is_some());
}

#[test]
fn a_scan_meanwhile_waits_and_decides_nothing() {
    let mut desk = doubting();
    desk.scan("099208002235");
    people(&desk);
    assert!(desk.waits() && decisions(&desk).is_empty());
    desk.lift();
    prove(&mut desk, "tdt-01", PIN);
    assert_eq!(decisions(&desk).len(), 2);
}

#[test]
fn a_desk_without_a_second_person_offers_no_doubt() {
    let mut desk = at_the_desk("gt-01");
    desk.context.staff = None;
    desk.later(400);
    let StageView::Deciding(choices) = desk.verdict().stage else { panic!() };
    assert_eq!(choices, [Choice::Admit, Choice::Refer, Choice::NotAdmitted]);
    desk.chose(Choice::DoubtPortrait);
    assert_eq!(desk.verdict().headline, Headline::Admit);
}

/// A refusal needs the head's PIN, wherever there is somebody to give one.
#[test]
fn nobody_is_kept_out_by_one_person_alone() {
    let mut desk = at_the_desk("gt-01");
    desk.chose(Choice::NotAdmitted).reason(NotAdmittedReason::Conduct);
    assert!(decisions(&desk).is_empty());
    input(&mut desk, Input::Back);
    assert_eq!(desk.verdict().stage, StageView::ChoosingReason);
    desk.reason(NotAdmittedReason::PortraitDiffers);
    prove(&mut desk, "hd-01", PIN);
    assert_eq!(decisions(&desk), ["out, portrait-differs, Some(\"hd-01\")"]);
    assert_eq!(desk.verdict().headline, Headline::Recorded(Choice::NotAdmitted));
}

#[test]
fn a_desk_outside_a_package_keeps_out_with_one_person() {
    let mut desk = at_the_desk("gt-01");
    desk.context.staff = None;
    desk.later(400);
    desk.chose(Choice::NotAdmitted).reason(NotAdmittedReason::Conduct);
    assert_eq!(decisions(&desk), ["out, conduct, None"]);
}
