//! The board's window.

use super::exam::review::Sources;
use clap::Args;
use office::work::exam::book::{BookNews, read_beside};
use office::work::{Ending, Work, WorkError};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use ui::app::Wake;
use ui::review::{Loading, ReviewLink, ReviewOptions, run};
use ui::style::DESIGN_SIZE;
use words::Language;

#[derive(Args)]
pub(crate) struct Review {
    #[command(flatten)]
    sources: Sources,
}

/// Opens the window, and reads the exam beside it.
pub(crate) fn show(work: &Work<'_>, args: Review, language: Language) -> Result<Ending, WorkError> {
    let (news, heard) = sync_channel(NEWS_AHEAD);
    let goes_on = Arc::new(AtomicBool::new(true));
    let wake: Arc<Mutex<Option<Wake>>> = Arc::default();
    let (wanted, waking) = (Arc::clone(&goes_on), Arc::clone(&wake));
    read_beside(args.sources.into(), language, move |one| {
        // A window that was closed hears nothing more, and wants nothing more.
        let is_heard = news.send(loading(one)).is_ok();
        if let Some(wake) = &*waking.lock().unwrap_or_else(PoisonError::into_inner) {
            wake();
        }
        is_heard && wanted.load(Ordering::Relaxed)
    })?;
    let link = ReviewLink { news: heard, stop: Box::new(move || goes_on.store(false, Ordering::Relaxed)) };
    let options = ReviewOptions { size: DESIGN_SIZE, language, pilot: None };
    let ready = move |waker| *wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
    if let Err(error) = run(link, options, ready) {
        work.voice.complain(&error.to_string());
        return Ok(Ending::Refused);
    }
    Ok(Ending::Done)
}

fn loading(news: BookNews) -> Loading {
    match news {
        BookNews::Progress(done, all) => Loading::Progress(done, all),
        BookNews::Done(book) => Loading::Done(book),
        BookNews::Stopped => Loading::Stopped,
        BookNews::Failed(why) => Loading::Failed(why),
    }
}

/// So much news may wait for the window.
const NEWS_AHEAD: usize = 64;
