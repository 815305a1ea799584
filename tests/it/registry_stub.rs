//! The registry's stub itself: the people it knows, faults by person and by rate, its admin page.

use crate::registry_support::{NUMBER, client, not_asked, query, query_about, stub};
use diemdanh::bits::random::SeededRandom;
use diemdanh::lab::registry_stub::{RegistryStub, StubError, StubFault, StubPerson, StubSettings};
use diemdanh::lab::roster_sample::SampleList;
use diemdanh::registry::{Answer, CardInvalidReason, Field, NotAskedReason, Query, Registry as _};
use jiff::civil::date;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

fn knowing(person: StubPerson) -> RegistryStub {
    stub(StubSettings { persons: [(NUMBER.to_owned(), person)].into(), ..StubSettings::default() })
}

fn mau() -> StubPerson {
    StubPerson {
        full_name: Some("NGUYỄN VĂN MẪU".to_owned()),
        birth_date: Some(date(2008, 2, 15)),
        ..StubPerson::default()
    }
}

fn answer(stub: &RegistryStub, query: &Query) -> Answer {
    client(stub).ask(query).answer
}

#[test]
fn facts_about_a_person_are_compared() {
    assert!(matches!(answer(&knowing(mau()), &query()), Answer::Match { .. }));
    let rows = [
        (StubPerson { full_name: Some("Nguyễn Văn Mầu".to_owned()), ..mau() }, vec![Field::FullName]),
        (StubPerson { birth_date: Some(date(2008, 2, 16)), ..mau() }, vec![Field::BirthDate]),
        (StubPerson { expiry: Some(date(2030, 1, 1)), ..mau() }, vec![Field::Expiry]),
    ];
    for (person, fields) in rows {
        assert_eq!(answer(&knowing(person), &query()), Answer::Mismatch { fields });
    }
}

#[test]
fn state_of_a_person_goes_before_the_facts() {
    let said = |state: &str| answer(&knowing(StubPerson { state: state.to_owned(), ..mau() }), &query());
    let invalid = |reason| Answer::CardInvalid { reason };
    assert_eq!(said("revoked"), invalid(CardInvalidReason::Revoked));
    assert_eq!(said("lost"), invalid(CardInvalidReason::Lost));
    assert_eq!(said("reissued"), invalid(CardInvalidReason::Reissued));
    assert_eq!(said("expired"), invalid(CardInvalidReason::Expired));
    assert_eq!(said("unknown"), invalid(CardInvalidReason::Unknown));
    assert_eq!(said("not_found"), Answer::NotFound);
    assert_eq!(said("E-4711"), Answer::UnknownCode { code: "E-4711".to_owned() });
}

#[test]
fn people_come_from_a_list_of_candidates() {
    let folder = tempfile::tempdir().unwrap();
    let list = SampleList { rooms: 1, seats: 3, ..SampleList::default() };
    let key = diemdanh::bits::secret::Secret::new([7; 32]);
    let path = folder.path().join("candidates.csv");
    std::fs::write(&path, list.canonical(&[], &key)).unwrap();
    let stub = stub(StubSettings { roster: Some(path), otherwise: "not_found".to_owned(), ..StubSettings::default() });
    let candidate = &list.candidates(&[], &key)[0];
    let known = Query {
        full_name: candidate.full_name.clone(),
        birth_date: candidate.birth_date(),
        ..query_about(candidate.id_number.reveal(), 1)
    };
    assert!(matches!(answer(&stub, &known), Answer::Match { .. }));
    assert_eq!(answer(&stub, &query()), Answer::NotFound);
}

