//! Lab cards through a real PC/SC daemon and its virtual reader.

use crate::rig;
use diemdanh::bits::random::SeededRandom;
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{InspectionPolicy, Unobserved, inspect};
use diemdanh::emrtd::report::Overall;
use diemdanh::host::pcsc::PcscReader;
use diemdanh::iso7816::transport::{CardReader, ReaderEvent, TransportError};
use diemdanh::lab::card::{CardFault, SyntheticCard};
use diemdanh::lab::issuer::trust_store_der;
use diemdanh::lab::{simulator, vpcd};
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
        let key = AccessKey::can("000017");
        let inspection = inspect(transport.as_mut(), &key, &trust, &policy, now, &mut random, &mut Unobserved);
        let (apdus, block) = (inspection.apdu_count, inspection.block_size_bytes);
        println!("waited {waited:?}, inspected {:?}, {apdus} commands, block {block}", started.elapsed() - waited);
        return Some(inspection.overall);
    }
    None
}
