//! The end of a segment, and what is carried away of a log that is still written.

use super::{AttendanceLog, LogFault, State};
use crate::durable::Appended;
use crate::export::{Beside, ExportFault, export_with};
use crate::{AttendanceEvent, Code, Digest, LogStore, OpenQuestions};
use bits::stamp::Stamp;
use tlog::NoteSigner;

impl<S: LogStore> AttendanceLog<S> {
    /// Writes the `close` entry with its totals, into the room that was kept for it if need be. Nothing can be
    /// appended afterwards.
    ///
    /// # Errors
    /// [`LogFault`].
    pub fn close(&mut self, operator: &Code, stamp: Stamp) -> Result<Appended, LogFault> {
        self.close_leaving(operator, None, stamp)
    }

    /// The same; what was asked of the registry and has no answer lies sealed beside the log, under this digest.
    ///
    /// # Errors
    /// [`LogFault`].
    pub fn close_leaving(
        &mut self,
        operator: &Code,
        sealed: Option<Digest>,
        stamp: Stamp,
    ) -> Result<Appended, LogFault> {
        if self.state == State::Full {
            self.state = State::Running;
        }
        self.require_running()?;
        self.store.release_reserve();
        let jump = self.record_clock_jump(operator, stamp)?;
        let totals = self.totals();
        let count = u64::try_from(self.standing.unanswered()).unwrap_or(u64::MAX);
        let open = (count > 0).then_some(OpenQuestions { count, sha256: sealed });
        let (proof, entry) = self.write(operator, AttendanceEvent::Close { totals, open }, stamp)?;
        self.state = State::Closed;
        Ok(self.appended(proof, jump, entry))
    }

    /// The whole log so far, laid out for others; it is written on.
    ///
    /// # Errors
    /// [`ExportFault`].
    pub fn export(
        &mut self,
        beside: &Beside,
        desk_cert: &str,
        device: &dyn NoteSigner,
    ) -> Result<Vec<(String, Vec<u8>)>, ExportFault> {
        export_with(&mut self.store, beside, desk_cert, device)
    }
}
