//! What the program tells on standard error, caught.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use tracing::Subscriber;
use tracing_subscriber::fmt::MakeWriter;

/// Text that diagnostics are written to.
#[derive(Clone, Default)]
pub(crate) struct Caught(Arc<Mutex<Vec<u8>>>);

impl Caught {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Caught {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Caught {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Everything, down to the finest, that this thread tells while `work` runs.
pub(crate) fn diagnostics_of(work: impl FnOnce()) -> String {
    let caught = Caught::default();
    tracing::subscriber::with_default(finest(caught.clone()), work);
    caught.text()
}

fn finest(caught: Caught) -> impl Subscriber + Send + Sync {
    let finest = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    finest.with_ansi(false).with_writer(caught).finish()
}

/// Everything that every thread of this process tells while `work` runs. One caller at a time, and what other tests
/// tell meanwhile is among it.
pub(crate) fn everything_told(work: impl FnOnce()) -> String {
    static CAUGHT: OnceLock<Caught> = OnceLock::new();
    let caught = CAUGHT.get_or_init(|| {
        let caught = Caught::default();
        let _ = tracing::subscriber::set_global_default(finest(caught.clone()));
        caught
    });
    work();
    caught.text()
}
