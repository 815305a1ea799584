//! What only a desk at work can say, and what also stands in segments of their own before and after a session.

use crate::event::AttendanceEvent;

impl AttendanceEvent {
    /// True for what a desk can say only while it works, from a package where it has one. Everything else also stands in
    /// segments that were opened for it alone, before anybody had signed in or after the session: wrong PINs, answers
    /// that were fetched later, a purge.
    pub fn is_of_a_session(&self) -> bool {
        use AttendanceEvent::{Anchor, ClockConfirmed, ClockJump, Close, DeviceEvent, LateAnswer};
        use AttendanceEvent::{Open, PackageLoaded, Purged, RegistryAnswer};
        let is_beside = matches!(self, Open(_) | Close { .. } | DeviceEvent { .. } | ClockJump { .. } | Anchor { .. })
            || matches!(self, ClockConfirmed { .. } | PackageLoaded { .. } | Purged { .. })
            || matches!(self, RegistryAnswer { .. } | LateAnswer { .. });
        !is_beside
    }
}
