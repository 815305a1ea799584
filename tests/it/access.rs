//! PACE, BAC and the chip's parameters against the figures of ICAO Doc 9303-11, BSI TR-03110 and our own vectors.

use crate::crypto::cipher;
use crate::vector::{bytes, cases, load, text};
use diemdanh::bits::hex;
use diemdanh::bits::random::Random;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::tlv;
use diemdanh::crypto::{CipherAlg, NamedCurve};
use diemdanh::emrtd::access::key::{AccessKey, MrzKey};
use diemdanh::emrtd::access::{AccessError, Step, Violation, bac, pace};
use diemdanh::emrtd::authenticity::chip::ChipAuthenticationPlan;
use diemdanh::emrtd::lds::security_infos::{
    Agreement, AgreementKey, Domain, KeyRefusal, Mapping, PaceInfo, SecurityInfos,
};
use diemdanh::iso7816::transport::{CardTransport, TransportError};
use diemdanh::iso7816::{CardSession, CommandApdu, SecureMessaging, StatusWord};
use serde_json::Value;
use std::collections::VecDeque;

/// Answers in the order of a script and keeps what was sent.
#[derive(Default)]
struct Script {
    answers: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
}

impl CardTransport for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.sent.push(command.to_vec());
        self.answers.pop_front().ok_or(TransportError::CardLost)
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

/// Hands out given bytes; secrets are drawn with eight surplus bytes, which are zero here.
struct Given(VecDeque<Vec<u8>>);

impl Given {
    fn secrets(secrets: &[Vec<u8>], length: usize) -> Self {
        let widen = |secret: &Vec<u8>| diemdanh::crypto::bignum::fixed_len(secret, length + 8).unwrap();
        Self(secrets.iter().map(widen).collect())
    }
}

impl Random for Given {
    fn fill(&mut self, buffer: &mut [u8]) {
        buffer.copy_from_slice(&self.0.pop_front().expect("a value"));
    }
}

#[test]
fn a12_generic_mapping_on_every_curve_with_every_cipher() {
    let all = cases("synthetic/pace-ecdh-gm-all-curves-ciphers.json");
    assert_eq!(all.len(), 45);
    for case in all.iter().chain(&cases("synthetic/pace-leading-zero-shared-secret.json")) {
        let info = ecdh(Mapping::Generic, case["parameter_id"].as_u64().unwrap(), cipher(text(case, "cipher")));
        let key = AccessKey::can("123456");
        let mut card = Script::default();
        let trace = case["trace"].as_array().unwrap();
        card.answers = trace.iter().map(|step| bytes(step, "response")).collect();
        check_pace(&mut card, &key, info, case, "ks_enc", "ks_mac", ["terminal_map_private", "terminal_ka_private"]);
        let sent: Vec<_> = trace.iter().map(|step| bytes(step, "command")).collect();
        assert_eq!(card.sent, sent, "{}", text(case, "oid"));
    }
}

#[test]
fn a12_figures_of_every_mapping_and_group() {
    let mrz = AccessKey::Mrz(MrzKey::new("T22000129", "640812", "101031"));
    let can = AccessKey::can("123456");
    let keys = ["ks_enc", "ks_mac"];
    let icao = [
        ("icao/pace-g1-ecdh-gm-aes128.json", &mrz, ecdh(Mapping::Generic, 13, CipherAlg::Aes128)),
        ("icao/pace-g2-dh-gm-aes128.json", &mrz, dh(Mapping::Generic)),
        ("icao/pace-h1-ecdh-im-aes128.json", &can, ecdh(Mapping::Integrated, 13, CipherAlg::Aes128)),
        ("icao/pace-h2-dh-im-aes128.json", &can, dh(Mapping::Integrated)),
        ("synthetic/pace-dh-gm-leading-zero.json", &can, dh(Mapping::Generic)),
    ];
    for (path, key, info) in icao {
        let case = load(path);
        assert_eq!(key.nonce_key(info.cipher).expose(), &bytes(&case, "k_pi"), "{path}");
        let (map, first) = match info.mapping {
            Mapping::Integrated => ("", "nonce_t"),
            _ => ("chip_map_public", "terminal_map_private"),
        };
        let mut card = chip(&case, ["encrypted_nonce", map, "chip_ka_public", "token_chip"]);
        check_pace(&mut card, key, info, &case, keys[0], keys[1], [first, "terminal_ka_private"]);
        check_sent(&card, &bytes(&case, "terminal_ka_public"), &bytes(&case, "token_terminal"));
    }
    let bsi = [
        ("tr03110/eac-ecdh-gm-aes128-brainpool256.json", ecdh(Mapping::Generic, 13, CipherAlg::Aes128)),
        ("tr03110/eac-dh-gm-aes128-1024_160.json", dh(Mapping::Generic)),
    ];
    for (path, info) in bsi {
        let case = load(path);
        let mut card = chip(&case, ["nonce_enc", "map_picc_pub_key", "picc_pub_key", "authentication_token_picc"]);
        check_pace(&mut card, &can, info, &case, "k_enc", "k_mac", ["map_pcd_priv_key", "pcd_priv_key"]);
        let agreement = bytes(&case, "pcd_pub_key");
        // BSI prints one number with the zero of a signed integer.
        let agreement = agreement.strip_prefix(&[0]).unwrap_or(&agreement);
        check_sent(&card, agreement, &bytes(&case, "authentication_token_pcd"));
    }
}

