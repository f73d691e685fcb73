#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| halo_onboard_fuzz::rules::typed(bytes));
