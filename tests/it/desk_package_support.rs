//! A board that packs for one desk, and that desk's kiosk.

use crate::desk_support::{PATIENCE_MS, World, is_idle, of_a_disk_of_its_own, offers};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::bits::stamp::Clock;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::view::{Look, PackagesView, PreparingView, Screen, SignInView, View};
use diemdanh::crypto::pin::{PinCost, PinLock};
use diemdanh::desk::enrol::enrol;
use diemdanh::desk::kiosk::Kiosk;
use diemdanh::desk::runtime::ViewCell;
use diemdanh::desk::start::{Adapters, read_config};
use diemdanh::host::clock::SystemClock;
use diemdanh::host::disk::Gauge;
use diemdanh::host::keys::open_key_file;
use diemdanh::host::random::SystemRandom;
use diemdanh::host::sealed;
use diemdanh::lab::issuer::trust_store_der;
use diemdanh::lab::reader::LabField;
use diemdanh::package::Rules;
use diemdanh::package::contents::{Contents, Front, PackageDesk, PackageSession, PackageSettings, PackageSite, People};
use diemdanh::package::note::{PackageNote, digest_of, seal_file};
use diemdanh::package::operators::{Operator, Role};
use diemdanh::package::sealing::{self, SealTools, SealedContents};
use diemdanh::record::desk_state::DeskState;
use diemdanh::record::{BoardKeys, Enrolment};
use diemdanh::roster::{Candidate, Roster};
use diemdanh::tlog::NoteKey;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

pub(crate) const PIN: &str = "480913";
const CONFIG: &str = "\
[exam]
board = \"board.example\"
id = \"exam-1\"
[desk]
id = \"desk-1\"
training = true
[paths]
packages = \"packages\"
inbox = [\"stick\", \"no-such-stick\"]
board_key = \"board.vkey\"
journal = \"journal\"
device_key = \"device.key\"
passphrase = \"device.pass\"
";

/// A desk with an empty shelf, and a board that packs for it.
pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) recipient: String,
    cert: String,
}

impl Site {
    pub(crate) fn new() -> Self {
        let world = World::alone();
        fs::write(world.path("board.vkey"), format!("{}\n", world.board().verifier())).unwrap();
        let cert = fs::read_to_string(world.path("desk-cert")).unwrap();
        for gone in ["desk-cert", "roster.csv", "exam.key"] {
            fs::remove_file(world.path(gone)).unwrap();
        }
        fs::remove_dir_all(world.path("trust")).unwrap();
        fs::create_dir(world.path("stick")).unwrap();
        world.write_config(CONFIG);
        let (config, base) = read_config(&world.config()).unwrap();
        let request = enrol(&config, &base, false, &mut SystemRandom).unwrap();
        let recipient = Enrolment::open(&request.note).unwrap().recipient;
        let site = Self { world, recipient, cert };
        // The key was here before; one that the enrolment makes comes with this note.
        site.write_state(|_| {});
        site
    }

    pub(crate) fn contents(&self) -> Contents {
        let front = Front {
            settings: settings(),
            operators: operators(),
            keys: BTreeMap::new(),
            trust: trust_store_der()
                .unwrap()
                .into_iter()
                .enumerate()
                .map(|(index, certificate)| (format!("{index}.cer"), certificate))
                .collect(),
            revocations: None,
            desks: vec![PackageDesk {
                id: "desk-1".to_owned(),
                title: "Bàn 1".to_owned(),
                room: "P12".to_owned(),
                cert: self.cert.clone(),
            }],
        };
        let (roster, exam_key) = (Roster::new(candidates()), Secret::new([7; 32]));
        Contents { front, people: People { roster, exam_key, portraits: BTreeMap::new() } }
    }

    pub(crate) fn pack(&self, contents: &Contents, change: impl FnOnce(&mut PackageNote)) -> Vec<u8> {
        self.pack_with(self.world.board(), &self.recipient, contents, change)
    }

