//! Secure messaging against the matrix of good and bad exchanges and ICAO Doc 9303-11 Appendix D.

use crate::crypto::cipher;
use crate::vector::{bytes, load, text};
use diemdanh::bits::secret::Secret;
use diemdanh::iso7816::{CommandApdu, ResponseApdu, SecureMessaging, SmError, StatusWord};
use serde_json::Value;

#[test]
fn every_exchange_of_the_matrix() {
    for suite in load("synthetic/secure-messaging-matrix.json")["suites"].as_array().unwrap() {
        let cases = suite["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 17);
        for case in cases {
            check(suite, case);
        }
    }
}

/// The exchanges with these names, with every cipher.
#[track_caller]
fn check_named(names: &[&str]) {
    let mut found = 0;
    for suite in load("synthetic/secure-messaging-matrix.json")["suites"].as_array().unwrap() {
        let cases = suite["cases"].as_array().unwrap();
        for case in cases.iter().filter(|case| names.contains(&text(case, "name"))) {
            check(suite, case);
            found += 1;
        }
    }
    assert_eq!(found, 4 * names.len());
}

#[test]
fn b01_good_read() {
    check_named(&["SELECT EF.DG1, 9000", "READ BINARY SFI 1 Le=20"]);
}

#[test]
fn b02_extended_length() {
    check_named(&["READ BINARY extended Le (DO97 two bytes)"]);
}

#[test]
fn b03_odd_instruction() {
    check_named(&["READ BINARY odd INS B1, offset DO54, answer in DO85 with DO53"]);
}

#[test]
fn b04_end_of_file_with_data() {
    check_named(&["end of file 6282 with data"]);
}

#[test]
fn b05_protected_status() {
    check_named(&["status 6A82 protected"]);
}

#[test]
fn b06_flipped_code() {
    check_named(&["MAC last bit flipped"]);
}

#[test]
fn b07_statuses_differ() {
    check_named(&["DO99 9000, outer SW 6A82", "DO99 6282, outer SW 9000"]);
}

#[test]
fn b08_plain_data() {
    check_named(&["plain 9000 with data, no SM"]);
}

#[test]
fn b09_plain_6988() {
    check_named(&["plain 6988"]);
}

#[test]
fn b10_plain_6700() {
    check_named(&["plain 6700 (seen on CN and others)"]);
}

#[test]
fn b11_no_do8e() {
    check_named(&["no DO8E"]);
}

#[test]
fn b12_no_do99() {
    check_named(&["no DO99"]);
}

#[test]
fn b13_padding_indicator_02() {
    check_named(&["DO87 padding indicator 02"]);
}

#[test]
fn b14_padding_without_80() {
    check_named(&["padding missing 80"]);
}

#[test]
fn b15_old_answer_replayed() {
    check_named(&["response MACed with the old SSC (replay)"]);
}

#[test]
fn bac_trace() {
    let vector = load("icao/bac-appendix-d.json");
    let mut session = SecureMessaging::new(
        cipher("3DES"),
        Secret::new(bytes(&vector, "ks_enc")),
        Secret::new(bytes(&vector, "ks_mac")),
        bytes(&vector, "ssc_initial"),
    );
    for step in vector["sm_trace"].as_array().unwrap() {
        let plain = CommandApdu::parse(&bytes(step, "command_plain")).unwrap();
        assert_eq!(session.protect(&plain).unwrap().encode(), bytes(step, "command_protected"));
        let answer = ResponseApdu::parse(&bytes(step, "response_protected")).unwrap();
        let answer = session.unprotect(&answer).unwrap();
        assert_eq!(answer.data, bytes(step, "response_plain_data"));
        assert_eq!(answer.status.to_string(), text(step, "sw"));
    }
    assert_eq!(session.counter(), bytes(&vector, "ssc_after_trace"));
}

#[test]
fn b16_cryptogram_longer_than_the_answer() {
    let mut session = session_of(&load("synthetic/secure-messaging-matrix.json")["suites"][1]);
    session.protect(&CommandApdu::read_binary(0, 4)).unwrap();
    let answer = ResponseApdu { data: vec![0x87, 0x31, 0x01, 0x00], status: StatusWord::OK };
    assert_eq!(session.unprotect(&answer), Err(SmError::Malformed));
    assert_eq!(session.protect(&CommandApdu::read_binary(0, 4)), Err(SmError::Ended));
}

#[test]
fn b17_counter_never_wraps() {
    for (name, length) in [("3DES", 8), ("128", 16)] {
        let key = || Secret::new(vec![1; 16]);
        let mut session = SecureMessaging::new(cipher(name), key(), key(), vec![0xFF; length]);
        assert_eq!(session.protect(&CommandApdu::read_binary(0, 4)), Err(SmError::CounterExhausted));
        assert!(!session.is_alive());
    }
}

#[test]
fn a_command_that_was_not_sent_takes_its_counter_back() {
    let mut session = session_of(&load("synthetic/secure-messaging-matrix.json")["suites"][0]);
    let before = session.counter().to_vec();
    session.protect(&CommandApdu::read_binary(0, 4)).unwrap();
    session.command_not_sent();
    assert_eq!(session.counter(), before);
}

#[test]
fn commands_of_every_case_are_read_back() {
    for (data_len, expected) in [
        (0, None),
        (0, Some(1)),
        (0, Some(256)),
        (0, Some(257)),
        (0, Some(65_536)),
        (1, None),
        (255, Some(256)),
        (256, None),
        (256, Some(1)),
        (3, Some(65_536)),
        (65_535, Some(65_536)),
    ] {
        let command = CommandApdu { expected, ..CommandApdu::new(0xB0, 1, 2).with_data(vec![7; data_len]) };
        assert_eq!(CommandApdu::parse(&command.encode()), Ok(command), "{data_len} {expected:?}");
    }
    for broken in [&[][..], &[0, 1, 2], &[0, 1, 2, 3, 2, 1], &[0, 1, 2, 3, 1, 1, 0, 0], &[0, 1, 2, 3, 0, 0, 2, 1]] {
        assert!(CommandApdu::parse(broken).is_err());
    }
}

fn check(suite: &Value, case: &Value) {
    let name = format!("{} {}", text(suite, "cipher"), text(case, "name"));
    let mut session = session_of(suite);
    let protected = session.protect(&plain_command(text(case, "name"), &bytes(case, "command"))).unwrap();
    assert_eq!(protected.encode(), bytes(case, "command"), "{name}");
    let answer = session.unprotect(&ResponseApdu::parse(&bytes(case, "response")).unwrap());
    match text(case, "expected") {
        "ok" => assert_eq!(answer.unwrap().data, bytes(case, "plain_data"), "{name}"),
        "ok with warning" => {
            let answer = answer.unwrap();
            assert_eq!((answer.data, answer.status), (bytes(case, "plain_data"), StatusWord::END_OF_FILE), "{name}");
        }
        "card error 6A82" => assert_eq!(answer.unwrap().status, StatusWord::NOT_FOUND, "{name}"),
        _ => {
            assert_eq!(answer.unwrap_err(), expected_error(text(case, "name")), "{name}");
            assert_eq!(session.protect(&CommandApdu::get_challenge()), Err(SmError::Ended), "{name}");
            return;
        }
    }
    assert_eq!(session.counter(), bytes(case, "ssc_after"), "{name}");
}

fn expected_error(name: &str) -> SmError {
    let mismatch = |inner, outer| SmError::StatusMismatch { inner: StatusWord(inner), outer: StatusWord(outer) };
    match name {
        "MAC last bit flipped" | "response MACed with the old SSC (replay)" => SmError::WrongMac,
        "DO99 9000, outer SW 6A82" => mismatch(0x9000, 0x6A82),
        "DO99 6282, outer SW 9000" => mismatch(0x6282, 0x9000),
        "plain 9000 with data, no SM" => SmError::Plain(StatusWord::OK),
        "plain 6988" => SmError::Plain(StatusWord::SM_OBJECTS_WRONG),
        "plain 6700 (seen on CN and others)" => SmError::Plain(StatusWord::WRONG_LENGTH),
        "no DO8E" => SmError::MissingMac,
        "no DO99" => SmError::MissingStatus,
        "DO87 padding indicator 02" => SmError::PaddingIndicator(2),
        "padding missing 80" => SmError::Padding,
        name => panic!("unknown case {name}"),
    }
}

fn plain_command(name: &str, protected: &[u8]) -> CommandApdu {
    match protected[1] {
        0xA4 => CommandApdu::select_file(0x0101),
        0xB1 => CommandApdu::read_binary_odd(0x00FFF0, 0x20),
        _ if name.contains("extended") => CommandApdu::read_binary(0, 1000),
        _ => CommandApdu::read_binary_sfi(1, 0x20),
    }
}

fn session_of(suite: &Value) -> SecureMessaging {
    SecureMessaging::new(
        cipher(text(suite, "cipher")),
        Secret::new(bytes(suite, "ks_enc")),
        Secret::new(bytes(suite, "ks_mac")),
        bytes(suite, "ssc_initial"),
    )
}
