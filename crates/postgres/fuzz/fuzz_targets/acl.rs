//! Any text is a list or an error; a list that is printed is read back the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(items) = postgres::acl::parse(text) {
        assert_eq!(postgres::acl::parse(&postgres::acl::print(&items)), Ok(items));
    }
});
