//! The machine-readable zone on the standard's own figures and on a synthetic Vietnamese one.

use diemdanh::emrtd::mrz::{CheckField, Mrz, MrzError, MrzFormat, check_digit};

const VIETNAM: &str =
    concat!("IDVNM2080000172099208000017<<8", "0802156M3302152VNM<<<<<<<<<<<4", "NGUYEN<<VAN<MAU<<<<<<<<<<<<<<<");
/// ICAO Doc 9303-5 appendix B: a long document number.
const TD1_LONG: &str =
    concat!("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<");
/// ICAO Doc 9303-4 appendix B.
const TD3: &str =
    concat!("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10");
/// ICAO Doc 9303-6 appendix B.
const TD2: &str = concat!("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6");

fn parse(text: &str) -> Mrz {
    Mrz::parse(text.as_bytes()).expect("a good MRZ")
}

/// `text` with the character at `position` replaced.
fn changed(text: &str, position: usize, character: char) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    characters[position] = character;
    characters.into_iter().collect()
}

#[test]
fn check_digits_of_9303_3_appendix_a() {
    for case in crate::vector::cases("icao/check-digits-part3-app-a.json") {
        let input = crate::vector::text(&case, "input");
        let digit = case["check_digit"].as_u64().and_then(|digit| char::from_digit(digit as u32, 10));
        assert_eq!(Some(check_digit(input.as_bytes())), digit, "{input}");
    }
}

#[test]
fn vietnamese_card_reads_right() {
    let mrz = parse(VIETNAM);
    assert_eq!(mrz.format, MrzFormat::Td1);
    assert_eq!((mrz.document_code.as_str(), mrz.issuer.as_str()), ("ID", "VNM"));
    assert_eq!(mrz.document_number.reveal(), "208000017");
    assert_eq!(mrz.optional.reveal(), "099208000017<<8");
    assert_eq!((mrz.birth.reveal().as_str(), mrz.sex, mrz.expiry.reveal().as_str()), ("080215", 'M', "330215"));
    assert_eq!((mrz.primary.reveal().as_str(), mrz.secondary.reveal().as_str()), ("NGUYEN", "VAN MAU"));
    assert_eq!(mrz.wrong_digits, []);
}

#[test]
fn passport_and_td2_read_right() {
    let passport = parse(TD3);
    assert_eq!(passport.document_number.reveal(), "L898902C3");
    assert_eq!(passport.optional.reveal(), "ZE184226B");
    assert_eq!(passport.secondary.reveal(), "ANNA MARIA");
    assert_eq!(passport.wrong_digits, []);
    let card = parse(TD2);
    assert_eq!(card.document_number.reveal(), "D23145890");
    assert_eq!(card.wrong_digits, []);
}

#[test]
fn long_document_number_goes_on_in_the_optional_data() {
    let mrz = parse(TD1_LONG);
    assert_eq!(mrz.document_number.reveal(), "D23145890734");
    assert!(!mrz.wrong_digits.contains(&CheckField::DocumentNumber));
}

#[test]
fn d_dg1_each_wrong_check_digit_is_named() {
    let rows: [(&str, usize, &[CheckField]); 11] = [
        (VIETNAM, 14, &[CheckField::DocumentNumber, CheckField::Composite]),
        (VIETNAM, 36, &[CheckField::Birth, CheckField::Composite]),
        (VIETNAM, 44, &[CheckField::Expiry, CheckField::Composite]),
        (VIETNAM, 59, &[CheckField::Composite]),
        (TD3, 44 + 9, &[CheckField::DocumentNumber, CheckField::Composite]),
        (TD3, 44 + 19, &[CheckField::Birth, CheckField::Composite]),
        (TD3, 44 + 27, &[CheckField::Expiry, CheckField::Composite]),
        (TD3, 44 + 42, &[CheckField::Optional, CheckField::Composite]),
        (TD3, 44 + 43, &[CheckField::Composite]),
        (TD2, 36 + 9, &[CheckField::DocumentNumber, CheckField::Composite]),
        (TD2, 36 + 35, &[CheckField::Composite]),
    ];
    for (text, position, expected) in rows {
        let digit = text.as_bytes()[position];
        let other = char::from(if digit == b'9' { b'8' } else { digit + 1 });
        assert_eq!(parse(&changed(text, position, other)).wrong_digits, expected, "{position} of {text}");
    }
}

#[test]
fn empty_optional_data_of_a_passport_may_have_a_filler_as_check_digit() {
    let line = "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<";
    let protected = [&line[0..10], &line[13..20], &line[21..43]].concat();
    let text = format!("{}{line}{}", &TD3[..44], check_digit(protected.as_bytes()));
    assert_eq!(parse(&text).wrong_digits, []);
}

#[test]
fn d_dg1_wrong_lengths_and_characters_are_refused() {
    for length in [0, 1, 71, 73, 87, 89, 91, 1000] {
        assert_eq!(Mrz::parse(&vec![b'<'; length]), Err(MrzError::WrongLength { found: length }));
    }
    let small = changed(VIETNAM, 61, 'g');
    assert_eq!(Mrz::parse(small.as_bytes()), Err(MrzError::IllegalCharacter { position: 61 }));
}