    pub(crate) fn pack_with(
        &self,
        board: &NoteKey,
        recipient: &str,
        contents: &Contents,
        change: impl FnOnce(&mut PackageNote),
    ) -> Vec<u8> {
        let with = SealTools {
            seal: &|bytes, recipients| sealed::seal(bytes, recipients).ok(),
            fresh: &sealed::generate,
            recipient: &|public| sealed::recipient_from(public).ok(),
        };
        let SealedContents { bytes: sealed, front_len } = sealing::seal(contents, &[recipient], None, &with).unwrap();
        let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
        let mut note = PackageNote {
            board: board.verifier().name().to_owned(),
            exam: "exam-1".to_owned(),
            session: "b1".to_owned(),
            site: "0901".to_owned(),
            training: true,
            version: 1,
            not_before: now - day,
            not_after: now + day,
            rows: 9,
            size: u64::try_from(sealed.len()).unwrap(),
            front: front_len,
            sha256: digest_of(&sealed),
            min_program: "0.1.0".to_owned(),
            revocations: 0,
            previous: None,
            board_keys: None,
        };
        change(&mut note);
        seal_file(&note.sign(board).unwrap(), &sealed)
    }

    /// What the desk knows about itself, as its enrolment writes it, but for what `change` does.
    pub(crate) fn write_state(&self, change: impl FnOnce(&mut DeskState)) {
        let passphrase = Secret::new(fs::read_to_string(self.world.path("device.pass")).unwrap());
        let device = open_key_file(&self.world.path("device.key"), &passphrase).unwrap();
        let board = BoardKeys::one(self.world.board().verifier().clone()).digest();
        let mut state = DeskState::new("desk-1".parse().unwrap(), board);
        change(&mut state);
        fs::write(self.world.path("packages/desk-state"), state.sign(&device).unwrap()).unwrap();
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.world.path("stick").join(name), bytes).unwrap();
    }

    pub(crate) fn open(&self) -> Opened {
        self.open_at(Arc::new(SystemClock))
    }

    pub(crate) fn open_at(&self, clock: Arc<dyn Clock + Sync>) -> Opened {
        Opened::of(&self.world.config(), clock)
    }
}

/// A kiosk, from its first picture on.
pub(crate) struct Opened {
    pub(crate) kiosk: Kiosk,
    pub(crate) view: Arc<ViewCell>,
    pub(crate) field: LabField,
}

impl Opened {
    /// The kiosk of this configuration, over a field in this process.
    pub(crate) fn of(config: &Path, clock: Arc<dyn Clock + Sync>) -> Self {
        Self::measured(config, clock, of_a_disk_of_its_own())
    }

    /// The same on a disk that this gauge measures.
    pub(crate) fn measured(config: &Path, clock: Arc<dyn Clock + Sync>, gauge: Gauge) -> Self {
        let (field, watcher) = LabField::new();
        let connector = field.reader();
        let (config, base) = read_config(config).unwrap();
        let (own, before) = (Arc::clone(&clock), Arc::clone(&gauge));
        let adapters = Box::new(move |_: &_| {
            Ok(Adapters {
                watcher: Box::new(watcher),
                connector: Box::new(connector),
                registry: None,
                witness: None,
                clock: own,
                gauge,
                card_random: Box::new(SystemRandom),
                key_random: Box::new(SystemRandom),
                sound: Box::new(|_| {}),
            })
        });
        let kiosk = Kiosk::open(config, base, clock, before, adapters).unwrap();
        Self { view: kiosk.view(), kiosk, field }
    }

