//! The fuzzer's targets on stable: the whole corpus, and a seeded mutation loop over it; every parser of outside bytes
//! returns.

use crate::inspection_support::{can, faulty, read_card};
use diemdanh::bits::random::{Random, SeededRandom};
use diemdanh::emrtd::report::Overall;
use diemdanh::lab::fuzz::{TARGETS, run};
use diemdanh::lab::fuzz_seeds::{Seed, lab_seeds, seeds, write_corpus};
use diemdanh::lab::issuer::Fault;
use std::path::Path;

/// Mutants of each seed of the lab; enough to meet every branch that a flipped length opens, few enough for every run.
const MUTANTS: u32 = 20;

fn corpus() -> Vec<Seed> {
    seeds(Path::new("tests/vectors")).unwrap()
}

#[test]
fn every_target_has_its_file_for_the_fuzzer_and_seeds_of_its_own() {
    let own = lab_seeds().unwrap();
    let manifest = std::fs::read_to_string("fuzz/Cargo.toml").unwrap();
    for (name, _) in TARGETS {
        let path = format!("fuzz/fuzz_targets/{name}.rs");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(&format!("run(\"{name}\"")) && manifest.contains(&path["fuzz/".len()..]), "{path}");
        assert!(own.iter().any(|seed| seed.target == name), "{name} has no seed of its own");
    }
}

#[test]
fn corpus_is_the_same_every_time_and_is_written_as_the_fuzzer_looks_for_it() {
    let work = tempfile::tempdir().unwrap();
    let count = write_corpus(Path::new("tests/vectors"), work.path()).unwrap();
    assert_eq!(count, corpus().len());
    let folders = TARGETS.iter().map(|(name, _)| std::fs::read_dir(work.path().join(name)).unwrap().count());
    assert_eq!(folders.sum::<usize>(), count);
    println!("{count} seeds for {} targets", TARGETS.len());
}

#[test]
fn corpus_never_stops_a_parser() {
    for Seed { target, bytes } in corpus() {
        run(target, &bytes);
    }
}

#[test]
fn mutants_of_the_corpus_never_stop_a_parser() {
    let mut random = SeededRandom::new("mutants");
    for Seed { target, bytes } in lab_seeds().unwrap() {
        for _ in 0..MUTANTS {
            run(target, &mutant(&bytes, &mut random));
        }
    }
}

/// The fuzzer takes signatures for right; this build does not, and no kiosk can be built so.
#[test]
fn signatures_are_bypassed_in_the_fuzzers_builds_only() {
    assert_eq!(read_card(faulty(Fault::WrongSignature), &can()).overall, Overall::Fail);
    for program in ["desk", "office"] {
        let room = std::fs::read_to_string(format!("src/{program}/lib.rs")).unwrap();
        assert!(room.contains("#[cfg(fuzzing)]\ncompile_error!"), "{program}");
    }
}

/// A few bytes changed, one run taken out or doubled; mostly near the start, where lengths and tags are.
fn mutant(seed: &[u8], random: &mut SeededRandom) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    let dice = random.bytes(8);
    for pair in dice[..6].chunks(2) {
        let place = usize::from(pair[0]) % bytes.len().min(256);
        bytes[place] = pair[1];
    }
    let from = usize::from(dice[6]) % bytes.len();
    match dice[7] % 3 {
        0 => bytes.truncate(from),
        1 => drop(bytes.drain(from..(from + 4).min(seed.len()))),
        _ => bytes.extend_from_slice(&seed[from..(from + 16).min(seed.len())]),
    }
    bytes
}
