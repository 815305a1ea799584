//! The roster: lists as exam systems write them, search, and who a card's holder is.

use diemdanh::{
    bits::secret::Secret,
    lab::short_list::short_list,
    roster::{CandidateNumber, DocumentNumber, HolderFacts, MatchReason, Matching, Place, Roster, Where, match_holder},
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn key() -> Secret<[u8; 32]> {
    Secret::new([5; 32])
}

fn roster(rows: &str) -> Roster {
    let list = format!("SBD,Họ và tên,Ngày sinh,Số CCCD,Điểm thi,Phòng thi,Số ghế,Buổi thi\n{rows}");
    Roster::new(short_list(&list, &key()).unwrap())
}

fn here(room: Option<&str>) -> Place {
    Place { site: Some("01".to_owned()), session: Some("S1".to_owned()), room: room.map(str::to_owned) }
}

fn holder<'a>(number: &'a str, full_name: &'a str, birth_date: Date) -> HolderFacts<'a> {
    let number = DocumentNumber::Personal(number);
    HolderFacts { number, full_name, birth_date: Some(birth_date), old_number: None }
}

#[test]
fn one_person_in_several_sessions() {
    let roster = roster(
        "01,An,15/02/2008,099208000017,01,P1,1,S1\n01,An,15/02/2008,099208000017,01,P2,2,S2\n02,Bê,1/1/2008,099308000025,01,P1,2,S2\n",
    );
    let an = holder("099208000017", "An", date(2008, 2, 15));
    let Matching::Exact(id) = match_holder(&roster, &an, &here(None)) else { panic!() };
    assert_eq!(roster.get(id).unwrap().room, "P1");
    assert_eq!(roster.by_number(&CandidateNumber::new("01").unwrap()).len(), 2);
    let be = holder("099308000025", "BE", date(2008, 1, 1));
    let place = Where { site: "01".into(), session: "S2".into(), room: "P1".into(), seat: "2".into() };
    assert!(
        matches!(match_holder(&roster, &be, &here(None)), Matching::Elsewhere { place: found, .. } if found == place)
    );
}

#[test]
fn who_the_holder_is() {
    let roster = roster(
        "01,Nguyễn Văn Ân,15/02/2008,099208000017,01,P1,1,S1\n\
         02,Nguyễn Văn An,15/02/2008,123456789,01,P1,2,S1\n\
         03,Lê Thị Đào,01/01/2008,099308000025,02,P9,3,S1\n\
         04,Trần Hai,02/02/2008,099208000033,01,P1,4,S1\n\
         05,Trần Hai,02/02/2008,099208000041,01,P1,5,S1\n\
         06,Phạm Ba,03/03/2008,099208000058,01,P1,6,S1\n\
         07,Phạm Bốn,03/03/2008,099208000058,01,P1,7,S1\n",
    );
    let born = date(2008, 2, 15);
    let number = |id| roster.get(id).unwrap().number.to_string();
    let check = |facts: HolderFacts<'_>, expected: &[&str], why: &[MatchReason]| {
        let Matching::NeedsDecision { candidates, reasons } = match_holder(&roster, &facts, &here(None)) else {
            panic!("{expected:?}: {:?}", match_holder(&roster, &facts, &here(None)))
        };
        assert_eq!(candidates.into_iter().map(number).collect::<Vec<_>>(), expected);
        assert_eq!(reasons, why);
    };
    use MatchReason::*;
    let exact = match_holder(&roster, &holder("099208000017", "NGUYEN VAN AN", born), &here(Some("p1")));
    assert!(matches!(exact, Matching::Exact(id) if number(id) == "01"));
    // The roster still has the nine-digit number that the chip names as the former one.
    let old = HolderFacts { old_number: Some("123456789"), ..holder("099208999999", "Nguyễn Văn An", born) };
    check(old, &["02", "01"], &[OldNumber, SameNameAndBirthDate, SeveralRows]);
    let other_person =
        HolderFacts { old_number: Some("123456789"), ..holder("099208999999", "Lê Bảy", date(1999, 1, 1)) };
    check(other_person, &["02"], &[OldNumber, NameDiffers, BirthDateDiffers]);
    check(holder("099208000017", "Nguyễn Văn Bình", born), &["01"], &[NameDiffers]);
    check(holder("099208000017", "Nguyễn Văn Ân", date(2008, 2, 16)), &["01"], &[BirthDateDiffers]);
    check(holder("099308000025", "Lê Thị Mận", date(2008, 1, 1)), &["03"], &[NameDiffers, BelongsElsewhere]);
    // Namesakes of one name: each card finds its own row, a third card neither for sure.
    let namesake = match_holder(&roster, &holder("099208000041", "Trần Hai", date(2008, 2, 2)), &here(None));
    assert!(matches!(namesake, Matching::Exact(id) if number(id) == "05"));
    check(holder("099208777777", "Trần Hai", date(2008, 2, 2)), &["04", "05"], &[SameNameAndBirthDate, SeveralRows]);
    check(holder("099208000058", "Phạm Ba", date(2008, 3, 3)), &["06", "07"], &[NameDiffers, SeveralRows]);
    let stranger = holder("099208888888", "Không Ai", born);
    assert_eq!(match_holder(&roster, &stranger, &here(None)), Matching::NotListed);
    let no_number = holder("123456789", "Không Ai", born);
    assert_eq!(match_holder(&roster, &no_number, &here(None)), Matching::NotListed, "a CMND is no personal number");
}

