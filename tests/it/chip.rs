//! The whole way into a chip and out again over a virtual card: PACE, BAC, chip and active authentication, files,
//! and the card lifted at every command.

use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::tlv;
use diemdanh::crypto::rsa::RsaPublicKey;
use diemdanh::crypto::{CipherAlg, EcSecret, HashAlg, NamedCurve};
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::access::{AccessError, bac, pace};
use diemdanh::emrtd::authenticity::active::{self, ActiveError};
use diemdanh::emrtd::authenticity::chip::{self, ChipAuthenticationError, ChipAuthenticationPlan};
use diemdanh::emrtd::authenticity::public_key::PublicKey;
use diemdanh::emrtd::lds::security_infos::{PaceInfo, SecurityInfos};
use diemdanh::iso7816::files::{FileAddress, FileError, FileReader};
use diemdanh::iso7816::transport::{CardReader, CardTransport, ReaderEvent, TransportError};
use diemdanh::iso7816::{CardSession, CommandApdu, SessionError, StatusWord};
use diemdanh::lab::card::{
    ActiveAuthenticationProfile, CardData, CardFault, ChipAuthenticationProfile, PaceProfile, PaceTrick, SyntheticCard,
    folder,
};
use diemdanh::lab::reader::LabField;
use diemdanh::lab::simulator::{self, SimulatorError};

const AID: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
const DG1: FileAddress = FileAddress { fid: 0x0101, sfi: Some(1) };
const DG2: FileAddress = FileAddress { fid: 0x0102, sfi: Some(2) };
const DG3: FileAddress = FileAddress { fid: 0x0103, sfi: Some(3) };
const DG11: FileAddress = FileAddress { fid: 0x010B, sfi: Some(0x0B) };
const DG14: FileAddress = FileAddress { fid: 0x010E, sfi: Some(0x0E) };
const CARD_ACCESS: FileAddress = FileAddress { fid: 0x011C, sfi: None };

/// One pair of RSA-1024, made for this file; it proves nothing anywhere.
fn rsa_key() -> (Vec<u8>, Vec<u8>) {
    let case = crate::vector::load("lab/active-rsa-1024.json");
    (crate::vector::bytes(&case, "modulus"), crate::vector::bytes(&case, "private_exponent"))
}

fn can() -> AccessKey {
    AccessKey::can("000017")
}

fn mrz() -> AccessKey {
    AccessKey::mrz("208000017", "080215", "330215")
}

/// A card with parameters as asked for; its DG14 names the key of `ca`.
fn card_data(pace_cipher: CipherAlg, parameter_id: u8, ca_cipher: CipherAlg) -> CardData {
    let mut random = SeededRandom::new("chip test");
    let secret = EcSecret::random(NamedCurve::from_parameter_id(parameter_id).unwrap(), &mut random);
    let mut data = CardData::empty();
    data.can = Some(Secret::new("000017".to_owned()));
    data.mrz_information = Some(Secret::new("208000017208021563302152".to_owned()));
    data.bac = true;
    data.pace = Some(PaceProfile { cipher: pace_cipher, parameter_id, ..PaceProfile::USUAL });
    let mut info = PaceInfo { cipher: pace_cipher, parameter_id, ..PaceInfo::USUAL };
    info.domain = diemdanh::emrtd::lds::security_infos::Domain::Ecdh(secret.curve());
    let entry = [tlv::encode(0x06, &info.oid()), integer(2), integer(parameter_id)];
    data.master_files.insert(0x011C, tlv::encode(0x31, &tlv::encode_all(0x30, &entry)));
    data.files.insert(0x0101, tlv::encode(0x61, &[0x41; 93]));
    data.files.insert(0x0102, tlv::encode(0x75, &[0x42; 9000]));
    data.files.insert(0x010E, dg14(&secret, ca_cipher));
    data.locked_files = vec![0x0103];
    data.chip_authentication = Some(ChipAuthenticationProfile { secret, cipher: ca_cipher, key_id: None });
    let (modulus, private_exponent) = rsa_key();
    data.active_authentication = Some(ActiveAuthenticationProfile::Rsa {
        modulus,
        private_exponent: Secret::new(private_exponent),
        hash: HashAlg::Sha256,
        implicit_trailer: false,
    });
    data
}

