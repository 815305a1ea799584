//! Lab cards through a real PC/SC daemon and its virtual reader.

use crate::programs::program;
use crate::rig;
use diemdanh::bits::random::SeededRandom;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy, Unobserved, inspect};
use diemdanh::emrtd::report::{Cause, Check, Overall, render};
use diemdanh::host::pcsc::PcscReader;
use diemdanh::iso7816::transport::{CardReader, ReaderEvent, TransportError};
use diemdanh::lab::card::{CardFault, SyntheticCard};
use diemdanh::lab::issuer::trust_store_der;
use diemdanh::lab::{catalogue, simulator, vpcd};
use std::net::TcpStream;
use std::thread::JoinHandle;

#[test]
fn cards_through_the_daemon() {
    rig::inside("pcsc::cards_through_the_daemon", read_them_all);
}

fn read_them_all() {
    let mut reader = PcscReader::new(None);
    for (fault, overall) in [
        ("good", Overall::Pass),
        ("clone", Overall::Fail),
        ("unknown-signer", Overall::Unknown),
        ("good", Overall::Pass),
    ] {
        let card = serve(SyntheticCard::new(card(fault)));
        assert_eq!(read(&mut reader), Some(overall), "{fault}");
        drop(card);
        wait_until_empty(&mut reader);
    }
    for index in [0, 4, 9, 14] {
        let card = serve(SyntheticCard::new(card("good")).with_fault(CardFault::LiftedAt(index)));
        assert_eq!(read(&mut reader), Some(Overall::Retry), "lifted at {index}");
        drop(card);
        wait_until_empty(&mut reader);
    }
    let short = serve(SyntheticCard::new(card("good")).with_fault(CardFault::ShortOnly));
    assert_eq!(read(&mut reader), Some(Overall::Pass));
    drop(short);
}

#[test]
fn catalogue_through_the_daemon() {
    rig::inside("pcsc::catalogue_through_the_daemon", || {
        let mut reader = PcscReader::new(None);
        for id in [
            "A03-blind-6985",
            "A03-blind-6983",
            "A03-blind-63C2",
            "A03-blind-6F00",
            "A03-blind-6A82",
            "A12-integrated",
            "A12-group-1024-160",
            "A16-nonce-of-one-block",
            "G03-gives-up-6988",
            "G03-gives-up-twice",
            "A13-offer-hidden",
            "A07-wrong-can",
            "A09-point-off-curve",
            "A10-no-token",
            "A14-wrong-data",
            "B09-plain-6988",
            "B15-replayed",
            "C06-endless-file",
            "C07-right-length",
            "C10-lifted",
            "G02-clone",
            "G05-old-challenge",
            "G09-mapping",
        ] {
            let entry = catalogue::find(id).unwrap();
            let card = serve(entry.card().unwrap());
            let inspection = inspected(&mut reader, &entry.access_key()).unwrap();
            let (check, cause) = entry.line;
            let told = inspection.results.iter().any(|line| line.check == check && line.cause == cause);
            assert!(inspection.overall == entry.overall && told, "{id}\n{}", render::text(&inspection));
            drop(card);
            wait_until_empty(&mut reader);
        }
    });
}

/// A daemon that is stopped in its tracks answers nobody: told within five seconds, with one thread left behind, and all
/// is well again when it goes on.
#[test]
fn c13_frozen_daemon_is_told_within_five_seconds_and_costs_one_thread() {
    rig::inside("pcsc::c13_frozen_daemon_is_told_within_five_seconds_and_costs_one_thread", || {
        let pid = rig::daemon_pid();
        let signal = |name: &str| {
            assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
        };
        let mut reader = PcscReader::new(None);
        while !matches!(reader.wait(500), Some(ReaderEvent::Ready { .. })) {}
        signal("-STOP");
        let stopped = std::time::Instant::now();
        while reader.wait(500) != Some(ReaderEvent::ServiceDown) {
            assert!(stopped.elapsed().as_secs() < 5, "nobody was told");
        }
        println!("told after {:?}", stopped.elapsed());
        for _ in 0..10 {
            assert_eq!(reader.wait(200), None, "told once");
            assert_eq!(reader.connect().err(), Some(TransportError::ServiceLost));
            assert_eq!(reader.survey().err(), Some(TransportError::ServiceLost));
        }
        assert!(reader.is_frozen());
        assert_eq!(reader.abandoned(), 1, "one thread for one freeze");
        signal("-CONT");
        let card = serve(SyntheticCard::new(card("good")));
        assert_eq!(read(&mut reader), Some(Overall::Pass), "all is well again");
        assert_eq!((reader.abandoned(), reader.is_frozen()), (1, false));
        drop(card);
    });
}

/// What `diemdanh read` says where there is nothing to read: one sentence for each thing that can be missing.
#[test]
fn c13_service_reader_name_and_card_that_are_missing_are_four_sentences() {
    rig::inside("pcsc::c13_service_reader_name_and_card_that_are_missing_are_four_sentences", || {
        let work = tempfile::tempdir().unwrap();
        std::fs::write(work.path().join("anchor.cer"), &trust_store_der().unwrap()[0]).unwrap();
        let said = |extra: &[&str]| {
            let output = std::process::Command::new(program("diemdanh"))
                .args(["read", "--can", "000017", "--trust"])
                .arg(work.path())
                .args(extra)
                .args(["--wait", "2"])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(5));
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(!said.contains('\u{1b}'), "no colours into a pipe: {said:?}");
            said
        };
        assert!(said(&[]).contains("has no card"), "{}", said(&[]));
        let named = said(&["--reader", "nobody's"]);
        assert!(named.contains("contains \\\"nobody's\\\"") || named.contains("contains \"nobody's\""), "{named}");
        assert!(named.contains("Virtual PCD 00 00") && named.contains("Virtual PCD 00 01"), "{named}");
        let card = serve(SyntheticCard::new(card("good")));
        let other = said(&["--reader", "virtual pcd 00 01"]);
        assert!(other.contains("the card is in the reader Virtual PCD 00 00"), "{other}");
        drop(card);
        let pid = rig::daemon_pid();
        assert!(std::process::Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
        let frozen = said(&[]);
        assert!(std::process::Command::new("kill").args(["-CONT", &pid]).status().unwrap().success());
        assert!(frozen.contains("service does not run or does not answer"), "{frozen}");
    });
}

