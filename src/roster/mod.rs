//! Who is expected: import, search and matching.
