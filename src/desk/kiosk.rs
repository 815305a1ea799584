//! The desk as the window sees it: a package is taken, somebody signs in, the desk runs. One thread, one view.
//!
//! Invariants:
//! - No desk runs from a package whose board nobody could name, and none before somebody has signed in.
//! - What cannot be started ends in a halted view with its cause.

use crate::bits::secret::Secret;
use crate::bits::stamp::Clock;
use crate::checkin::context::SessionTimes;
use crate::checkin::event::Input;
use crate::checkin::failure::Failure;
use crate::checkin::preparing::preparing_view;
use crate::checkin::show::halted_at_start;
use crate::checkin::sign_in::{Attempt, Refusal, SignIn, SignedIn, Standing};
use crate::checkin::state::Halted;
use crate::checkin::view::{Header, OfferView, OperatorView, PackagesView, PreparingView, RefusedView, SignInView};
use crate::desk::config::DeskConfig;
use crate::desk::package::{Found, OpenPackage, Packages};
use crate::desk::rules::PackageRules;
use crate::desk::runtime::{QUEUE_LEN, RunningDesk, ViewCell};
use crate::desk::sessions::for_session;
use crate::desk::sources::{prepare, prepare_from};
use crate::desk::start::{Adapters, diagnose, start_in};
use crate::host::threads;
use crate::roster::operators::Operator;
use crate::roster::package::PackageSettings;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often sticks are looked at, and a waiting time is counted down.
pub const LOOK_AGAIN_MS: u64 = 2_000;

/// Makes the adapters of a desk once it is known which.
pub type MakeAdapters = Box<dyn FnOnce(&DeskConfig, &Path) -> Result<Adapters, Halted> + Send>;

/// A desk from its first picture to its end.
pub struct Kiosk {
    view: Arc<ViewCell>,
    inbox: SyncSender<Message>,
    thread: JoinHandle<()>,
}

enum Message {
    Input(Input),
    Stop,
}

impl Kiosk {
    /// Begins; what comes of it is in the view.
    ///
    /// # Errors
    /// The operating system's, when there is no thread to be had.
    pub fn open(
        config: DeskConfig,
        base: PathBuf,
        clock: Arc<dyn Clock + Sync>,
        adapters: MakeAdapters,
    ) -> std::io::Result<Self> {
        let (inbox, messages) = sync_channel(QUEUE_LEN);
        let header = header(&config, clock.as_ref());
        let working = preparing_view(header, PreparingView::Working, env!("CARGO_PKG_VERSION"));
        let view = Arc::new(ViewCell::new(working));
        let cell = Arc::clone(&view);
        let start = Start { config, base, clock, adapters, cell };
        let thread = threads::spawn("kiosk", move || run(start, &messages))?;
        Ok(Self { view, inbox, thread })
    }

    /// The latest view.
    pub fn view(&self) -> Arc<ViewCell> {
        Arc::clone(&self.view)
    }

    /// A hand for the window. Never waits.
    pub fn sender(&self) -> impl Fn(Input) + Send + 'static {
        let inbox = self.inbox.clone();
        move |input| {
            let _ = inbox.try_send(Message::Input(input));
        }
    }

    /// Ends the desk, if one runs: its log is closed with its totals.
    pub fn stop(self) {
        let _ = self.inbox.send(Message::Stop);
        let _ = self.thread.join();
    }
}

/// What a desk is started with.
struct Start {
    config: DeskConfig,
    base: PathBuf,
    clock: Arc<dyn Clock + Sync>,
    adapters: MakeAdapters,
    cell: Arc<ViewCell>,
}

fn run(start: Start, messages: &Receiver<Message>) {
    let cell = Arc::clone(&start.cell);
    let desk = match Packages::open(&start.config, &start.base) {
        Ok(None) => start_from_files(start).map(Some),
        Ok(Some(packages)) => Preparation::new(start, packages).run(messages),
        Err(halted) => {
            diagnose(&halted);
            Err(halted)
        }
    };
    match desk {
        Ok(Some(desk)) => pass_on(desk, messages),
        Ok(None) => {}
        Err(halted) => {
            cell.set(halted_at_start(&halted, env!("CARGO_PKG_VERSION")));
            while matches!(messages.recv(), Ok(Message::Input(_))) {}
        }
    }
}