fn dg14(secret: &EcSecret, cipher: CipherAlg) -> Vec<u8> {
    dg14_with(secret, Some(cipher), None)
}

fn dg14_with(secret: &EcSecret, cipher: Option<CipherAlg>, key_id: Option<u8>) -> Vec<u8> {
    let point = secret.public().unwrap().encode();
    let oid = |tail: &[u8]| tlv::encode(0x06, &[&[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02], tail].concat());
    let algorithm = tlv::encode_all(
        0x30,
        &[tlv::encode(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]), tlv::encode(0x06, secret.curve().oid())],
    );
    let bits = tlv::encode(0x03, &[&[0], point.as_slice()].concat());
    let id = key_id.map(integer).unwrap_or_default();
    let key = tlv::encode_all(0x30, &[oid(&[1, 2]), tlv::encode_all(0x30, &[algorithm, bits]), id.clone()]);
    let Some(cipher) = cipher else { return tlv::encode(0x6E, &tlv::encode(0x31, &key)) };
    let number = match cipher {
        CipherAlg::TripleDes => 1,
        CipherAlg::Aes128 => 2,
        CipherAlg::Aes192 => 3,
        CipherAlg::Aes256 => 4,
    };
    let info = tlv::encode_all(0x30, &[oid(&[3, 2, number]), integer(1), id]);
    tlv::encode(0x6E, &tlv::encode_all(0x31, &[key, info]))
}

fn integer(number: u8) -> Vec<u8> {
    tlv::encode(0x02, &[number])
}

fn usual() -> CardData {
    card_data(CipherAlg::Aes128, 13, CipherAlg::Aes128)
}

#[test]
fn a12_every_cipher_on_every_curve_to_the_end() {
    for parameter_id in 8..=18 {
        for cipher in CipherAlg::ALL {
            let mut card = SyntheticCard::new(card_data(cipher, parameter_id, cipher));
            walk(&mut card, &can()).unwrap_or_else(|error| panic!("{parameter_id} {cipher:?}: {error:?}"));
        }
    }
}

#[test]
fn a16_nonce_of_both_lengths_with_aes_256() {
    for fault in [None, Some(CardFault::Pace(PaceTrick::LongNonce))] {
        let card = SyntheticCard::new(card_data(CipherAlg::Aes256, 16, CipherAlg::Aes256));
        let mut card = fault.into_iter().fold(card, SyntheticCard::with_fault);
        walk(&mut card, &can()).unwrap();
    }
}

#[test]
fn g01_both_forms_with_a_key_id() {
    for cipher in CipherAlg::ALL {
        let mut data = card_data(CipherAlg::Aes128, 13, cipher);
        let profile = data.chip_authentication.as_mut().unwrap();
        profile.key_id = Some(7);
        let secret = profile.secret.clone();
        data.files.insert(0x010E, dg14_with(&secret, Some(cipher), Some(7)));
        walk(&mut SyntheticCard::new(data.clone()), &can()).unwrap();
        // A key id that the chip does not know is refused, and the session lives on.
        data.files.insert(0x010E, dg14_with(&secret, Some(cipher), Some(8)));
        let refused = WalkError::Chip(ChipAuthenticationError::Refused(StatusWord(0x6A88)));
        let error = walk(&mut SyntheticCard::new(data), &can()).unwrap_err();
        assert_eq!(format!("{error:?}"), format!("{refused:?}"));
    }
}

#[test]
fn g01_key_without_a_protocol_means_3des() {
    let mut data = card_data(CipherAlg::Aes128, 13, CipherAlg::TripleDes);
    let secret = data.chip_authentication.as_ref().unwrap().secret.clone();
    data.files.insert(0x010E, dg14_with(&secret, None, None));
    let mut card = SyntheticCard::new(data);
    let mut session = CardSession::new(&mut card);
    open(&mut session, &can()).unwrap();
    let infos = SecurityInfos::parse_dg14(&read(&mut session, DG14).unwrap()).unwrap();
    let plan = ChipAuthenticationPlan::choose(&infos).unwrap();
    assert!(plan.inferred);
    chip::run(&mut session, &plan, &mut SeededRandom::new("ca")).unwrap();
    assert_eq!(read(&mut session, DG1).unwrap().len(), 95);
}

