//! Whatever a card, a chip's file or a reader sends: a fact or an error, never a panic and never a stall.

use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::crypto::CipherAlg;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::access::{bac, pace};
use diemdanh::emrtd::authenticity::public_key::PublicKey;
use diemdanh::emrtd::lds::security_infos::{PaceInfo, SecurityInfos};
use diemdanh::iso7816::files::{FileAddress, FileReader};
use diemdanh::iso7816::transport::{CardTransport, TransportError};
use diemdanh::iso7816::{CardSession, CommandApdu, ResponseApdu, SecureMessaging};
use diemdanh::lab::card::{CardData, SyntheticCard};
use diemdanh::lab::simulator;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::OnceLock;

/// Sends the given answers over and over.
struct Babbler {
    answers: Vec<Vec<u8>>,
    sent: usize,
}

/// More commands than any single step may need.
const PATIENCE: usize = 4_000;

impl CardTransport for Babbler {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        assert!(self.sent < PATIENCE, "the dialogue does not end");
        let answer = self.answers[self.sent % self.answers.len()].clone();
        self.sent += 1;
        Ok(answer)
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

fn good_card() -> &'static CardData {
    static CARD: OnceLock<CardData> = OnceLock::new();
    CARD.get_or_init(|| simulator::card_of(&simulator::person("1").unwrap(), "good").unwrap())
}

fn answer() -> impl Strategy<Value = Vec<u8>> {
    let statuses = prop::sample::select(vec![
        0x9000_u16, 0x6282, 0x6283, 0x6700, 0x6B00, 0x6C00, 0x6C10, 0x6100, 0x6105, 0x6A82, 0x6982, 0x6988, 0x6300,
    ]);
    (vec(any::<u8>(), 0..40), statuses).prop_map(|(data, word)| [data, word.to_be_bytes().to_vec()].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_card_ends_the_reading_of_a_file(answers in vec(answer(), 1..6)) {
        let mut card = Babbler { answers, sent: 0 };
        let mut bytes = Vec::new();
        let address = FileAddress { fid: 0x0102, sfi: Some(2) };
        let mut session = CardSession::new(&mut card);
        let _ = FileReader::new(&mut session).read(address, 600, &mut bytes, &mut |_, _| ());
        prop_assert!(bytes.len() <= 70_000);
    }

    #[test]
    fn any_card_ends_access_control(answers in vec(answer(), 1..6)) {
        let mut random = SeededRandom::new("hostile");
        let mut card = Babbler { answers, sent: 0 };
        let mut session = CardSession::new(&mut card);
        prop_assert!(pace::open(&mut session, &AccessKey::can("000017"), PaceInfo::USUAL, &mut random).is_err());
        let key = AccessKey::mrz("208000017", "080215", "330215");
        prop_assert!(bac::open(&mut session, &key, &mut random).is_err());
    }

    #[test]
    fn any_answer_is_refused_by_secure_messaging(data in vec(any::<u8>(), 0..80), tag in any::<bool>()) {
        for cipher in [CipherAlg::TripleDes, CipherAlg::Aes128] {
            let key = || Secret::new(vec![7; 16]);
            let mut session = SecureMessaging::from_zero(cipher, key(), key());
            session.protect(&CommandApdu::read_binary(0, 4)).unwrap();
            let mut bytes = data.clone();
            if tag {
                bytes.splice(0..0, [0x87, 0x11, 0x01]);
            }
            let answer = ResponseApdu::parse(&[bytes, vec![0x90, 0x00]].concat()).unwrap();
            prop_assert!(session.unprotect(&answer).is_err());
            prop_assert!(!session.is_alive());
        }
    }

    #[test]
    fn any_bytes_are_parameters_keys_and_commands_or_none(bytes in vec(any::<u8>(), 0..120)) {
        let _ = SecurityInfos::parse(&bytes);
        let _ = SecurityInfos::parse(&[&[0x31, 0x7F], bytes.as_slice()].concat());
        let _ = PublicKey::from_info(&bytes);
        let _ = CommandApdu::parse(&bytes);
    }

    #[test]
    fn any_command_gets_an_answer_from_the_simulated_card(commands in vec(vec(any::<u8>(), 0..60), 1..8)) {
        let mut card = SyntheticCard::new(good_card().clone());
        for command in commands {
            prop_assert!(card.process(&command).len() >= 2);
        }
    }
}

#[test]
fn altered_parameters_of_real_files_never_panic() {
    let variants = crate::vector::load("tr03110/ef-cardaccess-variants.json");
    for key in ["ef_cardaccess_old_testcard", "ef_cardaccess_dan", "ef_cardaccess_ca3"] {
        let file = crate::vector::bytes(&variants, key);
        for index in 0..file.len() {
            for flip in [0x01, 0x80, 0xFF] {
                let mut altered = file.clone();
                altered[index] ^= flip;
                let _ = SecurityInfos::parse(&altered);
            }
            let _ = SecurityInfos::parse(&file[..index]);
        }
    }
}