fn start_from_files(start: Start) -> Result<RunningDesk, Halted> {
    let Start { config, base, adapters, cell, .. } = start;
    let adapters = adapters(&config, &base)?;
    let prepared = prepare(&config, &base).inspect_err(diagnose)?;
    start_in(cell, &config, &base, prepared, adapters)
}

fn pass_on(desk: RunningDesk, messages: &Receiver<Message>) {
    while let Ok(Message::Input(input)) = messages.recv() {
        desk.send(input);
    }
    desk.stop();
}

/// From packages to a desk.
struct Preparation {
    start: Start,
    packages: Packages,
    found: Found,
    notice: Option<Failure>,
    rules: SignIn,
    stage: Stage,
}

enum Stage {
    Choosing,
    SigningIn { package: Box<OpenPackage>, chosen: Option<usize>, wrong: Option<u32> },
}

impl Preparation {
    fn new(start: Start, packages: Packages) -> Self {
        let found = packages.look(start.clock.as_ref());
        let rules = SignIn::restored(packages.wrong_tries(), start.clock.now());
        Self { start, packages, found, notice: None, rules, stage: Stage::Choosing }
    }

    /// Until there is a desk; `None` when the window was closed before.
    fn run(mut self, messages: &Receiver<Message>) -> Result<Option<RunningDesk>, Halted> {
        self.use_the_only_one();
        loop {
            self.show();
            match messages.recv_timeout(Duration::from_millis(LOOK_AGAIN_MS)) {
                Ok(Message::Input(input)) => {
                    if let Some(operator) = self.take(input) {
                        return self.begin(operator).map(Some);
                    }
                }
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) if matches!(self.stage, Stage::Choosing) => self.look_again(),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn look_again(&mut self) {
        self.found = self.packages.look(self.start.clock.as_ref());
        self.use_the_only_one();
    }

    /// A package that lies here already, and nothing that somebody should see: no question is asked.
    fn use_the_only_one(&mut self) {
        let is_plain = self.found.refused.is_empty() && self.notice.is_none();
        if is_plain && self.found.good.len() == 1 && self.found.good.iter().all(|one| one.is_kept) {
            self.choose(0);
        }
    }

    fn take(&mut self, input: Input) -> Option<SignedIn> {
        match (&mut self.stage, input) {
            (Stage::Choosing, Input::TakePackage(index)) => self.choose(index),
            (Stage::SigningIn { chosen, wrong, .. }, Input::ChoseOperator(index)) => {
                (*chosen, *wrong) = (Some(index), None);
            }
            (Stage::SigningIn { chosen, wrong, .. }, Input::Back) => (*chosen, *wrong) = (None, None),
            (Stage::SigningIn { .. }, Input::EnteredPin(pin)) => return self.try_pin(&pin),
            _ => {}
        }
        None
    }

    /// A package is taken from a stick, and used where its time has come.
    fn choose(&mut self, index: usize) {
        if index >= self.found.good.len() {
            return;
        }
        let mut package = self.found.good.swap_remove(index);
        let clock = self.start.clock.as_ref();
        let taken = if package.is_kept { Ok(()) } else { self.packages.take(&mut package, clock) };
        // What was just taken is judged again as what it is now: a package to be used.
        let usable = taken.and_then(|()| self.packages.read(&package.path, true, clock));
        self.notice = usable.as_ref().err().map(|halted| halted.failure);
        match usable {
            Ok(package) if signers(&package).next().is_none() => self.notice = Some(Failure::NobodySignsIn),
            Ok(package) => {
                self.stage = Stage::SigningIn { package: Box::new(package), chosen: None, wrong: None };
                return;
            }
            Err(halted) => diagnose(&halted),
        }
        self.found = self.packages.look(clock);
    }

    fn try_pin(&mut self, pin: &Secret<String>) -> Option<SignedIn> {
        let Stage::SigningIn { package, chosen, wrong } = &mut self.stage else { return None };
        let code = signers(package).nth((*chosen)?)?.code.clone();
        let (operators, site) = (&package.contents.operators, package.note.site.as_str());
        let clock = self.start.clock.as_ref();
        let hash = match self.rules.ask(operators, site, &code, clock.now()) {
            Ok(hash) => hash,
            Err(Refusal::Locked { .. } | Refusal::Stopped) => return None,
            Err(refusal) => {
                tracing::warn!(?refusal, "nobody signs in");
                return None;
            }
        };
        let check = hash.check(pin).inspect_err(|error| tracing::error!(%error, "a PIN could not be checked")).ok();
        let attempt = self.rules.judge(operators, site, check, clock.now());
        *wrong = match attempt {
            Attempt::Wrong { tries_left } => Some(tries_left),
            _ => None,
        };
        if let Attempt::In(operator) = &attempt {
            unlock_others(&mut self.rules, operators, operator);
        }
        self.packages.keep_wrong_tries(self.rules.wrong_tries());
        match attempt {
            Attempt::In(operator) => Some(operator),
            _ => None,
        }
    }

    fn begin(self, operator: SignedIn) -> Result<RunningDesk, Halted> {
        let Self { start: Start { config, base, adapters, cell, .. }, packages, stage, .. } = self;
        let Stage::SigningIn { package, .. } = stage else {
            return Err(Halted { failure: Failure::PackagesUnusable, detail: String::new() });
        };
        let version = env!("CARGO_PKG_VERSION");
        cell.set(preparing_view(Header::default(), PreparingView::Working, version));
        let config = applied(&config, &package, &operator).inspect_err(diagnose)?;
        let adapters = adapters(&config, &base)?;
        let prepared = prepare_from(&config, &base, packages, *package, operator).inspect_err(diagnose)?;
        start_in(cell, &config, &base, prepared, adapters)
    }

    fn show(&self) {
        let preparing = match &self.stage {
            Stage::Choosing => PreparingView::Packages(self.packages_view()),
            Stage::SigningIn { package, chosen, wrong } => {
                PreparingView::SignIn(self.sign_in_view(package, *chosen, *wrong))
            }
        };
        let header = match &self.stage {
            Stage::Choosing => header(&self.start.config, self.start.clock.as_ref()),
            Stage::SigningIn { package, .. } => {
                let settings = &package.contents.settings;
                Header {
                    exam: settings.title.clone(),
                    session: session_title(settings),
                    site: settings.site.code.clone(),
                    ..header(&self.start.config, self.start.clock.as_ref())
                }
            }
        };
        self.start.cell.set(preparing_view(header, preparing, env!("CARGO_PKG_VERSION")));
    }

    fn packages_view(&self) -> PackagesView {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let refused = self.found.refused.iter();
        PackagesView {
            offers: self.found.good.iter().map(|one| self.offer(one)).collect(),
            refused: refused.map(|(path, failure)| RefusedView { file: name(path), failure: *failure }).collect(),
            for_others: self.found.for_others,
            places: self.packages.places().iter().map(|place| place.display().to_string()).collect(),
            notice: self.notice,
        }
    }

    fn offer(&self, package: &OpenPackage) -> OfferView {
        let (note, settings) = (&package.note, &package.contents.settings);
        let now = self.start.clock.now().wall;
        let offset = offset_of(settings.utc_offset_hours);
        let site = [settings.site.code.as_str(), settings.site.title.as_str()];
        OfferView {
            exam: settings.title.clone(),
            session: session_title(settings),
            site: site.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            rows: note.rows,
            version: note.version,
            held: package.held,
            until: local(note.not_after, offset),
            from: (now < note.not_before).then(|| local(note.not_before, offset)),
            signer: note.board.clone(),
            sixteen: self.packages.sixteen(),
            is_kept: package.is_kept,
        }
    }

    fn sign_in_view(&self, package: &OpenPackage, chosen: Option<usize>, wrong: Option<u32>) -> SignInView {
        let view = |one: &Operator| OperatorView { name: one.name.clone(), code: one.code.clone(), role: one.role };
        let standing = chosen.and_then(|chosen| signers(package).nth(chosen));
        let standing = standing.map(|one| self.rules.standing(&one.code, self.start.clock.now()));
        SignInView {
            operators: signers(package).map(view).collect(),
            chosen,
            wrong,
            locked_s: match standing {
                Some(Standing::Locked { left_ms }) => Some(left_ms.div_ceil(1_000)),
                _ => None,
            },
            stopped: standing == Some(Standing::Stopped),
        }
    }
}

/// Those of a package who can sign in at its site.
fn signers(package: &OpenPackage) -> impl Iterator<Item = &Operator> {
    let site = package.note.site.as_str();
    let can = move |one: &&Operator| one.works_at(site) && !one.is_revoked() && one.pin.is_some();
    package.contents.operators.iter().filter(can)
}

/// A head of site who signs in gives everybody else their tries back; anybody else cannot.
fn unlock_others(rules: &mut SignIn, operators: &[Operator], by: &SignedIn) {
    for operator in operators {
        let _ = rules.unlock(&operator.code, by);
    }
}

/// The configuration with the rules and names of a package, and who signed in. What the desk's own file says about its
/// machine (reader, links, folders) stays.
fn applied(config: &DeskConfig, package: &OpenPackage, operator: &SignedIn) -> Result<DeskConfig, Halted> {
    let settings = &package.contents.settings;
    let mut config = for_session(config, &settings.session.id)?;
    config.exam.title = settings.title.clone();
    config.desk.site = settings.site.code.clone();
    config.desk.training = settings.training;
    config.desk.utc_offset_hours = settings.utc_offset_hours;
    config.desk.operator = operator.code().to_owned();
    if let Some(desk) = package.contents.desks.iter().find(|desk| desk.id == config.desk.id) {
        (config.desk.title, config.desk.room) = (desk.title.clone(), desk.room.clone());
    }
    config.session.title = settings.session.title.clone();
    config.session.times = Some(times(settings));
    let rules = PackageRules::of(settings);
    (config.registry.package_key, config.witness.package_key) = (rules.registry_key(), rules.witness_key());
    config.package = Some(rules);
    Ok(config)
}

fn times(settings: &PackageSettings) -> SessionTimes {
    let session = &settings.session;
    let usual = SessionTimes::around(session.start);
    SessionTimes {
        opens: session.opens.unwrap_or(usual.opens),
        starts: session.start,
        last_entry: session.last_entry.unwrap_or(usual.last_entry),
    }
}

fn session_title(settings: &PackageSettings) -> String {
    let session = &settings.session;
    let title = if session.title.is_empty() { &session.id } else { &session.title };
    format!("{title} · {}", local(session.start, offset_of(settings.utc_offset_hours)))
}

fn header(config: &DeskConfig, clock: &dyn Clock) -> Header {
    let exam = if config.exam.title.is_empty() { &config.exam.id } else { &config.exam.title };
    let desk = if config.desk.title.is_empty() { &config.desk.id } else { &config.desk.title };
    let now = offset_of(config.desk.utc_offset_hours).to_datetime(clock.now().wall);
    Header {
        exam: exam.clone(),
        site: config.desk.site.clone(),
        desk: desk.clone(),
        clock: now.strftime("%H:%M").to_string(),
        training: config.desk.training,
        ..Header::default()
    }
}

fn local(moment: Timestamp, offset: Offset) -> String {
    offset.to_datetime(moment).strftime("%H:%M %d/%m/%Y").to_string()
}

/// An offset that is none is named when the desk is started.
fn offset_of(hours: i8) -> Offset {
    Offset::from_hours(hours).unwrap_or(Offset::UTC)
}