#[test]
fn c04_locked_and_absent_files_behind_bac() {
    walk(&mut SyntheticCard::new(usual()), &mrz()).unwrap();
    let mut card = SyntheticCard::new(usual());
    let mut session = CardSession::new(&mut card);
    session.exchange(&CommandApdu::select_application(&AID)).unwrap();
    bac::open(&mut session, &mrz(), &mut SeededRandom::new("bac")).unwrap();
    let dg1 = read(&mut session, DG1).unwrap();
    assert_eq!(dg1.len(), 95);
    assert_eq!(read(&mut session, DG3), Err(FileError::Locked));
    assert_eq!(read(&mut session, DG11), Err(FileError::Absent));
    let dg14 = SecurityInfos::parse_dg14(&read(&mut session, DG14).unwrap()).unwrap();
    let plan = ChipAuthenticationPlan::choose(&dg14).unwrap();
    chip::run(&mut session, &plan, &mut SeededRandom::new("ca")).unwrap();
    assert_eq!(read(&mut session, DG2).unwrap().len(), 9004);
}

#[test]
fn wrong_keys_and_missing_procedures() {
    let pace = |card: CardData, key: AccessKey| {
        let mut card = SyntheticCard::new(card);
        let mut session = CardSession::new(&mut card);
        pace::open(&mut session, &key, PaceInfo::USUAL, &mut SeededRandom::new("pace")).map(drop)
    };
    let wrong = AccessError::WrongKey { status: StatusWord(0x6300) };
    let absent = AccessError::NotOffered { status: StatusWord(0x6A88) };
    assert_eq!(pace(usual(), AccessKey::can("000018")), Err(wrong));
    assert_eq!(pace(usual(), AccessKey::mrz("208000017", "080215", "330216")), Err(wrong));
    assert_eq!(pace(CardData { pace: None, ..usual() }, can()), Err(absent));
    let bac = |card: CardData, key: AccessKey| {
        let mut card = SyntheticCard::new(card);
        let mut session = CardSession::new(&mut card);
        bac::open(&mut session, &key, &mut SeededRandom::new("bac"))
    };
    assert_eq!(bac(usual(), AccessKey::mrz("208000018", "080215", "330215")), Err(wrong));
    assert_eq!(bac(CardData { bac: false, ..usual() }, mrz()), Err(absent));
    assert!(matches!(bac(usual(), can()), Err(AccessError::Unsupported(_))));
}

#[test]
fn g02_clone_says_yes_and_cannot_go_on() {
    for cipher in [CipherAlg::Aes128, CipherAlg::TripleDes] {
        let mut data = card_data(CipherAlg::Aes128, 13, cipher);
        let secret = EcSecret::random(NamedCurve::BrainpoolP256r1, &mut SeededRandom::new("clone"));
        data.chip_authentication = Some(ChipAuthenticationProfile { secret, cipher, key_id: None });
        let error = walk(&mut SyntheticCard::new(data), &can()).unwrap_err();
        assert!(matches!(error, WalkError::Chip(ChipAuthenticationError::NoSecret(_))), "{error:?}");
    }
}

#[test]
fn g03_refusal_leaves_the_session_alive() {
    for word in [0x6A80, 0x6985, 0x6F00] {
        let mut card = SyntheticCard::new(usual()).with_fault(CardFault::RefusesChipAuthentication(word));
        let mut session = CardSession::new(&mut card);
        open(&mut session, &can()).unwrap();
        let dg14 = SecurityInfos::parse_dg14(&read(&mut session, DG14).unwrap()).unwrap();
        let plan = ChipAuthenticationPlan::choose(&dg14).unwrap();
        let refused = chip::run(&mut session, &plan, &mut SeededRandom::new("ca"));
        assert_eq!(refused, Err(ChipAuthenticationError::Refused(StatusWord(word))));
        sign(&mut session, &usual()).unwrap();
    }
}

