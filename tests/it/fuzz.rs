//! The fuzzer's targets under a seeded mutation loop, on stable: every parser of outside bytes returns.

use crate::inspection_support::{issued, person};
use diemdanh::bits::random::{Random, SeededRandom};
use diemdanh::lab::fuzz::{TARGETS, run_all};
use diemdanh::lab::issuer::portrait::Coding;
use diemdanh::lab::issuer::{Issuer, Making};

/// Mutants of each seed; enough to meet every branch that a flipped length opens, few enough for every run.
const MUTANTS: u32 = 60;

#[test]
fn every_target_has_its_file_for_the_fuzzer() {
    for (name, _) in TARGETS {
        let path = format!("fuzz/fuzz_targets/{name}.rs");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(&format!("run(\"{name}\"")), "{path}");
    }
}

#[test]
fn mutants_of_real_files_never_stop_a_parser() {
    let mut random = SeededRandom::new("mutants");
    for seed in seeds() {
        run_all(&seed);
        for _ in 0..MUTANTS {
            run_all(&mutant(&seed, &mut random));
        }
    }
}

/// The files of a good card, its signer and its QR.
fn seeds() -> Vec<Vec<u8>> {
    let card = issued(&Making { portrait: Coding::Jpeg, ..Making::default() });
    let mut seeds: Vec<Vec<u8>> = card.files.into_values().chain(card.master_files.into_values()).collect();
    seeds.push(Issuer::lab().unwrap().signer_der().to_vec());
    seeds.push(person().qr().into_bytes());
    seeds
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
