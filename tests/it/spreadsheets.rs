//! What we write as CSV does nothing in a spreadsheet, and comes back as it was.

use crate::lists_dirt::{csv as list, intake, with, words};
use diemdanh::bits::secret::Pii;
use diemdanh::bits::spreadsheet::{CsvRows, meant, neutral};
use diemdanh::lists::Mapping;
use diemdanh::lists::table::{Limits, Table};
use diemdanh::office::exam::{Ledger, Packed, Room, Site, places, report};
use diemdanh::record::Digest;
use diemdanh::roster::{Candidate, CandidateId, CandidateNumber, Roster, canonical};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Every cell that a spreadsheet makes of a file, whichever separator it expects.
fn cells(file: &[u8]) -> Vec<String> {
    let file = file.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(file);
    let read = |separator: u8| {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(separator).from_reader(file);
        let records: Vec<_> = reader.into_records().map(Result::unwrap).collect();
        records.iter().flat_map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    // Nor does it help to divide at every line end, quoted or not.
    let lines = String::from_utf8_lossy(file).lines().map(str::to_owned).collect::<Vec<_>>();
    [read(b','), read(b';'), read(b'\t'), lines].concat()
}

fn is_computed(cell: &str) -> bool {
    cell.starts_with(['\t', '\r'])
        || cell.trim_start_matches(|one: char| one.is_whitespace() || one == '"').starts_with(['=', '+', '-', '@'])
}

fn require_neutral(file: &[u8]) {
    let computed: Vec<_> = cells(file).into_iter().filter(|cell| is_computed(cell)).collect();
    assert!(computed.is_empty(), "{computed:?} in {}", String::from_utf8_lossy(file));
}

/// Texts of what matters here, and any other.
fn text() -> impl Strategy<Value = String> {
    let pieces =
        ["=", "+", "-", "@", "'", "\"", ";", ",", "\t", "\r", "\n", " ", "1+1", "cmd|' /C calc'!A0", "Lê", "＝"];
    let dangerous = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..8).prop_map(|all| all.concat());
    prop_oneof![dangerous, any::<String>()]
}

fn candidate(texts: &[String; 7]) -> Option<Candidate> {
    let [number, full_name, id_number, site, room, seat, session] = texts;
    Some(Candidate {
        id: CandidateId([7; 16]),
        number: CandidateNumber::new(number)?,
        full_name: Pii::new(full_name.clone()),
        birth_date: Pii::new(String::new()),
        id_number: Pii::new(id_number.clone()),
        site: site.clone(),
        room: room.clone(),
        seat: seat.clone(),
        session: session.clone(),
        sex: None,
        school: full_name.clone(),
    })
}

proptest! {
    #[test]
    fn any_text_is_neutral_and_comes_back(texts in prop::collection::vec(text(), 1..5)) {
        let mut rows = CsvRows::new();
        rows.row(&texts);
        let file = rows.finish();
        require_neutral(&file);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        let back: Vec<String> = record.iter().map(|cell| meant(cell).into_owned()).collect();
        prop_assert_eq!(back, texts.clone());
        for text in &texts {
            let written = neutral(text);
            prop_assert_eq!(&*meant(&written), text.as_str());
        }
    }

    /// The list of an exam, its sites and rooms: written, neutral, read back by the one reader, written again.
    #[test]
    fn the_files_of_an_exam_are_neutral_and_come_back(texts in prop::array::uniform7(text())) {
        let Some(one) = candidate(&texts) else { return Ok(()) };
        let file = canonical::write(vec![one.clone()]);
        require_neutral(&file);
        let roster = Roster::from_canonical(&file).unwrap();
        prop_assert_eq!(roster.iter().collect::<Vec<_>>(), vec![one]);
        prop_assert_eq!(canonical::write(roster.iter().collect()), file);
        let [code, title, ..] = &texts;
        if !code.is_empty() {
            let sites = [Site { code: code.clone(), title: title.clone() }];
            let rooms = [Room { site: title.clone(), name: code.clone(), capacity: Some(24) }];
            let (sites_file, rooms_file) = (places::write_sites(&sites), places::write_rooms(&rooms));
            require_neutral(&sites_file);
            require_neutral(&rooms_file);
            prop_assert_eq!(places::read_sites(&sites_file).unwrap(), sites);
            prop_assert_eq!(places::read_rooms(&rooms_file).unwrap(), rooms);
        }
    }
}