#[test]
fn a10_refusals_and_violations_step_by_step() {
    let case = &load("icao/pace-g1-ecdh-gm-aes128.json");
    let curve = NamedCurve::BrainpoolP256r1;
    let mut off_curve = bytes(case, "chip_map_public");
    off_curve[40] ^= 1;
    let malformed = |step| Violation::MalformedAnswer(step);
    let forged = |violation| AccessError::Forged(violation);
    let wrong = |status| AccessError::WrongKey { status: StatusWord(status) };
    let blocked = |step, status| AccessError::Blocked { step, status: StatusWord(status) };
    let own_map = bytes(case, "terminal_map_public");
    let own_agreement = bytes(case, "terminal_ka_public");
    let rows: Vec<(usize, Vec<u8>, AccessError)> = vec![
        (0, vec![0x6A, 0x88], AccessError::NotOffered { status: StatusWord(0x6A88) }),
        (0, vec![0x6A, 0x80], AccessError::NotOffered { status: StatusWord(0x6A80) }),
        (0, vec![0x63, 0xC1], blocked(Step::ChooseProtocol, 0x63C1)),
        (0, vec![0x69, 0x83], blocked(Step::ChooseProtocol, 0x6983)),
        (1, vec![0x69, 0x85], blocked(Step::Nonce, 0x6985)),
        (1, answer(0x80, &[0; 15]), forged(malformed(Step::Nonce))),
        (1, vec![0x90, 0x00], forged(malformed(Step::Nonce))),
        (1, answer(0x81, &[0; 16]), forged(malformed(Step::Nonce))),
        (2, answer(0x82, &off_curve), forged(Violation::Point(diemdanh::crypto::ec::EcError::OffCurve))),
        (2, answer(0x82, &[0]), forged(Violation::Point(diemdanh::crypto::ec::EcError::Encoding(1)))),
        (2, answer(0x82, &own_map), forged(Violation::ReflectedKey)),
        (3, answer(0x84, &own_agreement), forged(Violation::ReflectedKey)),
        (3, answer(0x84, &off_curve), forged(Violation::Point(diemdanh::crypto::ec::EcError::OffCurve))),
        (4, vec![0x63, 0x00], wrong(0x6300)),
        (4, vec![0x69, 0x88], wrong(0x6988)),
        (4, vec![0x69, 0x82], wrong(0x6982)),
        (4, vec![0x6F, 0x00], AccessError::Refused { step: Step::Token, status: StatusWord(0x6F00) }),
        (4, answer(0x86, &[0; 8]), forged(Violation::WrongToken)),
        (4, answer(0x86, &[]), forged(Violation::WrongToken)),
        (4, vec![0x7C, 0x00, 0x90, 0x00], forged(malformed(Step::Token))),
        (
            4,
            [&[0x7C, 0x0C, 0x86, 0x08], bytes(case, "token_chip").as_slice(), &[0x87, 0x00, 0x90, 0x00]].concat(),
            forged(malformed(Step::Token)),
        ),
    ];
    for (step, bad_answer, expected) in rows {
        let mut card = chip(case, ["encrypted_nonce", "chip_map_public", "chip_ka_public", "token_chip"]);
        card.answers[step] = bad_answer;
        let key = AccessKey::mrz("T22000129", "640812", "101031");
        let secrets = ["terminal_map_private", "terminal_ka_private"].map(|key| bytes(case, key));
        let mut random = Given::secrets(&secrets, curve.field_len());
        let mut session = CardSession::new(&mut card);
        let info = ecdh(Mapping::Generic, 13, CipherAlg::Aes128);
        assert_eq!(pace::open(&mut session, &key, info, &mut random).unwrap_err(), expected, "step {step}");
        assert!(session.secure().is_none());
        assert_eq!(card.sent.len(), step + 1, "nothing is sent after the refusal");
    }
}