/// The daemon of this machine, and its clock: from the beginning of a reading that is lifted to its end.
#[test]
fn c10_lifted_card_is_a_retry_within_two_seconds_through_the_daemon() {
    rig::inside("pcsc::c10_lifted_card_is_a_retry_within_two_seconds_through_the_daemon", || {
        let mut reader = PcscReader::new(None);
        for index in [2, 6, 11] {
            let card = serve(SyntheticCard::new(card("good")).with_fault(CardFault::LiftedAt(index)));
            let (inspection, took) = timed(&mut reader, &AccessKey::can("000017")).unwrap();
            assert_eq!(inspection.overall, Overall::Retry, "lifted at {index}");
            assert!(took.as_millis() < 2_000, "lifted at {index}: {took:?}");
            drop(card);
            wait_until_empty(&mut reader);
        }
    });
}

/// The watchdog is set short, so that nobody waits for the real one.
#[test]
fn c12_slow_and_mute_cards_through_the_daemon() {
    rig::inside("pcsc::c12_slow_and_mute_cards_through_the_daemon", || {
        let mut reader = PcscReader::new(None).with_transmit_timeout_ms(2_000);
        let slow = |delay_ms| {
            let card = SyntheticCard::new(card("good")).with_fault(CardFault::SlowFor(5, delay_ms));
            card.with_fault(CardFault::SlowFor(9, delay_ms))
        };
        let mute = SyntheticCard::new(card("good")).with_fault(CardFault::MuteFrom(9));
        let timed_out = Some(Cause::Link(TransportError::TimedOut { timeout_ms: 2_000 }));
        for (spoilt, overall, cause) in [
            (slow(700), Overall::Pass, None),
            (slow(5_000), Overall::Retry, timed_out),
            (mute, Overall::Retry, timed_out),
        ] {
            let card = serve(spoilt);
            let started = std::time::Instant::now();
            let inspection = inspected(&mut reader, &AccessKey::can("000017")).unwrap();
            println!("{:?} after {:?}", inspection.overall, started.elapsed());
            let link = inspection.results.iter().rev().find(|line| line.check == Check::Link).unwrap();
            assert_eq!((inspection.overall, link.cause), (overall, cause), "{}", render::text(&inspection));
            drop(card);
            wait_until_empty(&mut reader);
        }
    });
}

/// The daemon looks every 400 ms; a card that is changed faster than that is not seen to change.
fn wait_until_empty(reader: &mut PcscReader) {
    let gone = |event| matches!(event, Some(ReaderEvent::CardRemoved | ReaderEvent::Ready { .. }));
    assert!((0..20).any(|_| gone(reader.wait(500))), "the card is gone");
    assert_eq!(reader.wait(1000), None, "long enough for the daemon to look once more");
}

/// A card in the reader until it is dropped.
struct Served {
    stream: TcpStream,
    card: Option<JoinHandle<()>>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        if let Some(card) = self.card.take() {
            card.join().unwrap();
        }
    }
}

fn card(fault: &str) -> diemdanh::lab::card::CardData {
    simulator::card_of(&simulator::person("1").unwrap(), fault).unwrap()
}

fn serve(mut card: SyntheticCard) -> Served {
    let stream = TcpStream::connect(("127.0.0.1", vpcd::DEFAULT_PORT)).unwrap();
    let copy = stream.try_clone().unwrap();
    let thread = std::thread::spawn(move || drop(vpcd::serve(&mut card, copy)));
    Served { stream, card: Some(thread) }
}

fn read(reader: &mut PcscReader) -> Option<Overall> {
    inspected(reader, &AccessKey::can("000017")).map(|inspection| inspection.overall)
}

fn inspected(reader: &mut PcscReader, key: &AccessKey) -> Option<Inspection> {
    timed(reader, key).map(|(inspection, _)| inspection)
}

/// An inspection, and how long it took once the card was connected.
fn timed(reader: &mut PcscReader, key: &AccessKey) -> Option<(Inspection, std::time::Duration)> {
    let (trust, _) = TrustStore::from_certificates(&trust_store_der().unwrap());
    let now = "2026-06-26T00:30:00Z".parse().unwrap();
    let started = std::time::Instant::now();
    for _ in 0..50 {
        let event = reader.wait(500);
        if !matches!(event, Some(ReaderEvent::CardPresent { .. })) {
            continue;
        }
        let mut transport = match reader.connect() {
            Ok(transport) => transport,
            Err(TransportError::CardLost) => {
                println!("present, yet lost after {:?}", started.elapsed());
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        let waited = started.elapsed();
        let policy = InspectionPolicy::default();
        let mut random = SeededRandom::new("pcsc");
        let inspection = inspect(transport.as_mut(), key, &trust, &policy, now, &mut random, &mut Unobserved);
        let (apdus, block) = (inspection.apdu_count, inspection.block_size_bytes);
        let took = started.elapsed() - waited;
        println!("waited {waited:?}, inspected {took:?}, {apdus} commands, block {block}");
        return Some((inspection, took));
    }
    None
}
