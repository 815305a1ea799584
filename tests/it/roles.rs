//! What each role may do at a desk: every pair of the table by name.

use diemdanh::package::roles::{Action, Role};

/// The whole table: invigilator, head of site, technician, board.
const TABLE: [(Action, [bool; 4]); 17] = [
    (Action::ReadCard, [true, true, true, true]),
    (Action::LookUp, [true, true, false, true]),
    (Action::Admit, [true, true, false, true]),
    (Action::ReEnter, [true, true, false, true]),
    (Action::Refer, [true, true, false, true]),
    (Action::NotAdmit, [true, true, false, true]),
    (Action::Direct, [true, true, false, true]),
    (Action::ReportDuplicate, [true, true, false, true]),
    (Action::AnswerNotice, [true, true, false, true]),
    (Action::GiveSignal, [true, true, false, true]),
    (Action::EndSession, [true, true, false, true]),
    (Action::DecideException, [false, true, false, true]),
    (Action::AnswerAlarm, [false, true, false, true]),
    (Action::Examine, [false, true, true, true]),
    (Action::Unlock, [false, true, false, true]),
    (Action::Overrule, [true, true, true, true]),
    (Action::AnswerForOverrule, [false, true, false, true]),
];

#[test]
fn every_role_may_what_the_table_says_and_nothing_else() {
    assert_eq!(TABLE.map(|(action, _)| action), Action::ALL, "an action has no row, or stands in another place");
    for (action, row) in TABLE {
        for (role, may) in Role::ALL.into_iter().zip(row) {
            assert_eq!(role.may(action), may, "{role:?} {action:?}");
        }
    }
}

#[test]
fn a_technician_decides_on_nobody() {
    let left: Vec<Action> = Action::ALL.into_iter().filter(|action| Role::Technician.may(*action)).collect();
    assert_eq!(left, [Action::ReadCard, Action::Examine, Action::Overrule]);
}
