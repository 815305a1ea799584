//! Which trouble happens where.

use crate::chance::Chance;
use crate::trouble::{Scope, Trouble};
use crate::{PlayError, PlayOrder};
use std::collections::BTreeSet;

/// A desk's log of a session, by numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) desk: usize,
    pub(crate) session: usize,
}

/// One trouble and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dealt {
    pub(crate) trouble: Trouble,
    pub(crate) slot: Slot,
    /// The first of its people, as a place in the desk's line; the next one is hers too.
    pub(crate) person: Option<usize>,
    /// The other desk, where there are two.
    pub(crate) partner: Option<Slot>,
}

/// All troubles with their places.
pub(crate) struct Deal(Vec<Dealt>);

impl Deal {
    /// Deals: logs that are lost or contradict each other hold no other trouble, or nobody would ever see it.
    /// The first `real` desks have none: nothing goes wrong there on order.
    pub(crate) fn of(order: &PlayOrder, real: usize) -> Result<Self, PlayError> {
        let mut chance = Chance::new(&format!("deal {}", order.seed));
        let slots: Vec<Slot> = order.slots().filter(|slot| slot.desk >= real).collect();
        let shuffled: Vec<Slot> =
            chance.shuffled(slots.len()).into_iter().filter_map(|at| slots.get(at).copied()).collect();
        let of = |scope: Scope| order.troubles.iter().copied().filter(move |one| one.scope() == scope);
        let needed = of(Scope::Log).count() + 1;
        if shuffled.len() < needed {
            return Err(PlayError::TooSmall { logs: shuffled.len(), needed });
        }
        let mut dealt: Vec<Dealt> =
            of(Scope::Log).zip(&shuffled).map(|(trouble, slot)| Dealt::of_log(trouble, *slot)).collect();
        let hidden: BTreeSet<Slot> = dealt.iter().filter(|one| one.hides()).map(|one| one.slot).collect();
        let usable: Vec<Slot> = shuffled.iter().rev().filter(|slot| !hidden.contains(slot)).copied().collect();
        for (trouble, (number, slot)) in of(Scope::Person).zip((0..).zip(usable.iter().cycle())) {
            let person = Some(number / usable.len() * 2);
            let partner = usable.iter().find(|one| one.session == slot.session && one.desk != slot.desk).copied();
            dealt.push(Dealt { trouble, slot: *slot, person, partner });
        }
        let whole = |slot: &&Slot| !dealt.iter().any(|one| one.slot == **slot && one.trouble.scope() == Scope::Log);
        let whole: Vec<Slot> = usable.iter().filter(whole).copied().collect();
        dealt.extend(of(Scope::Export).zip(whole.iter().cycle()).map(|(trouble, slot)| Dealt::of_log(trouble, *slot)));
        let deal = Self(dealt);
        deal.0.iter().all(|one| one.is_possible(order)).then_some(deal).ok_or(PlayError::TooFewPeople)
    }

    pub(crate) fn all(&self) -> &[Dealt] {
        &self.0
    }

    pub(crate) fn of_slot(&self, slot: Slot) -> impl Iterator<Item = &Dealt> {
        self.0.iter().filter(move |one| one.slot == slot)
    }

    pub(crate) fn has(&self, slot: Slot, trouble: Trouble) -> bool {
        self.of_slot(slot).any(|one| one.trouble == trouble)
    }

    /// Who of another desk comes to this one as well.
    pub(crate) fn visitors(&self, slot: Slot) -> impl Iterator<Item = &Dealt> {
        self.0.iter().filter(move |one| one.trouble == Trouble::TwoDesks && one.partner == Some(slot))
    }
}

impl Dealt {
    fn of_log(trouble: Trouble, slot: Slot) -> Self {
        Self { trouble, slot, person: None, partner: None }
    }

    fn hides(&self) -> bool {
        matches!(self.trouble, Trouble::Lost | Trouble::Contradiction)
    }

    fn is_possible(&self, order: &PlayOrder) -> bool {
        let is_there = self.person.is_none_or(|person| person + 2 <= order.line_len());
        is_there && (self.trouble != Trouble::TwoDesks || self.partner.is_some())
    }
}
