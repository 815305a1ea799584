//! What `exam check` says: one row a rule, and the exam that is broken in nothing else.

use diemdanh::bits::{random::SeededRandom, secret::Secret};
use diemdanh::lists::Weight;
use diemdanh::office::Files;
use diemdanh::office::exam::{Exam, Fault, Operator, Policy, Role, Session, Settings, check};
use diemdanh::package::operators::{PinCost, PinLock};

fn session(id: &str, title: &str, start: &str) -> Session {
    let start = start.parse().unwrap();
    Session { id: id.to_owned(), title: title.to_owned(), opens: None, start, last_entry: None, report_due: None }
}

fn exam() -> Exam {
    let mut settings = Settings::new("so.example", "tn", "Kỳ thi");
    settings.sessions =
        vec![session("b1", "Buổi 1", "2026-06-26T00:35:00Z"), session("b2", "Buổi 2", "2026-06-26T07:35:00Z")];
    Exam::read(&Exam::new_files(&settings)).unwrap()
}

/// What is said of `change` and not of the exam without it.
fn news(change: impl FnOnce(&mut Exam)) -> Vec<Fault> {
    let mut exam = exam();
    let before = check(&exam);
    change(&mut exam);
    check(&exam).into_iter().filter(|fault| !before.contains(fault)).collect()
}

fn hours(time: jiff::Timestamp, hours: i64) -> jiff::Timestamp {
    time + jiff::SignedDuration::from_hours(hours)
}

#[test]
fn sessions_that_cannot_be_meant() {
    let title = news(|exam| exam.settings.sessions[1].title = "Buổi 1".to_owned());
    assert_eq!(title, [Fault::SessionTitle { title: "Buổi 1".to_owned() }]);
    assert_eq!(news(|exam| exam.settings.sessions.iter_mut().for_each(|one| one.title.clear())), []);
    let overlap = news(|exam| exam.settings.sessions[1].opens = Some(exam.settings.sessions[0].start));
    assert_eq!(overlap, [Fault::Overlap { one: "b1".to_owned(), other: "b2".to_owned() }]);
    assert_eq!(overlap[0].weight(), Weight::Warning);
    for (start, is_far) in
        [("9999-01-01T00:00:00Z", true), ("1999-01-01T00:00:00Z", true), ("2030-01-01T00:00:00Z", false)]
    {
        let said = news(|exam| exam.settings.sessions[1].start = start.parse().unwrap());
        assert_eq!(said.iter().any(|fault| matches!(fault, Fault::FarSession { .. })), is_far, "{start}: {said:?}");
    }
    let long =
        news(|exam| exam.settings.sessions[1].last_entry = Some(hours(exam.settings.sessions[1].start, 2 * 8760)));
    assert_eq!(long, [Fault::LongSession { id: "b2".to_owned() }]);
    assert_eq!(news(|exam| exam.settings.sessions[1].last_entry = Some(hours(exam.settings.sessions[1].start, 1))), []);
}

#[test]
fn names_that_are_folders() {
    for name in ["..", ".", ".git"] {
        let said = news(|exam| exam.settings.sessions[0].id = name.to_owned());
        assert_eq!(said, [Fault::Name { file: "exam.toml", name: name.to_owned() }]);
        let said = news(|exam| exam.settings.id = name.to_owned());
        assert_eq!(said, [Fault::Name { file: "exam.toml", name: name.to_owned() }]);
    }
}

#[test]
fn rooms_that_take_nobody() {
    let said = news(|exam| (exam.settings.room_capacity, exam.settings.last_room_capacity) = (0, 0));
    let places = ["room_capacity", "last_room_capacity"].map(|place| Fault::NoPlaces { place: place.to_owned() });
    assert_eq!(said, places);
}

#[test]
fn pins_that_are_cheap_to_guess() {
    let lock = |cost| PinLock::make(&Secret::new("482917".to_owned()), cost, &mut SeededRandom::new("pin")).unwrap();
    let somebody = |cost| Operator {
        code: "td-1".to_owned(),
        name: "Mẫu".to_owned(),
        role: Role::HeadOfSite,
        site: String::new(),
        pin: Some(lock(cost)),
        telephone: None,
        revoked: None,
    };
    assert_eq!(news(|exam| exam.operators.push(somebody(PinCost::LEAST))), [Fault::WeakPin("td-1".to_owned())]);
    assert_eq!(news(|exam| exam.operators.push(somebody(PinCost::default()))), []);
}

#[test]
fn rules_that_nobody_wrote_or_could_go_by() {
    for text in [None, Some(""), Some("\n  \n")] {
        let mut files: Files = Exam::new_files(&Settings::new("so.example", "tn", "Kỳ thi"));
        files.remove("policy.toml");
        files.extend(text.map(|text| ("policy.toml".to_owned(), text.as_bytes().to_vec())));
        let said = check(&Exam::read(&files).unwrap());
        assert!(said.contains(&Fault::UsualRules), "{text:?}: {said:?}");
    }
    let key = "so.example+01234567+AAAA";
    type Row = (fn(&mut Policy), Weight);
    let rows: [Row; 9] = [
        (|rules| rules.registry_key = "khóa".to_owned(), Weight::Error),
        (|rules| rules.witness_key = "khóa".to_owned(), Weight::Error),
        (|rules| rules.evidence_recipient = "ai đó".to_owned(), Weight::Error),
        (|rules| rules.registry_wait_ms = 30_001, Weight::Error),
        (|rules| rules.paper_folder = "giay".to_owned(), Weight::Error),
        (|rules| rules.paper_folder = "/".to_owned(), Weight::Error),
        (|rules| rules.paper_folder = "/media/../etc".to_owned(), Weight::Error),
        (|rules| rules.registry_required = true, Weight::Warning),
        (|rules| rules.witness_required = true, Weight::Warning),
    ];
    for (index, (change, weight)) in rows.into_iter().enumerate() {
        let said = news(|exam| change(&mut exam.policy));
        assert_eq!(said.iter().map(Fault::weight).collect::<Vec<_>>(), [weight], "{index}: {said:?} {key}");
    }
}

/// The rules that the file writes are those that it reads.
#[test]
fn rules_come_back_as_they_were_written() {
    let mut rules = Policy { registry_required: true, registry_key: "x \"y\"".to_owned(), ..Policy::default() };
    rules.card_types[0].since = Some("2021-01-01".parse().unwrap());
    rules.card_types.push(rules.card_types[0].clone());
    assert_eq!(Policy::read(rules.write().as_bytes()).unwrap(), rules);
    assert_eq!(Policy::read(b"").unwrap(), Policy::default());
    assert!(Policy::read(b"registry_requird = true\n").is_err(), "a misspelt rule is no missing rule");
}
