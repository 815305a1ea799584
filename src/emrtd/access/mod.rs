//! Access control: the keys that open a chip and the procedures that use them (ICAO Doc 9303-11 §4).

pub mod key;
