//! What is said about lists, in both languages: nothing is missing, nothing is said that nobody says.

use diemdanh::lists::words::{
    COLUMN, Contents, ListWords, MappingWords, PROBLEM, Places, TableFaults, WEIGHT, weight_key,
};
use diemdanh::lists::{Column, Problem, Weight};
use diemdanh::words::{Dictionary, Faults, Language};
use std::collections::BTreeSet;

const LANGUAGES: [Language; 2] = [Language::Vietnamese, Language::English];

/// Keys with their slots.
type Said = Vec<(&'static str, &'static [&'static str])>;

fn sections() -> Vec<(&'static str, Said)> {
    let weights = [Weight::Note, Weight::Warning, Weight::Error].map(weight_key);
    let plain = |keys: Vec<&'static str>| keys.into_iter().map(|key| (key, &[][..])).collect();
    vec![
        (Places::SECTION, Places::SAID.to_vec()),
        (Contents::SECTION, Contents::SAID.to_vec()),
        (TableFaults::SECTION, TableFaults::SAID.to_vec()),
        (MappingWords::SECTION, MappingWords::SAID.to_vec()),
        (WEIGHT, plain(weights.to_vec())),
        (COLUMN, plain(Column::all().map(Column::key).collect())),
        (PROBLEM, plain(Problem::ALL.iter().map(|problem| problem.code()).collect())),
    ]
}

#[test]
fn both_languages_hold_every_sentence_with_its_slots() {
    for language in LANGUAGES {
        let words = Dictionary::read(ListWords::text(language)).unwrap();
        let faults: Vec<Faults> = sections().iter().map(|(section, said)| words.check(section, said)).collect();
        assert!(faults.iter().all(|faults| faults.0.is_empty()), "{language:?}: {faults:?}");
        let known: BTreeSet<&str> = sections().iter().map(|(section, _)| *section).collect();
        assert_eq!(words.sections().collect::<BTreeSet<_>>(), known, "{language:?}");
    }
}

/// A sentence that was left in Vietnamese has letters that English does not.
#[test]
fn english_is_english() {
    let marked = |line: &&str| line.chars().any(|one| one.is_alphabetic() && !one.is_ascii());
    let text = ListWords::text(Language::English);
    assert_eq!(text.lines().filter(marked).collect::<Vec<_>>(), [""; 0]);
    let vietnamese = ListWords::text(Language::Vietnamese);
    let is_whole = |line: &&str| line.contains(" = ") && !line.ends_with("'''");
    let same: Vec<&str> = text.lines().filter(is_whole).filter(|line| vietnamese.contains(line)).collect();
    assert!(same.iter().all(|line| line.starts_with("sheet = ")), "a name in quotes is one in both: {same:?}");
}

#[test]
fn a_problem_is_said_in_the_language_that_was_asked_for() {
    let [vietnamese, english] = LANGUAGES.map(ListWords::of);
    assert_eq!(vietnamese.problem(Problem::NumberMissing), "Thiếu số báo danh");
    assert_eq!(english.problem(Problem::NumberMissing), "The candidate number is missing");
    assert_eq!((vietnamese.weight(Weight::Error), english.weight(Weight::Error)), ("lỗi", "error"));
    assert_eq!(vietnamese.column(Column::Number), "Số báo danh");
    assert!(english.over_memory("DS", 512).starts_with("sheet “DS”: reading it takes more than 512 MB"));
}
