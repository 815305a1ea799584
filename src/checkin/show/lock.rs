//! What a locked desk shows: who is on duty, who could be, and nothing of anybody else.

use super::exception::people_view;
use crate::context::Context;
use crate::exception::Staff;
use crate::lock::Lock;
use crate::state::State;
use crate::view::{LockedView, NewsView};

pub(super) fn locked_view(context: &Context, state: &State, lock: &Lock) -> LockedView {
    let (chosen, wrong) = match lock {
        Lock::Pin { code, wrong } => (Some(code), *wrong),
        Lock::People | Lock::Checking { .. } | Lock::Wrong { .. } | Lock::Opening(_) => (None, None),
    };
    let people = context.staff.iter().flat_map(|staff| Staff::signers(staff)).collect();
    LockedView {
        on_duty: state.on_duty.name().to_owned(),
        sign_in: people_view(people, state, chosen, wrong),
        is_checking: matches!(lock, Lock::Checking { .. } | Lock::Wrong { .. } | Lock::Opening(_)),
    }
}

/// That there is news, and what kind, not about whom.
pub(super) fn without_person(news: NewsView) -> NewsView {
    NewsView { candidate_number: None, name: None, room: None, can_be_answered: false, ..news }
}
