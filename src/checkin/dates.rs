//! Moments and dates as the screen writes them.

use crate::context::Context;
use jiff::Timestamp;

/// A moment in the desk's local time, in this `strftime` form.
pub(super) fn local(context: &Context, moment: Timestamp, form: &str) -> String {
    context.utc_offset.to_datetime(moment).strftime(form).to_string()
}

/// `YYYY-MM-DD` as `dd/mm/yyyy`; anything else as it is.
pub(super) fn day_first(date: &str) -> String {
    match date.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => format!("{day}/{month}/{year}"),
        _ => date.to_owned(),
    }
}