    pub(crate) fn send(&self, input: Input) {
        self.kiosk.sender()(input);
    }

    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&View) -> bool) -> Arc<View> {
        self.view.wait(PATIENCE_MS, wanted).unwrap_or_else(|last| panic!("{what} never came: {last:?}"))
    }

    pub(crate) fn packages(&self) -> PackagesView {
        let shown = |view: &View| match &view.screen {
            Screen::Preparing(PreparingView::Packages(packages)) => Some(packages.clone()),
            _ => None,
        };
        shown(&self.wait("the packages", |view| shown(view).is_some())).unwrap()
    }

    /// Takes the first package that the screen offers.
    pub(crate) fn take_package(&self) {
        let first = |view: &View| match &view.screen {
            Screen::Preparing(PreparingView::Packages(packages)) => packages.offers.first().map(|offer| offer.id),
            _ => None,
        };
        let view = self.wait("a package", |view| first(view).is_some());
        self.send(Input::TakePackage(first(&view).unwrap()));
    }

    pub(crate) fn signing_in(&self, wanted: impl Fn(&SignInView) -> bool) -> SignInView {
        let shown = |view: &View| match &view.screen {
            Screen::Preparing(PreparingView::SignIn(sign_in)) => Some(sign_in.clone()),
            _ => None,
        };
        shown(&self.wait("the sign-in", |view| shown(view).is_some_and(|sign_in| wanted(&sign_in)))).unwrap()
    }

    /// A desk that knows its package: somebody signs in, or takes the package first.
    pub(crate) fn packages_or_people(&self) -> SignInView {
        let asks = |view: &View| {
            matches!(view.screen, Screen::Preparing(PreparingView::Packages(_) | PreparingView::SignIn(_)))
        };
        let view = self.wait("packages or people", asks);
        if matches!(view.screen, Screen::Preparing(PreparingView::Packages(_))) {
            self.take_package();
        }
        self.signing_in(|_| true)
    }

    /// Presses a button as soon as it decides.
    pub(crate) fn choose(&self, choice: Choice) {
        let view = self.wait("a button that decides", |view| offers(view, choice));
        // There is no window: in its place it is said that the portrait is on the screen.
        if let Look::Wanted(contact) = view.look {
            self.send(Input::Painted(contact));
        }
        let view = self.wait("somebody who has looked", |view| offers(view, choice) && view.look.is_over());
        self.send(Input::Chose(choice, view.meaning));
    }

    pub(crate) fn sign_in(&self, operator: usize) {
        self.signing_in(|_| true);
        self.send(Input::ChoseOperator(operator));
        self.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
        let compares = |view: &View| matches!(view.screen, Screen::Preparing(PreparingView::Packages(_)));
        let view = self.wait("the idle desk, or the characters", |view| is_idle(view) || compares(view));
        if compares(&view) {
            self.take_package();
        }
        self.wait("the idle desk", is_idle);
    }

    /// Takes the only package and signs in.
    pub(crate) fn begin(&self) {
        assert_eq!(self.packages().offers.len(), 1);
        self.take_package();
        self.sign_in(0);
    }
}

pub(crate) fn settings() -> PackageSettings {
    PackageSettings {
        board: "board.example".to_owned(),
        exam: "exam-1".to_owned(),
        title: "Kỳ thi thử".to_owned(),
        utc_offset_hours: 7,
        training: true,
        session: PackageSession {
            id: "b1".to_owned(),
            title: String::new(),
            opens: None,
            start: Timestamp::now() + SignedDuration::from_mins(30),
            last_entry: None,
        },
        site: PackageSite { code: "0901".to_owned(), title: "THPT Mẫu".to_owned() },
        policy: Rules::default(),
    }
}

/// The lab's people, as the desk's single files have them.
pub(crate) fn candidates() -> Vec<Candidate> {
    let world = World::alone();
    let roster = Roster::from_canonical(&fs::read(world.path("roster.csv")).unwrap()).unwrap();
    roster.iter().map(|one| Candidate { site: "0901".to_owned(), ..one }).collect()
}

pub(crate) fn operators() -> Vec<Operator> {
    let pin = PinLock::make(&Secret::new(PIN.to_owned()), PinCost::LEAST, &mut SeededRandom::new("pin")).unwrap();
    let operator = |code: &str, name: &str, role: Role, pin: Option<&PinLock>| Operator {
        code: code.to_owned(),
        name: name.to_owned(),
        role,
        site: "0901".to_owned(),
        pin: pin.cloned(),
        telephone: None,
        revoked: None,
    };
    vec![
        operator("gt-07", "Lê Thị Mẫu", Role::Invigilator, Some(&pin)),
        operator("gt-08", "Không Mã", Role::Invigilator, None),
        operator("tdt-01", "Phạm Văn Thử", Role::HeadOfSite, Some(&pin)),
    ]
}
