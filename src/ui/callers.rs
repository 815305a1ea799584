//! What a failure's advice says, with the person to be called where the package names one.

use crate::text::{Advice, Strings};
use checkin::view::{CallerView, Role};

/// The words, and whom they mean.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    /// The words.
    pub(super) strings: &'a Strings,
    /// Whom to call, a person a role.
    pub(super) callers: &'a [CallerView],
}

impl Told<'_> {
    /// “Call: head of site Phạm Văn D — 0912 345 678”; nothing where nobody is to be called.
    pub(super) fn call(&self, advice: &Advice) -> Option<String> {
        (!advice.call.is_empty()).then(|| self.call_role(&advice.call))
    }

    /// The same for somebody who is called by this word.
    pub(super) fn call_role(&self, word: &str) -> String {
        let caller = self.callers.iter().find(|caller| self.word(caller.role) == Some(word));
        let name = caller.map(|caller| format!(" {}", caller.name)).unwrap_or_default();
        let number = caller.and_then(|caller| caller.telephone.as_ref());
        let number = number.map(|number| format!(" — {number}")).unwrap_or_default();
        format!("{}: {word}{name}{number}", self.strings.words.whom_to_call)
    }

    /// The head of site decides: the candidate waits meanwhile.
    pub(super) fn is_head(&self, advice: &Advice) -> bool {
        self.word(Role::HeadOfSite) == Some(&advice.call)
    }

    fn word(&self, role: Role) -> Option<&str> {
        let words = &self.strings.words;
        match role {
            Role::HeadOfSite => Some(&words.role_head_of_site),
            Role::Technician => Some(&words.role_technician),
            Role::Board => Some(&words.role_board),
            // Whoever reads it is one.
            Role::Invigilator => None,
        }
    }
}
