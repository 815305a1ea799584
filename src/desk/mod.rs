//! Runs the kiosk.