#[test]
fn search_as_an_invigilator_types() {
    let roster = roster(
        "01000001,Đỗ Ánh An,15/02/2008,099208000017,01,P1,1,S1\n\
         01000002,An Thị Bình,01/01/2008,099308000025,01,P1,2,S1\n\
         01000003,Nguyễn Thị Anh,01/12/2008,099308000033,01,P1,3,S1\n\
         01000012,Nguyễn Đức Anh Tú,02/02/2008,099208123456,01,P1,4,S1\n",
    );
    let found = |typed: &str| -> Vec<String> {
        roster
            .search(typed, 10)
            .into_iter()
            .map(|row| row.number.as_str().trim_start_matches("0100000").trim_start_matches("010000").to_owned())
            .collect()
    };
    assert_eq!(found("an"), ["1", "3", "2", "12"], "the given name first");
    assert_eq!(found("ÁNH"), ["3", "1", "12"]);
    assert_eq!(found("do an"), ["1"]);
    assert_eq!(found("đ a"), ["1", "12"]);
    assert_eq!(found("n"), ["3", "12"], "one letter is enough");
    assert_eq!(found("nguyen thi anh"), ["3"]);
    assert_eq!(found("anh nguyen"), ["3", "12"]);
    assert_eq!(found("0100000"), ["1", "2", "3"]);
    assert_eq!(found("01000012"), ["12"]);
    assert_eq!(found("12"), ["12"]);
    assert_eq!(found("000025"), ["2"], "the last six digits");
    assert_eq!(found("1/12/2008"), ["3"]);
    assert_eq!(found("01/1"), ["2", "3"]);
    assert_eq!([found(""), found("  "), found("xyz")].concat(), [""; 0]);
    assert_eq!(roster.search("0", 2).len(), 2);
}

#[test]
fn nobody_can_print_a_candidate() {
    let roster = roster("01000001,Nguyễn Văn Ân,15/02/2008,099208000017,01,P1,1,S1\n");
    let printed = format!("{roster:?} {:?}", roster.search("an", 5));
    for secret in ["Nguy", "nguyen", "2008", "099208", "000017"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

proptest! {
    /// Whatever list and card: an automatic match means that all twelve digits are the same.
    #[test]
    fn exact_only_on_twelve_equal_digits(
        numbers in proptest::collection::vec("0992080000[0-2]{2}|[0-9]{9}|[0-9]{11}|", 1..12),
        card in "0992080000[0-2]{2}|[0-9]{9}",
        old in proptest::option::of("[0-9]{9}"),
        names in proptest::collection::vec("An|Ân|Bình", 12),
        name in "An|Ân|Bình",
    ) {
        let rows: String = numbers.iter().zip(&names).enumerate()
            .map(|(index, (number, name))| format!("01{index:06},{name},15/02/2008,{number},01,P1,{index},S1\n"))
            .collect();
        let roster = roster(&rows);
        let facts = HolderFacts { old_number: old.as_deref(), ..holder(&card, &name, date(2008, 2, 15)) };
        let matching = match_holder(&roster, &facts, &here(None));
        if let Matching::Exact(id) | Matching::Elsewhere { candidate: id, .. } = matching {
            let row = roster.get(id).unwrap();
            prop_assert_eq!(row.id_number.reveal(), &card);
            prop_assert_eq!(card.len(), 12);
        }
        // And the other way: the only row with the digits, under the same name, is found.
        let own: Vec<usize> = (0..numbers.len()).filter(|row| numbers[*row] == card && card.len() == 12).collect();
        if let [only] = own.as_slice() && diemdanh::bits::text::fold(&names[*only]) == diemdanh::bits::text::fold(&name) {
            prop_assert_eq!(matching, Matching::Exact(roster.row(*only).unwrap().id));
        }
    }

    /// No bytes make the reader of canonical lists panic.
    #[test]
    fn any_bytes_are_a_list_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,200}") {
        let _ = Roster::from_canonical(&bytes);
        let header = diemdanh::roster::canonical::HEADER.join(",");
        let _ = Roster::from_canonical(format!("{header}\n{text}\n1,{text},{text},{text}").as_bytes());
    }
}