/// Chance misses what four characters can do; there are few enough to try them all.
#[test]
fn every_short_text_is_neutral_and_comes_back() {
    let letters = ["=", "+", "'", "\"", ";", ",", "\t", "\r", "\n", " ", "a"];
    let mut texts = vec![String::new()];
    for len in 0..4 {
        let longer = texts.iter().filter(|text| text.len() == len);
        let longer: Vec<String> = longer.flat_map(|text| letters.map(|letter| format!("{text}{letter}"))).collect();
        texts.extend(longer);
    }
    assert_eq!(texts.len(), 1 + 11 + 121 + 1_331 + 14_641);
    for text in texts {
        assert_eq!(meant(&neutral(&text)), text.as_str());
        let mut rows = CsvRows::new();
        rows.row([text.as_str(), "x"]);
        rows.row(["0901", text.as_str()]);
        require_neutral(&rows.finish());
    }
}

#[test]
fn packages_are_neutral_and_come_back() {
    let mut ledger = Ledger::default();
    ledger.add(Packed {
        id: "=thi/b1/0901".to_owned(),
        version: 1,
        sha256: Digest([1; 32]),
        size: 1,
        rows: 1,
        packed_at: "2026-06-26T00:35:00Z".parse().unwrap(),
        fingerprint: Digest([2; 32]),
        revocations: 0,
        desks: vec!["@ban".to_owned()],
        received: vec!["-x".to_owned()],
        rules_sha256: Some(Digest([3; 32])),
        trust_store: Some("+1".to_owned()),
    });
    let file = ledger.write();
    require_neutral(&file);
    assert_eq!(Ledger::read(&file).unwrap(), ledger);
}

#[test]
fn reports_are_neutral_and_move_no_terminal() {
    let rows = with(|rows| {
        rows[0][4] = "=1+1\u{202e}".to_owned();
        rows[1][2] = "=cmd|' /C calc'!A0".to_owned();
        rows[2][1] = "@SUM(1)".to_owned();
        rows[3][3] = "a;=1+1\u{200e}".to_owned();
    });
    let bytes = list(&rows);
    let table = Table::read(&bytes, &Limits::default()).unwrap();
    let file = report::csv(&table, &intake(&bytes), &crate::programs::vietnamese());
    require_neutral(&file);
    let text = String::from_utf8(file).unwrap();
    assert!(text.contains("'=cmd") && text.contains("a;'=1+1") && text.contains("\\u{202e}"), "{text}");
    assert!(!text.contains('\u{202e}'), "{text}");
    let mapping = Mapping::find(&table).to_toml(&words());
    assert!(Mapping::find(&table).mended_by(&mapping).is_ok() && !mapping.contains('\u{202e}'), "{mapping}");
}

/// The one function at the exit: whoever writes CSV otherwise is found here. A sample is a stranger's list, and as such
/// it is made.
#[test]
fn csv_is_written_in_one_place() {
    let (mut folders, mut wrong) = (vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")], Vec::new());
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let list = if entry.is_dir() { &mut folders } else { &mut files };
            list.push(entry);
        }
    }
    let sources = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    for path in sources.filter(|path| !path.ends_with("src/lab/sample/files.rs")) {
        let text = fs::read_to_string(path).unwrap();
        let calls = ["csv::Writer", "WriterBuilder", "write_record"];
        wrong.extend(
            calls.iter().filter(|call| text.contains(**call)).map(|call| format!("{}: {call}", path.display())),
        );
    }
    assert!(files.len() > 100 && wrong.is_empty(), "{}", wrong.join("\n"));
}
