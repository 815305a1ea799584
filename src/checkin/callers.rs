//! Whom a screen says to call: by role, with the name and the telephone number that the package has.

use crate::exception::Staff;
use package::operators::{Operator, Role, Telephone};

/// Somebody to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerView {
    /// As what.
    pub role: Role,
    /// The name.
    pub name: String,
    /// The number, where the package has one.
    pub telephone: Option<String>,
}

/// One person for each role that is called: who has a number before who has none, and who works at this very site before
/// who works at every site.
pub(super) fn callers(staff: Option<&Staff>) -> Vec<CallerView> {
    let Some(staff) = staff else { return Vec::new() };
    let of_role = |role: Role| {
        let fits = |one: &&Operator| one.role == role && one.works_at(&staff.site) && !one.is_revoked();
        let first =
            staff.operators.iter().filter(fits).min_by_key(|one| (one.telephone.is_none(), one.site.is_empty()))?;
        let telephone = first.telephone.as_ref().map(Telephone::as_str).map(str::to_owned);
        Some(CallerView { role, name: first.name.clone(), telephone })
    };
    [Role::HeadOfSite, Role::Technician, Role::Board].into_iter().filter_map(of_role).collect()
}