#[test]
fn g04_every_trailer_and_curve() {
    let mut random = SeededRandom::new("aa");
    let (modulus, private_exponent) = rsa_key();
    let mut profiles: Vec<_> = HashAlg::ALL.into_iter().map(|hash| (hash, false)).collect();
    profiles.push((HashAlg::Sha1, true));
    for (hash, implicit_trailer) in profiles {
        let private_exponent = Secret::new(private_exponent.clone());
        let modulus = modulus.clone();
        let profile = ActiveAuthenticationProfile::Rsa { modulus, private_exponent, hash, implicit_trailer };
        assert_eq!(prove(profile).unwrap(), hash);
    }
    for (curve, hash) in [(NamedCurve::P384, HashAlg::Sha256), (NamedCurve::BrainpoolP256r1, HashAlg::Sha1)] {
        let secret = EcSecret::random(curve, &mut random);
        assert_eq!(prove(ActiveAuthenticationProfile::Ecdsa { secret, hash }).unwrap(), hash);
    }
}

#[test]
fn g05_another_chips_signature() {
    let mut card = SyntheticCard::new(usual());
    let mut session = CardSession::new(&mut card);
    open(&mut session, &can()).unwrap();
    let mut other = rsa_key().0;
    other[5] ^= 0xFF;
    let key = PublicKey::Rsa(RsaPublicKey::new(&other, &[1, 0, 1]).unwrap());
    let error = active::run(&mut session, &key, None, &mut SeededRandom::new("aa")).unwrap_err();
    assert!(matches!(error, ActiveError::Signature(_)));
}

#[test]
fn c10_card_lifted_at_every_command_of_the_walk() {
    let mut whole = SyntheticCard::new(usual());
    walk(&mut whole, &can()).unwrap();
    let count = whole.apdu_count();
    assert!(count > 8);
    for index in 0..count {
        let mut card = SyntheticCard::new(usual()).with_fault(CardFault::LiftedAt(index));
        let error = walk(&mut card, &can()).unwrap_err();
        assert!(error.is_link_loss(), "{index}: {error:?}");
        assert_eq!(card.apdu_count(), index + 1, "nothing is sent to a card that is gone");
        card.without_faults();
        walk(&mut card, &can()).unwrap();
    }
}

#[test]
fn a_broken_channel_is_never_a_link_loss() {
    let mut whole = SyntheticCard::new(usual());
    walk(&mut whole, &can()).unwrap();
    let (first, count) = (7, whole.apdu_count());
    for index in first..count {
        for fault in [CardFault::WrongMacAt(index), CardFault::PlainStatusAt(index, 0x9000)] {
            let error = walk(&mut SyntheticCard::new(usual()).with_fault(fault), &can()).unwrap_err();
            assert!(error.is_channel_broken(), "{fault:?}: {error:?}");
        }
    }
}

#[test]
fn short_only_cards_are_read_in_short_blocks() {
    let mut card = SyntheticCard::new(usual()).with_fault(CardFault::ShortOnly);
    walk(&mut card, &can()).unwrap();
    let mut limited = SyntheticCard::new(usual()).with_fault(CardFault::MaxBlock(160));
    walk(&mut limited, &can()).unwrap();
    assert!(limited.apdu_count() > card.apdu_count());
    let quirks = [CardFault::NoMasterFile, CardFault::NoShortIdentifiers];
    for quirk in quirks {
        walk(&mut SyntheticCard::new(usual()).with_fault(quirk), &can()).unwrap();
    }
}

