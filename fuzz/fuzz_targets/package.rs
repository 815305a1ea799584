#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| diemdanh::lab::fuzz::run("package", bytes));
