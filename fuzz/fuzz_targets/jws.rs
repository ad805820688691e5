#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| registry_conformance_fuzz::jws::run(data));
