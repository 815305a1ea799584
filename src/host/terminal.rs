//! What is typed at a terminal and must not be read off its screen.

use bits::secret::Secret;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use zeroize::Zeroizing;

/// The longest line that is read.
const MAX_LINE_LEN: u64 = 256;

/// Asks on the standard error and reads one line of the standard input, which a terminal does not show meanwhile.
///
/// # Errors
/// The operating system's; [`io::ErrorKind::UnexpectedEof`] when there is no line.
pub fn ask_hidden(question: &str) -> io::Result<Secret<String>> {
    let stdin = io::stdin();
    let mut out = io::stderr();
    write!(out, "{question} ")?;
    out.flush()?;
    let shown = if stdin.is_terminal() { Some(tcgetattr(&stdin)?) } else { None };
    if let Some(shown) = &shown {
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &hidden)?;
    }
    let mut line = Zeroizing::new(String::new());
    let read = io::Read::take(stdin.lock(), MAX_LINE_LEN).read_line(&mut line);
    if let Some(shown) = &shown {
        tcsetattr(&stdin, OptionalActions::Now, shown)?;
        writeln!(out)?;
    }
    match read? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned())),
    }
}
