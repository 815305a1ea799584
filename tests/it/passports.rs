//! A candidate with a passport: its printed lines open it, its number and state match it, and the registry of citizens is not
//! asked about it.

use crate::desk_support::{Bench, World, card, check_ins, is_idle, person};
use diemdanh::cccd::holder::{Holder, HolderError};
use diemdanh::cccd::mrz_line::PrintedLine;
use diemdanh::cccd::number::PersonalNumber;
use diemdanh::cccd::passport::HolderNumber;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::view::{CaseView, Headline, LineWord};
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::lab::card::CardData;
use diemdanh::lab::issuer::passport::Passport;
use diemdanh::lab::issuer::people::Person;
use diemdanh::lab::issuer::{Issuer, Making, groups};
use diemdanh::lab::registry_stub::StubSettings;
use diemdanh::record::{AttendanceEvent, RegistryState};
use diemdanh::roster::MatchReason;
use proptest::prelude::*;
use std::fs;

const OWN: Passport = Passport { state: "VNM", number: "C0990017" };
const LAO: Passport = Passport { state: "LAO", number: "PA0990026" };

/// Each state signs its own passports.
fn issuer(state: &str) -> Issuer {
    match state {
        "VNM" => Issuer::lab().unwrap(),
        other => Issuer::named(&format!("CSCA {other}"), &other[..2]).unwrap(),
    }
}

fn book(person: &Person, passport: Passport) -> CardData {
    issuer(passport.state).issue(person, &Making { passport: Some(passport), ..Making::default() }).unwrap()
}

/// A desk whose list names this document for the first person, with a registry that would answer.
fn listed_as(id_number: &str) -> (World, Bench) {
    let world = World::asking(StubSettings::default());
    let path = world.path("roster.csv");
    let list = fs::read_to_string(&path).unwrap();
    assert!(list.contains(&person(0).number));
    fs::write(&path, list.replacen(&person(0).number, id_number, 1)).unwrap();
    trust(&world);
    let bench = world.open();
    (world, bench)
}

fn trust(world: &World) {
    for state in ["LAO", "KHM", "USA"] {
        fs::write(world.path("trust").join(format!("{state}.cer")), issuer(state).country_signer_der()).unwrap();
    }
}

/// Both lines as a swipe reader types them, and the passport on the reader.
fn swiped(bench: &Bench, passport: &Passport) -> CaseView {
    for line in passport.lines(&person(0)) {
        bench.enter(&line);
    }
    bench.field.insert(card(&book(&person(0), passport.clone())));
    bench.decided()
}

fn match_reasons(case: &CaseView) -> Vec<MatchReason> {
    case.lines
        .iter()
        .find_map(|line| match &line.word {
            LineWord::FailedMatch(_, reasons) => Some(reasons.clone()),
            _ => None,
        })
        .unwrap_or_default()
}

#[test]
fn a_passport_is_read_matched_by_number_and_state_and_recorded() {
    for (listed, passport) in [("C0990017", OWN), ("VNM C0990017", OWN), ("LAO PA0990026", LAO)] {
        let (world, bench) = listed_as(listed);
        let case = swiped(&bench, &passport);
        assert_eq!(
            (case.signal, case.headline),
            (Signal::Ok, Headline::AdmitWithoutRegistry),
            "{listed} {:?} {:?}",
            case.reasons,
            case.lines
        );
        assert!(case.reasons.contains(&Failure::Passport), "{:?}", case.reasons);
        assert!(case.person.number_masked.reveal().starts_with(passport.state));
        bench.decide(Choice::Admit);
        bench.stop();
        let events = world.events();
        let entry = events.iter().find_map(|event| match event {
            AttendanceEvent::CheckIn(entry) => Some(entry.clone()),
            _ => None,
        });
        let entry = entry.unwrap();
        assert_eq!((entry.access.as_str(), entry.registry), ("pace-mrz", RegistryState::NotAsked));
        let remarks: Vec<&str> = entry.remarks.iter().map(|code| code.as_str()).collect();
        assert_eq!(remarks, ["g12", "n14"], "the kind of document, and who was not asked");
        let is_asked = |event: &AttendanceEvent| matches!(event, AttendanceEvent::RegistryRequest { .. });
        assert!(!events.iter().any(is_asked), "the registry is of citizens");
        world.board_agrees();
    }
}