#[test]
fn fault_meets_one_person_or_each_nth_call() {
    let one = knowing(StubPerson { fault: StubFault::ServerError, ..mau() });
    assert_eq!(answer(&one, &query()), not_asked(NotAskedReason::OutOfOrder { status: 500 }));
    assert!(matches!(answer(&one, &query_about("099208000025", 1)), Answer::Match { .. }));
    let third = stub(StubSettings { every: [(StubFault::ServerError, 3)].into(), ..StubSettings::default() });
    let mut client = client(&third);
    let good: Vec<bool> = (0..9).map(|_| matches!(client.ask(&query()).answer, Answer::Match { .. })).collect();
    assert_eq!(good, [true, true, false, true, true, false, true, true, false]);
}

// -- the admin page --

fn with_page(settings: StubSettings) -> (RegistryStub, SocketAddr) {
    let stub = stub(StubSettings { admin_listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))), ..settings });
    let url = stub.admin_url().unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    (stub, address)
}

fn http(address: SocketAddr, request: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let head = format!("{request} HTTP/1.1\r\n{headers}{kind}\r\nContent-Length: {}\r\n", body.len());
    stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn page_shows_the_last_calls_and_changes_a_person() {
    let (stub, address) =
        with_page(StubSettings { persons: [(NUMBER.to_owned(), mau())].into(), ..StubSettings::default() });
    let host = format!("Host: {address}\r\n");
    assert!(matches!(answer(&stub, &query()), Answer::Match { .. }));
    let page = http(address, "GET /", &host, "");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains(NUMBER) && page.contains("NGUYỄN VĂN MẪU"), "{page}");
    assert!(!page.contains("{{"), "every place is filled");
    assert!(!page.contains("src=") && !page.contains("<link"), "nothing comes from elsewhere");
    let changed = http(address, "POST /person", &host, &format!("number={NUMBER}&state=revoked&fault=none"));
    assert!(changed.starts_with("HTTP/1.1 303"), "{changed}");
    assert_eq!(answer(&stub, &query()), Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    http(address, "POST /person", &host, &format!("number={NUMBER}&state=good&fault=server-error"));
    assert_eq!(answer(&stub, &query()), not_asked(NotAskedReason::OutOfOrder { status: 500 }));
    http(address, "POST /person", &host, &format!("number={NUMBER}&state=good&fault=none"));
    http(address, "POST /fault", &host, "fault=server-error");
    assert_eq!(answer(&stub, &query()), not_asked(NotAskedReason::OutOfOrder { status: 500 }));
    assert!(http(address, "GET /?q=nobody", &host, "").contains("card_invalid/revoked"), "the calls stay");
}

/// A page of somebody else in the same browser, or a name that was pointed at this machine, changes and sees nothing.
#[test]
fn page_is_for_this_machine_alone() {
    let (stub, address) = with_page(StubSettings::default());
    let body = format!("number={NUMBER}&state=revoked&fault=none");
    let foreign = format!("Host: {address}\r\nOrigin: http://evil.example\r\n");
    let pointed = "Host: evil.example\r\n".to_owned();
    for headers in [foreign, pointed] {
        assert!(http(address, "GET /", &headers, "").starts_with("HTTP/1.1 403"));
        assert!(http(address, "POST /person", &headers, &body).starts_with("HTTP/1.1 403"));
        assert!(http(address, "POST /fault", &headers, "fault=silent").starts_with("HTTP/1.1 403"));
    }
    assert!(matches!(answer(&stub, &query()), Answer::Match { .. }));
    let settings = StubSettings { admin_listen: Some(SocketAddr::from(([0, 0, 0, 0], 0))), ..StubSettings::default() };
    let started = RegistryStub::start(settings, &mut SeededRandom::new("stub")).map(|_| ());
    assert!(matches!(started, Err(StubError::AdminNotLoopback(_))));
}

#[test]
fn what_is_written_on_the_page_stays_text() {
    let (_stub, address) = with_page(StubSettings::default());
    let host = format!("Host: {address}\r\n");
    http(address, "POST /person", &host, "number=%3Cscript%3E1&state=%22x&fault=none");
    let page = http(address, "GET /", &host, "");
    assert!(page.contains("&lt;script&gt;1") && !page.contains("<script>"), "{page}");
}
