//! The board's window.

use super::exam::review::Sources;
use clap::Args;
use office::work::exam::book::{Beside, BookNews, answer_beside, work_beside};
use office::work::exam::reviewing::Sources as SourcesOrder;
use office::work::{Ending, Work, WorkError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use ui::app::Wake;
use ui::review::asking::Question;
use ui::review::{Loading, ReviewLink, ReviewOptions, run};
use ui::style::DESIGN_SIZE;
use words::Language;

#[derive(Args)]
pub(crate) struct Review {
    #[command(flatten)]
    sources: Sources,
    /// The key of a member who decides in the window; its passphrase is asked for there
    #[arg(long)]
    key: Option<PathBuf>,
    /// The key of the member beside
    #[arg(long, value_name = "KEY")]
    with: Option<PathBuf>,
}

/// Opens the window, and reads the exam beside it.
pub(crate) fn show(work: &Work<'_>, args: Review, language: Language) -> Result<Ending, WorkError> {
    let (news, heard) = sync_channel(NEWS_AHEAD);
    let goes_on = Arc::new(AtomicBool::new(true));
    let wake: Arc<Mutex<Option<Wake>>> = Arc::default();
    let (wanted, waking) = (Arc::clone(&goes_on), Arc::clone(&wake));
    let Review { sources, key, with } = args;
    let sources: SourcesOrder = sources.into();
    let folder = beside(&sources.folder);
    let (order, orders) = sync_channel(ORDERS_AHEAD);
    let worker = work_beside(Beside::of_machine(sources, language), orders, move |one| {
        // A window that was closed hears nothing more, and wants nothing more.
        let is_heard = news.send(loading(one)).is_ok();
        if let Some(wake) = &*waking.lock().unwrap_or_else(PoisonError::into_inner) {
            wake();
        }
        is_heard && wanted.load(Ordering::Relaxed)
    })?;
    let (question, questions) = channel::<Question>();
    let answering = answer_beside(questions)?;
    let link = ReviewLink {
        news: heard,
        stop: Box::new(move || goes_on.store(false, Ordering::Relaxed)),
        order: Box::new(move |one| order.try_send(one).is_ok()),
        // A thread that is gone answers nothing, and the window goes on.
        beside: Box::new(move |one| drop(question.send(one))),
        keys: [key, with].map(|key| key.map(|path| path.display().to_string()).unwrap_or_default()),
        folder,
    };
    let options = ReviewOptions { size: DESIGN_SIZE, language, pilot: None };
    let ready = move |waker| *wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
    let shown = run(link, options, ready);
    // The window is closed: nobody orders any more, and what is being written is written to its end.
    let is_whole = worker.join().is_ok() && answering.join().is_ok();
    if let Err(error) = shown {
        work.voice.complain(&error.to_string());
        return Ok(Ending::Refused);
    }
    Ok(if is_whole { Ending::Done } else { Ending::Refused })
}

/// Where folders for people are proposed: beside the exam's.
fn beside(exam: &Path) -> String {
    let whole = exam.canonicalize().unwrap_or_else(|_| exam.to_path_buf());
    let parent = whole.parent().map(Path::to_path_buf).unwrap_or_default();
    parent.join("").display().to_string()
}

fn loading(news: BookNews) -> Loading {
    match news {
        BookNews::Progress(done, all) => Loading::Progress(done, all),
        BookNews::Done(book) => Loading::Done(book),
        BookNews::Stopped => Loading::Stopped,
        BookNews::Failed(why) => Loading::Failed(why),
        BookNews::Told(is_done, text) => Loading::Told(is_done, text),
    }
}

/// So much news may wait for the window.
const NEWS_AHEAD: usize = 64;
/// One order at a time: the window sends the next one when it has heard of the last.
const ORDERS_AHEAD: usize = 1;