#[test]
fn a_number_of_another_state_is_somebody_elses_until_a_person_says_so() {
    for (listed, passport) in
        [("C0990017", Passport { state: "LAO", ..OWN }), ("LAO PA0990026", Passport { state: "KHM", ..LAO })]
    {
        let (world, bench) = listed_as(listed);
        let case = swiped(&bench, &passport);
        assert_eq!((case.headline, match_reasons(&case)), (Headline::Ask, vec![MatchReason::StateDiffers]), "{listed}");
        bench.stop();
        assert_eq!(check_ins(&world.events()), 0);
    }
}

/// The passport's number is digits alone, and somebody's personal number in the list: a state may call a passport so.
#[test]
fn digits_of_a_passport_are_nobodys_personal_number() {
    for state in ["VNM", "USA"] {
        let world = World::alone();
        trust(&world);
        let bench = world.open();
        let case = swiped(&bench, &Passport { state, number: "208000017" });
        assert_ne!(case.headline, Headline::Admit, "{state}");
        assert_eq!(match_reasons(&case), [MatchReason::SameNameAndBirthDate]);
        bench.stop();
    }
}

/// Whoever's QR was scanned, the passport that lies there is not that person's card.
#[test]
fn a_card_s_digits_do_not_vouch_for_a_passport() {
    let (_world, bench) = listed_as("C0990017");
    let mut data = book(&person(0), OWN);
    data.can = Some(diemdanh::bits::secret::Secret::new(person(1).can().to_owned()));
    bench.tap(&person(1), card(&data));
    let case = bench.decided();
    assert_eq!(case.headline, Headline::Ask);
    assert!(case.reasons.contains(&Failure::KeyOfAnother), "{:?}", case.reasons);
    bench.stop();
}

/// A card whose DG1 was changed into a passport's, and whose DG13 is gone: nobody signed that, so nothing is asked less of it.
#[test]
fn a_card_that_only_says_it_is_a_passport_is_stopped() {
    let (_world, bench) = listed_as("C0990017");
    let mut data = crate::desk_support::good(&person(0));
    data.files.insert(0x0101, book(&person(0), OWN).files[&0x0101].clone());
    data.files.remove(&0x010D);
    bench.tap(&person(0), card(&data));
    let case = bench.decided();
    assert_eq!((case.headline, case.signal), (Headline::Stop, Signal::Stop), "{:?}", case.reasons);
    bench.stop();
}

#[test]
fn a_first_line_alone_and_a_misread_one_say_what_to_do() {
    let (_world, bench) = listed_as("C0990017");
    let [first, second] = OWN.lines(&person(0));
    bench.enter(&first);
    assert_eq!(bench.notice(), Failure::PassportSecondLine);
    let misread = second.replacen('9', "8", 1);
    bench.enter(&misread);
    let told = |view: &diemdanh::checkin::view::View| match &view.screen {
        diemdanh::checkin::view::Screen::Idle(idle) => idle.notice == Some(Failure::PrintedLineMisread),
        _ => false,
    };
    bench.wait("the misread line", told);
    bench.enter(&second.to_lowercase());
    bench.field.insert(card(&book(&person(0), OWN)));
    assert_eq!(bench.decided().headline, Headline::AdmitWithoutRegistry);
    bench.desk.send(Input::Back);
    bench.wait("the idle desk", is_idle);
    bench.stop();
}

