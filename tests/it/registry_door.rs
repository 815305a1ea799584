//! Who is answered: whoever signed the question with the key that it presents, and, where the stub knows a board, a desk
//! that it certified.

use crate::record_support::{board, desk_cert, device};
use crate::registry_support::{SHORT, asker, client, client_asking, query, refused, segment_key, stub};
use diemdanh::bits::random::SeededRandom;
use diemdanh::host::dialect::Asker;
use diemdanh::lab::registry_stub::{RegistryStub, StubSettings};
use diemdanh::record::statement::endorse;
use diemdanh::record::{BoardKeys, DeskCert, Revocation, RevocationList};
use diemdanh::registry::{Answer, Query, RefusedReason, Registry as _};
use diemdanh::tlog::NoteKey;
use jiff::{SignedDuration, Timestamp};

fn status(status: u16) -> Answer {
    refused(RefusedReason::HttpStatus { status })
}

fn heard(stub: &RegistryStub, asker: Asker, query: &Query) -> Answer {
    client_asking(stub.url(), stub, asker, SHORT).unwrap().ask(query).answer
}

/// The question of another log than the key's, and one that was signed by another key than it presents.
/// What is done to a chain of papers, with a key of somebody else.
type Bending = fn(&mut Chain, NoteKey);

#[test]
fn key_that_did_not_sign_is_turned_away() {
    let stub = stub(StubSettings::default());
    assert!(matches!(client(&stub).ask(&query()).answer, Answer::Match { .. }));
    assert_eq!(heard(&stub, asker(device()), &query()), status(401), "named by no log");
    let other = NoteKey::generate(&query().asked.origin, &mut SeededRandom::new("another")).unwrap();
    let mixed = Asker::presenting(other, segment_key().verifier().to_string());
    assert_eq!(heard(&stub, mixed, &query()), status(401), "a key of the same name");
    let none = Asker::presenting(segment_key(), String::new());
    assert_eq!(heard(&stub, none, &query()), status(401), "no key at all");
    assert_eq!((stub.calls(), stub.turned_away()), (1, 3));
}

/// A log, a desk and a board that fit together, to be bent.
struct Chain {
    origin: String,
    cert: DeskCert,
    board: NoteKey,
    device: NoteKey,
}

impl Chain {
    fn good() -> Self {
        let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
        let cert = DeskCert { not_before: now - day, not_after: now + day, ..desk_cert(false) };
        let origin = format!("{}/{}/{}/b1/001", cert.board, cert.exam, cert.desk);
        Self { origin, cert, board: board(), device: device() }
    }

    fn heard(&self, stub: &RegistryStub) -> Answer {
        let key = NoteKey::generate(&self.origin, &mut SeededRandom::new("its segment")).unwrap();
        let endorsement = endorse(key.verifier(), &self.device).unwrap();
        let asker = Asker::new(key, endorsement, self.cert.sign(&self.board).unwrap());
        let mut query = query();
        query.asked.origin.clone_from(&self.origin);
        heard(stub, asker, &query)
    }
}

fn knowing_the_board(list: Option<RevocationList>) -> (tempfile::TempDir, RegistryStub) {
    let folder = tempfile::tempdir().unwrap();
    let board_key = folder.path().join("board.vkey");
    std::fs::write(&board_key, format!("{}\n", board().verifier())).unwrap();
    let revocations = list.map(|list| {
        let path = folder.path().join("revocations");
        std::fs::write(&path, list.sign(&board()).unwrap()).unwrap();
        path
    });
    let stub = stub(StubSettings { board_key: Some(board_key), revocations, ..StubSettings::default() });
    (folder, stub)
}

#[test]
fn chain_from_the_board_is_followed_link_by_link() {
    let (_folder, stub) = knowing_the_board(None);
    assert!(matches!(Chain::good().heard(&stub), Answer::Match { .. }));
    let other = |name: &str| NoteKey::generate(name, &mut SeededRandom::new("somebody else")).unwrap();
    let bent: [(&str, Bending); 6] = [
        ("another board of this name", |chain, other| chain.board = other),
        ("another device of this name", |chain, other| chain.device = other),
        ("another desk's log", |chain, _| chain.origin = chain.origin.replace("desk-1", "desk-10")),
        ("another exam's log", |chain, _| chain.origin = chain.origin.replace("2026", "2027")),
        ("ended", |chain, _| chain.cert.not_after = Timestamp::now() - SignedDuration::from_secs(5)),
        ("too early", |chain, _| chain.cert.not_before = Timestamp::now() + SignedDuration::from_hours(1)),
    ];
    for (what, bend) in bent {
        let mut chain = Chain::good();
        let name = if what.contains("device") { chain.device.verifier() } else { chain.board.verifier() };
        let other = other(name.name());
        bend(&mut chain, other);
        assert_eq!(chain.heard(&stub), status(403), "{what}");
    }
    assert_eq!(heard(&stub, asker(segment_key()), &query()), status(403), "nobody's desk");
}

#[test]
fn revoked_desk_is_not_answered() {
    let one = Revocation { serial: Chain::good().cert.serial, reason: "lost".to_owned(), last_accepted: None };
    let set = Some(BoardKeys::one(board().verifier().clone()).digest());
    let list = RevocationList { number: 1, board_keys: set, revoked: vec![one] };
    let (_folder, stub) = knowing_the_board(Some(list));
    assert_eq!(Chain::good().heard(&stub), status(403));
    assert_eq!(stub.calls(), 0);
}
