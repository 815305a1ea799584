//! An exam as a folder of files.

use crate::programs::vietnamese;
use diemdanh::bits::{random::SeededRandom, secret::Pii};
use diemdanh::lists::table::{Limits, Table};
use diemdanh::lists::{Capacity, Intake, Mapping, identity};
use diemdanh::office::Files;
use diemdanh::office::exam::{
    CANDIDATES_FILE, Desk, Exam, ExamError, Fault, OPERATORS_FILE, Operator, Role, Session, Settings, Site, check,
    operators, places,
};
use diemdanh::roster::{Candidate, CandidateId, CandidateNumber, Roster, Sex, canonical};

fn settings() -> Settings {
    let session = Session {
        id: "b1".to_owned(),
        title: "Buổi “1”".to_owned(),
        opens: None,
        start: "2026-06-26T00:35:00Z".parse().unwrap(),
        last_entry: Some("2026-06-26T00:50:00Z".parse().unwrap()),
        report_due: Some("2026-06-26T04:30:00Z".parse().unwrap()),
    };
    Settings { sessions: vec![session], ..Settings::new("board.example", "tn2026", "Kỳ thi \"thử\"") }
}

fn candidate(id: u8, number: &str, id_number: &str) -> Candidate {
    Candidate {
        id: CandidateId([id; 16]),
        number: CandidateNumber::new(number).unwrap(),
        full_name: Pii::new("Nguyễn, Văn \"A\"".to_owned()),
        birth_date: Pii::new("2008-02-15".to_owned()),
        id_number: Pii::new(id_number.to_owned()),
        site: "0901".to_owned(),
        room: "P01".to_owned(),
        seat: "1".to_owned(),
        session: String::new(),
        sex: Some(Sex::Male),
        school: "THPT Mẫu".to_owned(),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let mut files = Exam::new_files(&settings());
    let exam = Exam::read(&files).unwrap();
    assert_eq!((&exam.settings, exam.candidates.len()), (&settings(), 0));
    let people = vec![candidate(2, "01000002", "099208000025"), candidate(1, "01000001", "099208000017")];
    files.extend(exam.with_candidates(people.clone()));
    let desk =
        Desk { id: "ban-01".to_owned(), title: "Bàn 1".to_owned(), site: "0901".to_owned(), room: String::new() };
    files.insert(desk.path(), desk.write().into_bytes());
    let pin = "$diemdanh-pin$v=2$m=65536,t=4,p=1$ZGllbWRhbmg$NznWchLuzkrtJ736qwe36n6Pw+6+WIcgsatzjAZA7UA";
    let head = Operator {
        code: "td-01".to_owned(),
        name: "Trần B".to_owned(),
        role: Role::HeadOfSite,
        site: String::new(),
        pin: Some(operators::PinLock::parse(pin).unwrap()),
        telephone: None,
        revoked: None,
    };
    files.insert(OPERATORS_FILE.to_owned(), operators::write(std::slice::from_ref(&head)).into_bytes());
    files.insert("trust/csca.cer".to_owned(), vec![0x30]);
    let exam = Exam::read(&files).unwrap();
    let mut read: Vec<Candidate> = exam.candidates.iter().collect();
    read.sort_by_key(|one| std::cmp::Reverse(one.id));
    assert_eq!(read, people);
    assert_eq!((exam.desks.as_slice(), exam.operators.as_slice()), (&[desk][..], &[head][..]));
    assert_eq!(exam.sites, [Site { code: "0901".to_owned(), title: String::new() }]);
    assert_eq!((exam.rooms.len(), check(&exam)), (1, vec![]));
    assert_eq!(canonical::write(exam.candidates.iter().collect()), files[CANDIDATES_FILE]);
    assert_eq!(places::write_rooms(&exam.rooms), files["rooms.csv"]);
    let text = String::from_utf8(files[CANDIDATES_FILE].clone()).unwrap();
    assert!(text.starts_with("id,number,") && text.lines().nth(1).unwrap().contains(",01000001,"), "{text}");
}

#[test]
fn files_that_are_wrong_are_named_with_the_line() {
    let good = Exam::new_files(&settings());
    let header = String::from_utf8(good[CANDIDATES_FILE].clone()).unwrap();
    let row = |id: &str, born: &str| format!("{header}{id},01,,An,{born},,,,,,\n");
    let id = "00112233445566778899aabbccddeeff";
    let rows = [
        ("exam.toml", "board = \"b\"\nid = \"x\"\ntitle = \"t\"\ncolour = 1\n".to_owned(), "exam.toml, dòng 4"),
        ("exam.toml", "board = \n".to_owned(), "exam.toml, dòng 1"),
        ("sites.csv", "code,name\n".to_owned(), "sites.csv, dòng 1"),
        ("rooms.csv", "site,room,capacity\n1,P1,many\n".to_owned(), "rooms.csv, dòng 2"),
        ("policy.toml", "bac_fallbak = true\n".to_owned(), "policy.toml, dòng 1"),
        (
            "operators.toml",
            "[[operator]]\ncode = \"a\"\nname = \"b\"\nrole = \"king\"\n".to_owned(),
            "operators.toml, dòng 4",
        ),
        (
            "operators.toml",
            "[[operator]]\ncode = \"a\"\nname = \"b\"\nrole = \"board\"\npin = \"482917\"\n".to_owned(),
            "operators.toml, dòng 5",
        ),
        ("desks/a.toml", "id = \"b\"\ntitle = \"\"\nsite = \"\"\n".to_owned(), "desks/a.toml, dòng 1"),
        ("candidates.csv", String::new(), "dòng 1"),
        ("candidates.csv", header.replace("seat", "chair"), "dòng 1"),
        ("candidates.csv", row("xyz", ""), "dòng 2"),
        ("candidates.csv", row(&id.to_uppercase(), ""), "dòng 2"),
        ("candidates.csv", row(id, "15/02/2008"), "dòng 2"),
        ("candidates.csv", format!("{}{id},02,,An,,,,,,,\n", row(id, "")), "dòng 3"),
        ("candidates.csv", format!("{header}{id},,,An,,,,,,,\n"), "dòng 2"),
        ("candidates.csv", format!("{header}{id},01\n"), "dòng 2"),
    ];
    for (file, text, words) in rows {
        let mut files = good.clone();
        files.insert(file.to_owned(), text.into_bytes());
        let error = Exam::read(&files).map(|_| ()).unwrap_err().said(&vietnamese().forms);
        assert!(error.contains(words) && error.contains(file.split('/').next().unwrap()), "{file}: {error}");
    }
    assert_eq!(Exam::read(&Files::new()).map(|_| ()), Err(ExamError::Missing { file: "exam.toml".to_owned() }));
}

#[test]
fn what_keeps_an_exam_from_being_packed() {
    let mut exam = Exam::read(&Exam::new_files(&settings())).unwrap();
    assert_eq!(check(&exam), [Fault::Nobody, Fault::NoDesk, Fault::NoOperator, Fault::NoTrust]);
    exam.settings.id = "kỳ thi".to_owned();
    exam.settings.sessions[0].last_entry = Some("2026-06-25T00:00:00Z".parse().unwrap());
    let again = exam.settings.sessions[0].clone();
    exam.settings.sessions.push(again);
    exam.settings.last_room_capacity = 0;
    let one = Candidate { session: "Buổi 9".to_owned(), ..candidate(1, "01", "099208000017") };
    exam.candidates = Roster::new(vec![one]);
    let desk = Desk { id: "a".to_owned(), title: String::new(), site: "77".to_owned(), room: String::new() };
    exam.desks.push(desk);
    let said: Vec<String> = check(&exam).iter().map(|fault| fault.said(&vietnamese())).collect();
    for words in ["“kỳ thi”", "“b1” có hai lần", "theo thứ tự", "“Buổi 9”", "“0901”", "sức chứa 0", "“77”"]
    {
        assert!(said.iter().any(|line| line.contains(words)), "{words}: {said:?}");
    }
}

/// People keep their ids when the list comes again, whatever else was changed; nobody gets another's.
#[test]
fn ids_stay_with_their_people() {
    let listed = |rows: &str| {
        let text = format!("SBD,Họ và tên,Ngày sinh,Số CCCD,Phòng thi,Buổi thi\n{rows}");
        let table = Table::read(text.as_bytes(), &Limits::default()).unwrap();
        let mapping = Mapping::find(&table);
        let mut intake = Intake::read(&table, &mapping, &mut |_| ());
        intake.check(&mapping, &Capacity::default());
        intake.into_people()
    };
    let mut random = SeededRandom::new("ids");
    let first = listed(
        "01,An,1/1/2008,099208000017,P1,S1\n02,Bê,1/1/2008,123456789,P1,S1\n03,Cê,1/1/2008,099308000025,P1,S1\n01,An,1/1/2008,099208000017,P1,S2\n",
    );
    let given = identity::give_ids(first, &Roster::default(), &mut random);
    assert_eq!((given.kept, given.new, given.gone), (0, 4, 0));
    let before = Roster::new(given.candidates().collect());
    let id = |given: &identity::Given, number: &str, session: &str| {
        let own = |one: &Candidate| one.number.as_str() == number && one.session == session;
        given.candidates().find(own).unwrap().id
    };
    // 01 got another SBD and room; 02 another document; 03 is somebody else now; 04 is new.
    let second = listed(
        "11,An,1/1/2008,099208000017,P2,S1\n02,Bê,1/1/2008,987654321,P1,S1\n03,Đê,1/1/2008,099308000033,P1,S1\n04,Cê,1/1/2008,099308000041,P1,S1\n01,An,1/1/2008,099208000017,P1,S2\n",
    );
    let again = identity::give_ids(second, &before, &mut random);
    assert_eq!((again.kept, again.new, again.gone), (3, 2, 1));
    assert_eq!(
        (id(&again, "11", "S1"), id(&again, "02", "S1"), id(&again, "01", "S2")),
        (id(&given, "01", "S1"), id(&given, "02", "S1"), id(&given, "01", "S2"))
    );
    let old: Vec<_> = given.candidates().map(|one| one.id).collect();
    assert!(!old.contains(&id(&again, "03", "S1")) && !old.contains(&id(&again, "04", "S1")));
    let written = String::from_utf8(canonical::write(again.candidates().collect())).unwrap();
    let numbers: Vec<&str> = again_numbers(&written);
    assert!(numbers.is_sorted() && numbers.len() == 5, "{numbers:?}");
    assert!(again.candidates().map(|one| one.number.to_string()).eq(numbers), "they come in the order of a roster");
}

fn again_numbers(written: &str) -> Vec<&str> {
    written.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect()
}
