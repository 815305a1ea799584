//! The technician's page: what the desk depends on, looked at while it runs.

use super::Desk;
use crate::event::Effect;
use crate::failure::Signal;
use crate::health::{ReaderHealth, RegistryHealth};
use crate::readiness::{Check, Finding, Grade, scanner_check};
use crate::records;
use crate::sign_in::Action;
use crate::state::Phase;

impl Desk<'_> {
    /// Only an idle desk is examined; nobody is left standing at it.
    pub(super) fn open_examination(&mut self) {
        let may = self.state.on_duty.may(Action::Examine);
        let is_examined = matches!(self.state.phase, Phase::Examining(_));
        if may && (is_examined || matches!(self.state.phase, Phase::Idle(_)) && !self.state.is_reading()) {
            self.state.key = None;
            self.state.phase = Phase::Examining(None);
            self.effects.push(Effect::Examine);
        }
    }

    /// What was found goes into the log where it is not as it should be: that no radio was on is to be shown afterwards.
    pub(super) fn examined(&mut self, found: Vec<Check>) {
        if !matches!(self.state.phase, Phase::Examining(None)) {
            return;
        }
        let scanner = scanner_check(self.state.health.scanner);
        let own = [Some(self.reader_check()), scanner, Some(self.registry_check())];
        let checks: Vec<Check> = own.into_iter().flatten().chain(found).collect();
        for check in checks.iter().filter(|check| check.finding.grade() != Grade::Good) {
            self.record_note(records::device_news(check.finding.subject(), check.finding.word()));
        }
        self.record_note(records::device_news("doctor", crate::readiness::worst(&checks).word()));
        self.state.phase = Phase::Examining(Some(checks));
        self.effects.push(Effect::Sound(Signal::Ok));
    }

    fn reader_check(&self) -> Check {
        Check::of(match self.state.health.reader {
            ReaderHealth::Ready => Finding::ReaderReady,
            ReaderHealth::Missing => Finding::ReaderMissing,
            ReaderHealth::ServiceDown => Finding::ReaderServiceDown,
            ReaderHealth::Unknown => Finding::ReaderUnknown,
        })
    }

    fn registry_check(&self) -> Check {
        Check::of(match self.state.health.registry {
            _ if !self.context.policy.registry_asked => Finding::RegistryOff,
            RegistryHealth::Well => Finding::RegistryWell,
            RegistryHealth::Unknown => Finding::RegistryNotAsked,
            _ => Finding::RegistryFailed,
        })
    }
}