#[test]
fn c13_reader_unplugged_and_plugged_in() {
    let (field, mut reader) = LabField::new();
    assert!(matches!(reader.wait(0), Some(ReaderEvent::Ready { .. })));
    assert!(reader.wait(0).is_none());
    assert_eq!(reader.connect().err(), Some(TransportError::CardLost));
    field.insert(SyntheticCard::new(usual()));
    assert!(matches!(reader.wait(0), Some(ReaderEvent::CardPresent { .. })));
    let mut transport = reader.connect().unwrap();
    assert!(!transport.atr().is_empty());
    walk(transport.as_mut(), &can()).unwrap();
    field.remove().unwrap();
    assert_eq!(transport.transmit(&[0, 0xA4, 0, 0x0C]), Err(TransportError::CardLost));
    assert_eq!(reader.wait(0), Some(ReaderEvent::CardRemoved));
    field.insert(SyntheticCard::new(usual()).with_fault(CardFault::LiftedAt(3)));
    assert!(matches!(reader.wait(0), Some(ReaderEvent::CardPresent { .. })));
    assert_eq!(transport.transmit(&[0, 0xA4, 0, 0x0C]), Err(TransportError::CardLost), "another card");
    assert!(walk(reader.connect().unwrap().as_mut(), &can()).unwrap_err().is_link_loss());
    assert_eq!(reader.wait(0), Some(ReaderEvent::CardRemoved));
    assert!(!field.is_occupied());
    field.unplug();
    assert_eq!(reader.wait(0), Some(ReaderEvent::NoReader));
    assert_eq!(reader.connect().err(), Some(TransportError::ReaderLost));
    field.plug_in();
    assert!(matches!(reader.wait(0), Some(ReaderEvent::Ready { .. })));
}

#[test]
fn a_card_is_saved_and_loaded() {
    let place = tempfile::tempdir().unwrap();
    folder::save(&usual(), place.path()).unwrap();
    let mut card = SyntheticCard::new(folder::load(place.path()).unwrap());
    walk(&mut card, &can()).unwrap();
}

#[test]
fn every_issued_card_is_loaded() {
    let place = tempfile::tempdir().unwrap();
    let names = simulator::issue_all(place.path()).unwrap();
    assert_eq!(names.len(), 15);
    for name in &names {
        let data = folder::load(&place.path().join(name)).unwrap();
        let key = AccessKey::can(name.get(6..12).unwrap());
        let mut card = SyntheticCard::new(data);
        open(&mut CardSession::new(&mut card), &key).unwrap();
    }
    assert!(place.path().join("trust/lab-csca.cer").is_file());
    assert_eq!(simulator::person("nguyen van mau").unwrap(), simulator::person("1").unwrap());
    assert!(matches!(simulator::person("0"), Err(SimulatorError::UnknownPerson)));
}

#[test]
fn g06_signature_longer_than_a_short_answer() {
    // RSA-2048 inside protection: extended length, or pieces behind 61xx.
    let person = simulator::person("1").unwrap();
    for fault in [None, Some(CardFault::ShortOnly)] {
        let data = simulator::card_of(&person, "good").unwrap();
        let key = diemdanh::emrtd::lds::dg15::parse(&data.files[&0x010F]).unwrap();
        let mut card = SyntheticCard::new(data);
        card = if let Some(fault) = fault { card.with_fault(fault) } else { card };
        let mut session = CardSession::new(&mut card);
        open(&mut session, &can()).unwrap();
        let proof = active::run(&mut session, &key, None, &mut SeededRandom::new("aa")).unwrap();
        assert_eq!((proof.signature.len(), proof.hash), (256, HashAlg::Sha256));
    }
}

#[test]
fn a_virtual_reader_is_served() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let card = std::thread::spawn(move || {
        let mut card = SyntheticCard::new(usual());
        diemdanh::lab::vpcd::serve(&mut card, std::net::TcpStream::connect(address).unwrap()).unwrap()
    });
    let (mut reader, _) = listener.accept().unwrap();
    let mut ask = |payload: &[u8]| {
        reader.write_all(&u16::try_from(payload.len()).unwrap().to_be_bytes()).unwrap();
        reader.write_all(payload).unwrap();
        if payload.len() == 1 && payload != [4] {
            return Vec::new();
        }
        let mut length = [0; 2];
        reader.read_exact(&mut length).unwrap();
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        reader.read_exact(&mut answer).unwrap();
        answer
    };
    assert_eq!(ask(&[4])[0], 0x3B);
    ask(&[1]);
    assert_eq!(ask(&[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1C]), [0x90, 0x00]);
    assert_eq!(ask(&[0x00, 0xB0, 0x00, 0x00, 0x01]), [0x31, 0x90, 0x00]);
    ask(&[2]);
    assert_eq!(ask(&[0x00, 0xB0, 0x00, 0x00, 0x01]), [0x69, 0x86]);
    drop(reader);
    assert_eq!(card.join().unwrap(), 3);
}

