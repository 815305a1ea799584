//! People of one name at the desk: shown side by side, with what tells them apart, and never taken for one another.

use crate::checkin_support::Desk;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::{Event, Input};
use diemdanh::checkin::failure::Signal;
use diemdanh::checkin::view::{Distinction::*, *};
use diemdanh::lab::short_list::short_list;
use diemdanh::roster::{DocumentNumber, HolderFacts, Matching, Place, Roster, match_holder};
use proptest::prelude::*;

/// The holder of the cards here is Nguyễn Văn Mẫu, born on 15 February 2008.
const LIST: &str = "\
SBD,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Phòng thi,Số ghế,Trường
01000001,Nguyễn Văn Mẫu,15/02/2008,Nam,099208000017,0012,7,THPT A
01000002,Nguyen Van Mậu,15/02/2008,Nam,099208004417,0012,8,THPT A
01000003,Nguyễn Văn Mẫu,16/02/2008,Nữ,099308001126,0015,3,THPT B
01000004,Lê Hoàng Giả Định,21/11/2008,Nam,099208002235,0012,9,THPT A
01000005,Lê Thử,21/11/2008,Nam,099208002243,0012,10,THPT A
01000006,Lê Thử,21/11/2008,Nam,123456789,0012,11,THPT A
";

fn desk() -> Desk {
    Desk::of(LIST, DeskPolicy::default())
}

fn typed(text: &str) -> IdleView {
    match desk().give(Event::Input(Input::Typed(text.to_owned()))).screen() {
        Screen::Idle(idle) => idle,
        other => panic!("{other:?}"),
    }
}

/// What is shown, how it reads, and whether it differs.
type Told = (Distinction, String, bool);

/// SBD and what is told about each.
fn told(view: &NamesakesView) -> Vec<(String, Vec<Told>)> {
    let value = |fact: &NamesakeFact| match &fact.value {
        NamesakeValue::Text(text) => text.reveal().clone(),
        NamesakeValue::Sex(sex) => format!("{sex:?}"),
    };
    let facts = |one: &NamesakeView| one.facts.iter().map(|fact| (fact.what, value(fact), fact.differs)).collect();
    view.people.iter().map(|one| (one.number.clone(), facts(one))).collect()
}

/// What was pressed for the people of one list is not meant for those of the next.
#[test]
fn a_list_of_other_people_means_something_else() {
    let mut desk = desk();
    let mut meanings = vec![desk.meaning()];
    for text in ["nguyen van mau", "le thu", ""] {
        meanings.push(desk.give(Event::Input(Input::Typed(text.to_owned()))).meaning());
    }
    assert!(meanings.windows(2).all(|two| two[0] != two[1]), "{meanings:?}");
}

#[test]
fn a_search_that_finds_people_of_one_name_sets_them_side_by_side() {
    let view = typed("nguyen van mau");
    let namesakes = view.namesakes.unwrap();
    assert_eq!((view.found.len(), namesakes.people.len(), namesakes.names_differ), (3, 3, true));
    let row = |born: &str, sex: &str, school: &str, room: &str, seat: &str, number: &str, id: &str| {
        let text = |what, value: &str| (what, value.to_owned(), true);
        let sex = format!("Some({sex})");
        vec![
            text(BirthDate, born),
            text(Sex, &sex),
            text(School, school),
            text(Room, room),
            text(Seat, seat),
            text(Number, number),
            text(IdNumber, id),
        ]
    };
    let expected = [
        row("15/02/2008", "Male", "THPT A", "0012", "7", "01000001", "099208••••17"),
        row("15/02/2008", "Male", "THPT A", "0012", "8", "01000002", "099208••••17"),
        row("16/02/2008", "Female", "THPT B", "0015", "3", "01000003", "099308••••26"),
    ];
    let told: Vec<_> = told(&namesakes).into_iter().map(|(_, facts)| facts).collect();
    assert_eq!(told, expected);
}

#[test]
fn what_looks_the_same_is_not_said_to_differ() {
    let namesakes = typed("lê thử").namesakes.unwrap();
    let seen = told(&namesakes);
    let row = |number: &str, seat: &str, id: &str| {
        let fact = |what, value: &str, differs| (what, value.to_owned(), differs);
        let facts = vec![
            fact(BirthDate, "21/11/2008", false),
            fact(Seat, seat, true),
            fact(Number, number, true),
            fact(IdNumber, id, true),
        ];
        (number.to_owned(), facts)
    };
    let expected = vec![row("01000005", "10", "099208••••43"), row("01000006", "11", "123••••89")];
    assert_eq!((seen, namesakes.names_differ), (expected, false));
    // Somebody who was found alone by SBD has people of the same name all the same.
    let namesakes = typed("01000002").namesakes.unwrap();
    let numbers: Vec<&str> = namesakes.people.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["01000002", "01000001", "01000003"], "the one who was found first");
    let two =
        Desk::of(&LIST.lines().take(3).map(|line| format!("{line}\n")).collect::<String>(), DeskPolicy::default())
            .give(Event::Input(Input::Typed("mau".to_owned())))
            .screen();
    let Screen::Idle(IdleView { namesakes: Some(namesakes), .. }) = two else { panic!("no namesakes") };
    let differing: Vec<_> =
        namesakes.people[0].facts.iter().filter(|fact| fact.differs).map(|fact| fact.what).collect();
    assert_eq!(differing, [Seat, Number], "the numbers read the same, covered");
    assert!(namesakes.people[0].facts.iter().all(|fact| fact.what != IdNumber));
}