#[test]
fn a15_bac_figures_and_violations() {
    let case = &load("icao/bac-appendix-d.json");
    let key = MrzKey::new("L898902C", "690806", "940623");
    assert_eq!(key.information().expose(), text(case, "mrz_information"));
    let good = [bytes(case, "external_authenticate_response"), vec![0x90, 0x00]].concat();
    let mut flipped = good.clone();
    flipped[39] ^= 1;
    run_bac(case, &key, good.clone()).unwrap();

    let long = [&good[..40], &[0, 0x90, 0x00]].concat();
    let short = [&good[..39], &[0x90, 0x00]].concat();
    let malformed = AccessError::Forged(Violation::MalformedAnswer(Step::Authenticate));
    for (answer, expected) in [
        (flipped, AccessError::Forged(Violation::WrongMac)),
        (long, malformed),
        (short, malformed),
        (vec![0x63, 0x00], AccessError::WrongKey { status: StatusWord(0x6300) }),
        (vec![0x69, 0x88], AccessError::WrongKey { status: StatusWord(0x6988) }),
        (vec![0x69, 0x82], AccessError::WrongKey { status: StatusWord(0x6982) }),
        (vec![0x6A, 0x80], AccessError::WrongKey { status: StatusWord(0x6A80) }),
        (vec![0x6A, 0x88], AccessError::NotOffered { status: StatusWord(0x6A88) }),
        (vec![0x69, 0x83], AccessError::Blocked { step: Step::Authenticate, status: StatusWord(0x6983) }),
    ] {
        assert_eq!(run_bac(case, &key, answer).err(), Some(expected));
    }
}

#[test]
fn a17_keys_of_every_length() {
    let information = |number, birth, expiry| MrzKey::new(number, birth, expiry).information().expose().clone();
    // ICAO Doc 9303-11 Appendix D.2, with the number of TD1 that runs over into the optional data.
    assert_eq!(information("D23145890734", "340712", "950712"), "D23145890734934071279507122");
    assert_eq!(information("L898902C", "690806", "940623"), "L898902C<369080619406236");
    assert_eq!(information("208000017", "080215", "330215"), "208000017208021563302152");
    assert_eq!(information("208000017", "080215", "991231"), "208000017208021569912315");
}

#[test]
fn check_digits_of_part_3() {
    for case in cases("icao/check-digits-part3-app-a.json") {
        let digit = diemdanh::emrtd::mrz::check_digit(text(&case, "input").as_bytes());
        assert_eq!(u64::from(digit.to_digit(10).unwrap()), case["check_digit"].as_u64().unwrap());
    }
}

#[test]
fn a05_security_infos_of_every_card() {
    let variants = load("tr03110/ef-cardaccess-variants.json");
    let infos = |key: &str| SecurityInfos::parse(&bytes(&variants, key)).unwrap();
    let new = infos("ef_cardaccess_new_testcard");
    assert_eq!(new.pace, [ecdh(Mapping::Generic, 13, CipherAlg::Aes128)]);
    assert!(new.terminal_authentication);
    // Version 1 of PACE, without a parameter id: nothing that can be used.
    assert!(infos("ef_cardaccess_old_testcard").pace.is_empty());
    for key in ["ef_cardaccess_dan", "ef_cardaccess_slowenia", "ef_cardaccess_ca3"] {
        let infos = infos(key);
        println!("{key}: {} PACE variants, {} skipped", infos.pace.len(), infos.skipped);
    }
    for path in ["tr03110/eac-ecdh-gm-aes128-brainpool256.json", "tr03110/eac-dh-gm-aes128-1024_160.json"] {
        let case = load(path);
        let infos = SecurityInfos::parse(&bytes(&case, "ef_cardaccess")).unwrap();
        assert_eq!(infos.pace.len(), 1, "{path}");
        assert_eq!(pace::choose(&infos), infos.pace.first().copied());
    }
    assert!(SecurityInfos::parse(&[0x30, 0x00]).is_err());
    assert!(SecurityInfos::parse(&[0x31, 0x02, 0x30, 0x05]).is_err());
    assert_eq!(SecurityInfos::parse(&[0x31, 0x02, 0x30, 0x00]).unwrap().skipped, 1);
}

