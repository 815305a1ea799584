//! The one way to the terminal: no text that comes from a file or an argument moves its cursor or hides anything.

use bits::text::{shown, shown_json};
use host::speech;
use office::work::Voice;

/// Says on this terminal what the office has to say.
pub(crate) struct Terminal;

impl Voice for Terminal {
    fn say(&self, text: &str) {
        speech::line(shown(text));
    }

    fn put(&self, text: &str) {
        speech::put(shown(text));
    }

    fn complain(&self, what: &str) {
        speech::complain(shown(&format!("diemdanh-board: {what}")));
    }

    fn remark(&self, text: &str) {
        speech::complain(shown(text));
    }

    // JSON spells what is hidden out in its own way.
    fn hand_on(&self, value: &serde_json::Value) {
        speech::line(shown_json(&format!("{value:#}")));
    }
}
