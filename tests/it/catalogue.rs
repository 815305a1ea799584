//! The whole catalogue of bad cards: each ends in its verdict, with its line in the report.

use crate::inspection_support::read;
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy};
use diemdanh::emrtd::report::render;
use diemdanh::lab::catalogue::{Entry, entries, find};
use std::collections::BTreeSet;

/// Reads one card of the catalogue and says what is not as it should be.
fn fault_of(entry: &Entry) -> Option<String> {
    let inspection: Inspection = read(&mut entry.card().unwrap(), &entry.access_key(), &InspectionPolicy::default());
    let (check, cause) = entry.line;
    let told = inspection.results.iter().any(|line| line.check == check && line.cause == cause);
    let as_expected = inspection.overall == entry.overall && told;
    (!as_expected).then(|| {
        let wanted = format!("{} {check:?} {cause:?}", entry.overall.word());
        format!("{} ({}): wanted {wanted}, found {}", entry.id, entry.about, render::text(&inspection))
    })
}

#[test]
fn whole_catalogue_ends_as_it_says() {
    let faults: Vec<String> = entries().iter().filter_map(fault_of).collect();
    assert!(faults.is_empty(), "{} cards\n{}", faults.len(), faults.join("\n"));
    println!("{} cards", entries().len());
}

#[test]
fn every_id_stands_once_and_is_found_in_any_case() {
    let ids: BTreeSet<&str> = entries().iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), entries().len());
    for id in ids {
        assert_eq!(find(&id.to_lowercase()).unwrap().id, id);
    }
    assert!(find("A99-nobody").is_none());
}

/// The cards whose id starts with `line`.
#[track_caller]
fn check(line: &str) {
    let prefix = format!("{line}-");
    let cards: Vec<Entry> = entries().into_iter().filter(|entry| entry.id.starts_with(&prefix)).collect();
    assert!(!cards.is_empty(), "no card for {line}");
    let faults: Vec<String> = cards.iter().filter_map(fault_of).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a01_no_application() {
    check("A01");
}

#[test]
fn a02_master_file_refused() {
    check("A02");
}

#[test]
fn a03_card_access_absent_locked_warned_truncated() {
    check("A03");
}

#[test]
fn a04_two_variants() {
    check("A04");
}

#[test]
fn a05_unknown_entries() {
    check("A05");
}

#[test]
fn a06_offer_differs_from_its_signed_copy() {
    check("A06");
}

#[test]
fn a07_wrong_can() {
    check("A07");
}

#[test]
fn a08_tries_counted_blocked_suspended() {
    check("A08");
}

#[test]
fn a09_reflected_keys_and_points_off_the_curve() {
    check("A09");
}

#[test]
fn a10_wrong_or_missing_token() {
    check("A10");
}

#[test]
fn a12_seldom_variants() {
    check("A12");
}

#[test]
fn a13_pace_refused() {
    check("A13");
}

#[test]
fn a14_bad_mapping_data() {
    check("A14");
}

#[test]
fn a15_bad_bac() {
    check("A15");
}

#[test]
fn a16_long_nonce() {
    check("A16");
}

#[test]
fn b04_end_of_file_with_data() {
    check("B04");
}

#[test]
fn b05_protected_file_missing() {
    check("B05");
}

#[test]
fn b06_flipped_code() {
    check("B06");
}

#[test]
fn b07_statuses_differ() {
    check("B07");
}

#[test]
fn b08_plain_data() {
    check("B08");
}

#[test]
fn b09_plain_6988_6987() {
    check("B09");
}

#[test]
fn b10_plain_6700() {
    check("B10");
}

#[test]
fn b11_no_do8e() {
    check("B11");
}

#[test]
fn b12_no_do99() {
    check("B12");
}

#[test]
fn b13_padding_indicator_02() {
    check("B13");
}

#[test]
fn b14_padding_without_80() {
    check("B14");
}

#[test]
fn b15_old_answer_replayed() {
    check("B15");
}

#[test]
fn b16_cryptogram_longer_than_the_answer() {
    check("B16");
}

#[test]
fn c01_com_absent_wrong_lying() {
    check("C01");
}

#[test]
fn c02_versions_differ() {
    check("C02");
}

#[test]
fn c03_signed_group_missing() {
    check("C03");
}

#[test]
fn c04_locked_group() {
    check("C04");
}

#[test]
fn c05_unsigned_group() {
    check("C05");
}

#[test]
fn c06_forms_of_files() {
    check("C06");
}

#[test]
fn c07_refusals_and_empty_answers() {
    check("C07");
}

#[test]
fn c09_block_sizes() {
    check("C09");
}

#[test]
fn c10_lifted() {
    check("C10");
}

#[test]
fn c12_slow_and_mute() {
    check("C12");
}

#[test]
fn g02_clone() {
    check("G02");
}

#[test]
fn g03_agreement_refused() {
    check("G03");
}

#[test]
fn g05_bad_signatures() {
    check("G05");
}

#[test]
fn g06_cut_answer() {
    check("G06");
}

#[test]
fn g07_no_keys() {
    check("G07");
}

#[test]
fn g08_keys_dropped() {
    check("G08");
}

#[test]
fn g09_mapping() {
    check("G09");
}

#[test]
fn d_dg2_block_of_39794_on_a_card() {
    check("D");
}