/// Three lines of a card, each ended: the first opens it, the others get in nobody's way.
#[test]
fn a_card_is_opened_by_the_first_of_its_printed_lines() {
    let world = World::alone();
    let bench = world.open();
    let mrz = groups::mrz(&person(0));
    for line in mrz.as_bytes().chunks(30) {
        bench.enter(std::str::from_utf8(line).unwrap());
    }
    bench.field.insert(card(&crate::desk_support::good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    // The next one is swiped while this one is undecided: her first line waits, whatever comes behind it.
    let next = groups::mrz(&person(1));
    for line in next.as_bytes().chunks(30) {
        bench.enter(std::str::from_utf8(line).unwrap());
    }
    bench.decide(Choice::Admit);
    bench.field.remove();
    bench.field.insert(card(&crate::desk_support::good(&person(1))));
    let case = bench.wait("the next one", |view| {
        crate::desk_support::ready(&view.screen).is_some_and(|case| *case.person.name.reveal() == person(1).full_name)
    });
    drop(case);
    bench.stop();
}

#[test]
fn what_no_document_is_called_opens_nothing() {
    let card = |text: &str| PrintedLine::read(text);
    assert_eq!(card("Nguyễn Văn Mẫu"), None);
    assert_eq!(card("099208000017|1|A<B|15022008|Nam|x|01012024"), None);
    assert_eq!(card(""), None);
    let mrz = groups::mrz(&person(0));
    let number = PersonalNumber::parse(&person(0).number).unwrap();
    assert_eq!(card(&mrz), Some(PrintedLine::Card(number.clone())));
    assert_eq!(card(&mrz[..30].to_lowercase()), Some(PrintedLine::Card(number)));
    assert_eq!(card(&mrz[30..60]), Some(PrintedLine::Beside));
    for names in ["IA<<MAU<DINH<<<<<<<<<<<<<<<<<<", "IDVNM<<IDVNM<<<<<<<<<<<<<<<<<<", "I<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"]
    {
        assert_eq!(card(names), Some(PrintedLine::Beside), "{names}: a third line is no misread first one");
    }
    assert_eq!(card("IDUTOA99208000171<<<<<<<<<<<<<"), Some(PrintedLine::Misread), "a first line of another card");
    let other = mrz[..30].replacen("99", "98", 1);
    assert_eq!(card(&other), Some(PrintedLine::Misread));
    let [first, second] = LAO.lines(&person(0));
    assert_eq!(card(&first), Some(PrintedLine::FirstOfPassport));
    let Some(PrintedLine::Key(key, None)) = card(&second) else { panic!("the second line opens it") };
    assert_eq!(key, AccessKey::mrz("PA0990026", "080215", "330215"));
    let Some(PrintedLine::Key(both, Some(passport))) = card(&format!("{first}\n{second}")) else { panic!("both") };
    assert_eq!((both, passport.state(), passport.reveal()), (key, "LAO", "PA0990026"));
}

#[test]
fn a_passport_s_holder_is_in_its_printed_lines() {
    let dg1 = |data: &CardData| data.files[&0x0101].clone();
    let (holder, _) = Holder::from_files(&dg1(&book(&person(0), LAO)), None).unwrap();
    let HolderNumber::Passport(number) = &holder.number else { panic!("a passport") };
    assert_eq!((number.state(), number.reveal()), ("LAO", "PA0990026"));
    assert_eq!(
        (holder.full_name.reveal().as_str(), holder.birth_date.reveal().as_str()),
        ("NGUYEN VAN MAU", "2008-02-15")
    );
    assert_eq!(number.masked(), "LAO PA••••26");
    assert!(!format!("{holder:?}{number:?}").contains("0990026"));
    let grandmother = Person { birth: jiff::civil::date(1931, 3, 8), ..person(0) };
    let (holder, _) = Holder::from_files(&dg1(&book(&grandmother, OWN)), None).unwrap();
    assert_eq!(holder.birth_date.reveal(), "1931-03-08");
    let visa =
        dg1(&book(&person(0), OWN)).iter().map(|byte| if *byte == b'P' { b'V' } else { *byte }).collect::<Vec<_>>();
    assert_eq!(Holder::from_files(&visa, None).err(), Some(HolderError::NotAnIdentityCard));
}

proptest! {
    /// One character misread is never a key, wherever it stands in what opens the document.
    #[test]
    fn one_misread_character_opens_nothing(place in 0_usize..27, other in "[A-Z0-9<]") {
        let [_, second] = LAO.lines(&person(0));
        let mut misread = second.clone();
        misread.replace_range(place..=place, &other);
        let is_protected = !(10..13).contains(&place) && place != 20;
        // The check digit takes letters by tens: A and K and U are one to it, so is 0 and the filler.
        let value = |text: &str| u32::from_str_radix(text, 36).unwrap_or(0) % 10;
        if is_protected && value(&other) != value(&second[place..=place]) {
            prop_assert_eq!(PrintedLine::read(&misread), Some(PrintedLine::Misread));
        }
    }

    /// Whatever is entered: no text makes the reader of printed lines panic.
    #[test]
    fn any_text_is_a_line_or_none(text in "\\PC{0,130}|[A-Z0-9<]{30}|[A-Z0-9<]{44}|[A-Z0-9<]{88}|[A-Z0-9<]{90}") {
        let _ = PrintedLine::read(&text);
    }
}