#[test]
fn a04_order_of_the_variants() {
    let set = hex::decode("31283012060A04007F0007020204020202010202010D3012060A04007F0007020204060202010202010D");
    let infos = SecurityInfos::parse(&set.unwrap()).unwrap();
    assert_eq!(infos.pace.len(), 2);
    assert_eq!(pace::choose(&infos).unwrap().mapping, Mapping::ChipAuthentication);
    for info in &infos.pace {
        assert_eq!(info.oid().len(), 10);
    }
}

#[test]
fn d_dg14_keys_of_every_kind() {
    let curve = NamedCurve::BrainpoolP256r1;
    let point = curve.generator();
    let bits = tlv::encode(0x03, &[&[0], point.as_slice()].concat());
    let explicit = |generator: &[u8]| {
        let field = [tlv::encode(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01]), integer(&curve.p())];
        let coefficients = [tlv::encode(0x04, &curve.a()), tlv::encode(0x04, &curve.b())];
        tlv::encode_all(
            0x30,
            &[
                integer(&[1]),
                tlv::encode_all(0x30, &field),
                tlv::encode_all(0x30, &coefficients),
                tlv::encode(0x04, generator),
                integer(&curve.order()),
                integer(&[1]),
            ],
        )
    };
    let ec = tlv::encode(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]);
    let standardised = tlv::encode(0x06, &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02]);
    let info = |oid: &[u8], parameters: &[u8]| {
        let algorithm = tlv::encode(0x30, &[oid, parameters].concat());
        let key_info = tlv::encode_all(0x30, &[algorithm, bits.clone()]);
        let pk = tlv::encode(0x06, &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02]);
        let entry = tlv::encode_all(0x30, &[pk, key_info]);
        SecurityInfos::parse_dg14(&tlv::encode_all(0x6E, &[tlv::encode(0x31, &entry)])).unwrap()
    };
    for infos in [
        info(&ec, &tlv::encode(0x06, curve.oid())),
        info(&ec, &explicit(&curve.generator())),
        info(&standardised, &integer(&[13])),
    ] {
        let AgreementKey::Ecdh(key) = &infos.chip_keys[0].public else { panic!("an EC key") };
        assert_eq!((key.curve(), key.encode()), (curve, point.clone()));
        let plan = ChipAuthenticationPlan::choose(&infos).unwrap();
        assert!(plan.inferred && plan.info.cipher == CipherAlg::TripleDes, "a key without a protocol means 3DES");
    }
    let second_version = tlv::encode(0x06, &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02]);
    let second_version = tlv::encode_all(0x30, &[second_version, integer(&[2])]);
    let with_second = [key_entry(curve).as_slice(), &second_version].concat();
    let infos = SecurityInfos::parse(&tlv::encode(0x31, &with_second)).unwrap();
    assert!(ChipAuthenticationPlan::choose(&infos).is_none(), "another version is no reason to infer 3DES");

    let other = diemdanh::crypto::Point::generator(curve).multiply(&[2]).unwrap().encode();
    let infos = info(&ec, &explicit(&other));
    assert!(infos.chip_keys.is_empty());
    assert!(matches!(infos.refused_key, Some(KeyRefusal::Key(_))));
    assert!(ChipAuthenticationPlan::choose(&infos).is_none());
}

fn key_entry(curve: NamedCurve) -> Vec<u8> {
    let ec = tlv::encode(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]);
    let algorithm = tlv::encode_all(0x30, &[ec, tlv::encode(0x06, curve.oid())]);
    let bits = tlv::encode(0x03, &[&[0], curve.generator().as_slice()].concat());
    let pk = tlv::encode(0x06, &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02]);
    tlv::encode_all(0x30, &[pk, tlv::encode_all(0x30, &[algorithm, bits])])
}

