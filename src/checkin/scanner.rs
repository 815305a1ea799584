//! What is known of a scanner that has a port of its own. What it scans is an input like any other.

/// The scanner at a serial port. One that types like a keyboard is nobody's to look after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScannerHealth {
    /// This desk has none.
    #[default]
    Off,
    /// It can be read.
    Ready,
    /// It is not plugged in.
    Missing,
    /// The desk's user may not open it.
    NoRights,
    /// Another program has it.
    Busy,
    /// What has its name is no serial port.
    NotSerial,
}