#[test]
fn people_of_different_names_stand_in_their_rows() {
    for text in ["le", "01000004", "21/11", "xyz", ""] {
        let view = typed(text);
        let is_pair = text == "le" || text == "21/11";
        assert_eq!(view.namesakes.is_some(), is_pair, "{text}");
        assert!(
            view.namesakes.is_none_or(|namesakes| namesakes.people.iter().all(|one| one.name.reveal() == "Lê Thử")),
            "{text}"
        );
    }
}

#[test]
fn a_card_whose_holder_has_a_namesake_is_green_with_a_remark() {
    let mut desk = desk();
    desk.good_person("099208000017");
    let case = desk.verdict();
    assert_eq!((case.signal, case.headline), (Signal::Ok, Headline::Admit), "twelve digits leave no doubt");
    assert_eq!(case.person.candidate_number.as_deref(), Some("01000001"));
    let namesakes = case.namesakes.unwrap();
    let numbers: Vec<&str> = namesakes.people.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["01000001", "01000002", "01000003"], "the holder first, then who is nearest");
    // Somebody without a namesake has no such line.
    let mut desk = self::desk();
    desk.good_person("099208002235");
    assert_eq!(desk.verdict().namesakes, None);
}

/// The list has the CMND of two people of the holder's name and birth date, and not the number on the card.
#[test]
fn rows_that_fit_alike_are_set_side_by_side_and_a_person_decides() {
    let list = LIST.replace("099208000017", "200000001").replace("099208004417", "200000002");
    let mut desk = Desk::of(&list, DeskPolicy::default());
    desk.good_person("099208000017");
    let case = desk.verdict();
    assert_eq!((case.headline, case.person.candidate_number, case.place), (Headline::Ask, None, None));
    let namesakes = case.namesakes.unwrap();
    let numbers: Vec<&str> = namesakes.people.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["01000001", "01000002"]);
}

/// People who agree in everything that a list has, but for their numbers.
fn crowd(numbers: &[String]) -> Roster {
    let row = |(at, number): (usize, &String)| format!("{at:08},Trần Hai,02/02/2008,{number},P1,1\n");
    let rows: String = numbers.iter().enumerate().map(row).collect();
    let list = format!("SBD,Họ và tên,Ngày sinh,Số CCCD,Phòng thi,Số ghế\n{rows}");
    Roster::new(short_list(&list, &diemdanh::bits::secret::Secret::new([7; 32])).unwrap())
}

proptest! {
    /// Whoever comes out of a crowd of namesakes born on one day: a card is its own row's and nobody else's, and one
    /// digit beside it is a matter for a person.
    #[test]
    fn of_a_crowd_of_namesakes_only_all_twelve_digits_find_one(
        numbers in proptest::collection::btree_set("0992080[0-3]{2}0[0-3]{2}", 2..20),
        pick in any::<prop::sample::Index>(),
        place in 0_usize..12,
        digit in 0_u8..10,
        marks in any::<bool>(),
    ) {
        let numbers: Vec<String> = numbers.into_iter().collect();
        let roster = crowd(&numbers);
        let mut card = pick.get(&numbers).clone();
        card.replace_range(place..=place, &digit.to_string());
        let full_name = if marks { "TRẦN HAI" } else { "TRAN HAI" };
        let facts = HolderFacts {
            number: DocumentNumber::Personal(&card),
            full_name,
            birth_date: Some(jiff::civil::date(2008, 2, 2)),
            old_number: None,
        };
        let here = Place { site: None, session: None, room: None };
        let own = numbers.iter().position(|number| *number == card).and_then(|row| roster.row(row));
        match (match_holder(&roster, &facts, &here), own) {
            (Matching::Exact(id), Some(row)) => prop_assert_eq!(id, row.id),
            (Matching::NeedsDecision { candidates, .. }, None) => prop_assert_eq!(candidates.len(), numbers.len()),
            (other, own) => prop_assert!(false, "{other:?} for {own:?}"),
        }
    }
}