/// What the search promises, without its packing: every row is looked at as text.
fn plainly(roster: &Roster, typed: &str) -> Vec<(usize, String)> {
    let words: Vec<String> = diemdanh::bits::letters::fold_name(typed).split(' ').map(str::to_owned).collect();
    let rank = |row: &diemdanh::roster::Candidate| -> Option<usize> {
        let (number, id_number) = (row.number.as_str(), row.id_number.reveal().as_str());
        if typed.bytes().all(|byte| byte.is_ascii_digit()) {
            return match () {
                () if number == typed || id_number == typed => Some(0),
                () if typed.len() >= 6 && id_number.ends_with(typed) => Some(1),
                () if number.starts_with(typed) => Some(2),
                () if number.ends_with(typed) => Some(3),
                () => None,
            };
        }
        let name = diemdanh::bits::letters::fold_name(row.full_name.reveal());
        let given = name.rsplit(' ').next().unwrap_or_default();
        let fits = |word: &String| name.split(' ').any(|part| part.starts_with(word.as_str()));
        match () {
            () if words.iter().all(|word| number.eq_ignore_ascii_case(word)) => Some(0),
            () if !words.iter().all(fits) => None,
            () if name == words.join(" ") => Some(0),
            () if Some(given) == words.last().map(String::as_str) => Some(1),
            () if words.iter().any(|word| word == given) => Some(2),
            () if words.iter().any(|word| given.starts_with(word.as_str())) => Some(3),
            () => Some(4),
        }
    };
    let mut found: Vec<(usize, String)> =
        roster.iter().filter_map(|row| Some((rank(&row)?, row.number.to_string()))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found
}

proptest! {
    /// The packed search finds what a plain walk over the texts finds, in the same order.
    #[test]
    fn the_search_is_the_plain_search(
        rows in proptest::collection::vec(
            ("([0-9]{1,3}|TS[0-9]{2}|[0-9]{17,18})", "(An|Ân|Đỗ|Nguye\u{302}\u{303}n|Anh|H’Mông)( (Văn|Thị|An|Anh))?( (Bình|An|Ánh|Đạt))?",
             "(0992080000[0-2]{2}|12345678[0-9]|X1234567|)"), 1..30),
        typed in "([0-9]{1,3}|000[0-2]{3}|0992080000[0-2]{2}|ts[0-9]{2}|[a-dđânh]{1,3}|(an|anh|do|nguyen|hm|v) (a|an|anh|b|d))",
    ) {
        let mut seen = std::collections::HashSet::new();
        let lines: String = rows.iter().filter(|(number, ..)| seen.insert(number.clone()))
            .map(|(number, name, id)| format!("{number},{name},15/02/2008,{id},01,P1,,S1\n")).collect();
        let roster = roster(&lines);
        let expected = plainly(&roster, &typed);
        let found: Vec<String> = roster.search(&typed, 1_000).into_iter().map(|row| row.number.to_string()).collect();
        let mut numbers: Vec<String> = expected.iter().map(|(_, number)| number.clone()).collect();
        prop_assert_eq!(&found, &numbers);
        // A short list is the beginning of the long one.
        numbers.truncate(2);
        let short: Vec<String> = roster.search(&typed, 2).into_iter().map(|row| row.number.to_string()).collect();
        prop_assert_eq!(short, numbers);
    }

    /// The quick folding is the folding of the standard: decomposed, without marks, lower case.
    #[test]
    fn folding_is_what_unicode_says(text in "[a-zÀ-ỹĐđ \u{300}-\u{323}İßǄ가Ω]{0,24}") {
        use unicode_normalization::UnicodeNormalization as _;
        let plain: String = text.nfd()
            .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
            .flat_map(char::to_lowercase).map(|character| if character == 'đ' { 'd' } else { character }).collect();
        let expected = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(diemdanh::bits::text::fold(&text), expected);
    }
}

#[test]
fn people_of_one_name_are_told_apart() {
    use diemdanh::roster::Distinction::*;
    let roster = roster(
        "01,Trần Hai,02/02/2008,099208000033,01,P1,4,S1\n\
         02,Tran Hải,02/02/2008,099208000041,01,P2,5,S1\n\
         03,Trần Hai,03/02/2008,099208000058,02,P1,6,S1\n\
         04,Trần Hai,02/02/2008,099208000033,01,P1,4,S2\n\
         05,Trần Hai Ba,02/02/2008,099208000066,01,P1,7,S1\n\
         06,Trần Hai,02/02/2008,099208000074,01,P1,8,S1\n",
    );
    let id = roster.row(0).unwrap().id;
    let told: Vec<_> =
        roster.alike(id, 5).into_iter().map(|one| (one.candidate.number.to_string(), one.differs)).collect();
    let expected = [
        ("06", vec![Seat, Number, IdNumber]),
        ("02", vec![Marks, Room, Seat, Number, IdNumber]),
        ("03", vec![BirthDate, Site, Seat, Number, IdNumber]),
    ];
    assert_eq!(told, expected.map(|(number, differs)| (number.to_owned(), differs)));
    assert_eq!(roster.alike(id, 1).len(), 1);
    assert_eq!(roster.alike(roster.row(4).unwrap().id, 5), []);
}