#[derive(Debug)]
enum WalkError {
    Access(AccessError),
    File(FileError),
    Chip(ChipAuthenticationError),
    Active(ActiveError),
    Session(SessionError),
}

impl WalkError {
    fn session(&self) -> Option<SessionError> {
        match self {
            Self::Access(AccessError::Session(error))
            | Self::File(FileError::Session(error))
            | Self::Chip(ChipAuthenticationError::Session(error))
            | Self::Active(ActiveError::Session(error))
            | Self::Session(error) => Some(*error),
            _ => None,
        }
    }

    fn is_link_loss(&self) -> bool {
        self.session() == Some(SessionError::Transport(TransportError::CardLost))
    }

    fn is_channel_broken(&self) -> bool {
        matches!(self.session(), Some(SessionError::Secure(_)))
            || matches!(self, Self::Chip(ChipAuthenticationError::NoSecret(_)))
    }
}

/// CardAccess, PACE, DG14, chip authentication, DG1 and DG2, active authentication.
fn walk(transport: &mut dyn CardTransport, key: &AccessKey) -> Result<(), WalkError> {
    let mut session = CardSession::new(transport);
    open(&mut session, key)?;
    let dg14 = read(&mut session, DG14).map_err(WalkError::File)?;
    let infos = SecurityInfos::parse_dg14(&dg14).unwrap();
    let plan = ChipAuthenticationPlan::choose(&infos).unwrap();
    assert!(!plan.inferred);
    chip::run(&mut session, &plan, &mut SeededRandom::new("ca")).map_err(WalkError::Chip)?;
    assert_eq!(read(&mut session, DG1).map_err(WalkError::File)?.len(), 95);
    assert_eq!(read(&mut session, DG2).map_err(WalkError::File)?, tlv::encode(0x75, &[0x42; 9000]));
    sign(&mut session, &usual()).map_err(WalkError::Active)?;
    Ok(())
}

fn open(session: &mut CardSession<'_>, key: &AccessKey) -> Result<(), WalkError> {
    let file = read(session, CARD_ACCESS).map_err(WalkError::File)?;
    let info = pace::choose(&SecurityInfos::parse(&file).unwrap()).unwrap();
    pace::open(session, key, info, &mut SeededRandom::new("pace")).map_err(WalkError::Access)?;
    let selected = session.expect_ok(&CommandApdu::select_application(&AID)).map_err(WalkError::Session)?;
    assert!(selected.is_ok());
    Ok(())
}

fn read(session: &mut CardSession<'_>, address: FileAddress) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    FileReader::new(session).read(address, 20_000, &mut bytes, &mut |_, _| ())?;
    Ok(bytes)
}

fn sign(session: &mut CardSession<'_>, data: &CardData) -> Result<HashAlg, ActiveError> {
    let key = match data.active_authentication.as_ref().unwrap() {
        ActiveAuthenticationProfile::Rsa { modulus, .. } => {
            PublicKey::Rsa(RsaPublicKey::new(modulus, &[1, 0, 1]).unwrap())
        }
        ActiveAuthenticationProfile::Ecdsa { secret, .. } => PublicKey::Ec(secret.public().unwrap()),
    };
    active::run(session, &key, None, &mut SeededRandom::new("aa")).map(|proof| proof.hash)
}

fn prove(profile: ActiveAuthenticationProfile) -> Result<HashAlg, ActiveError> {
    let data = CardData { active_authentication: Some(profile), ..usual() };
    let mut card = SyntheticCard::new(data.clone());
    let mut session = CardSession::new(&mut card);
    open(&mut session, &can()).unwrap();
    sign(&mut session, &data)
}
