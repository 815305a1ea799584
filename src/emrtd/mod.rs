//! ICAO Doc 9303: travel documents, nothing Vietnamese.