fn run_bac(case: &Value, key: &MrzKey, answer: Vec<u8>) -> Result<(), AccessError> {
    let challenge = [bytes(case, "rnd_ic"), vec![0x90, 0x00]].concat();
    let mut card = Script { answers: [challenge, answer].into(), sent: Vec::new() };
    let mut random = Given([bytes(case, "rnd_ifd"), bytes(case, "k_ifd")].into());
    let mut session = CardSession::new(&mut card);
    bac::open(&mut session, &AccessKey::Mrz(key.clone()), &mut random)?;
    session.exchange(&CommandApdu::select_file(0x011E)).unwrap_err();
    drop(session);
    assert_eq!(CommandApdu::parse(&card.sent[1]).unwrap().data, bytes(case, "external_authenticate_data"));
    assert_eq!(card.sent[2], bytes(&case["sm_trace"][0], "command_protected"));
    Ok(())
}

fn check_pace(
    card: &mut Script,
    key: &AccessKey,
    info: PaceInfo,
    case: &Value,
    enc: &str,
    mac: &str,
    secrets: [&str; 2],
) {
    let secret_len = match info.domain {
        Domain::Ecdh(curve) => curve.field_len(),
        Domain::Dh(group) => group.q().len(),
    };
    let mut random = Given::secrets(&secrets.map(|key| reduced(&bytes(case, key), info.domain)), secret_len);
    if info.mapping == Mapping::Integrated {
        random.0[0] = bytes(case, secrets[0]);
    }
    let mut session = CardSession::new(card);
    let result = pace::open(&mut session, key, info, &mut random).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(result.info, info);
    session.exchange(&CommandApdu::select_file(0x011E)).unwrap_err();
    drop(session);
    // The session keys show in the first protected command.
    let mut expected =
        SecureMessaging::from_zero(info.cipher, Secret::new(bytes(case, enc)), Secret::new(bytes(case, mac)));
    let protected = expected.protect(&CommandApdu::select_file(0x011E)).unwrap().encode();
    assert_eq!(card.sent.pop().unwrap(), protected);
}

/// BSI's secrets are as long as the prime; ours are below the group's order, which gives the same powers.
fn reduced(secret: &[u8], domain: Domain) -> Vec<u8> {
    let Domain::Dh(group) = domain else { return secret.to_vec() };
    let order = crypto_bigint::NonZero::new(crypto_bigint::BoxedUint::from_be_slice_vartime(&group.q())).unwrap();
    crypto_bigint::BoxedUint::from_be_slice_vartime(secret).rem_vartime(&order).to_be_bytes().to_vec()
}

fn check_sent(card: &Script, agreement: &[u8], token: &[u8]) {
    let content = |index: usize| CommandApdu::parse(&card.sent[index]).unwrap().data;
    assert_eq!(content(3), tlv::encode(0x7C, &tlv::encode(0x83, agreement)));
    assert_eq!(content(4), tlv::encode(0x7C, &tlv::encode(0x85, token)));
}

/// A chip that answers with the figures under `keys`; an empty key is an empty answer.
fn chip(case: &Value, keys: [&str; 4]) -> Script {
    let mut answers = VecDeque::from([vec![0x90, 0x00]]);
    for (tag, key) in [0x80, 0x82, 0x84, 0x86].into_iter().zip(keys) {
        let value = if key.is_empty() { Vec::new() } else { bytes(case, key) };
        answers.push_back(answer(tag, &value));
    }
    Script { answers, sent: Vec::new() }
}

fn answer(tag: u32, value: &[u8]) -> Vec<u8> {
    [tlv::encode(0x7C, &tlv::encode(tag, value)), vec![0x90, 0x00]].concat()
}

fn integer(number: &[u8]) -> Vec<u8> {
    tlv::encode(0x02, &[&[0], number].concat())
}

fn ecdh(mapping: Mapping, id: u64, cipher: CipherAlg) -> PaceInfo {
    let parameter_id = u8::try_from(id).unwrap();
    let domain = Domain::Ecdh(NamedCurve::from_parameter_id(parameter_id).unwrap());
    PaceInfo { agreement: Agreement::Ecdh, mapping, cipher, domain, parameter_id }
}

fn dh(mapping: Mapping) -> PaceInfo {
    let domain = Domain::Dh(diemdanh::crypto::dh::Group::Modp1024Order160);
    PaceInfo { agreement: Agreement::Dh, mapping, cipher: CipherAlg::Aes128, domain, parameter_id: 0 }
}
