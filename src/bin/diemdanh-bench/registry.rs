//! The registry's stub under load: a process of its own and the crowd of desks on the same cores.

use super::report::Row;
use super::{BenchError, percentile};
use bits::random::SeededRandom;
use bits::secret::Pii;
use host::dialect::{Asker, Dialect as _, SignedNotes};
use jiff::civil::date;
use lab::registry_load::{LoadKind, LoadMeasured, LoadPace, RegistryLoad};
use lab::registry_stub::PemIdentity;
use registry::{Asked, Query, RequestId};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, io};
use tlog::{NoteKey, NoteVerifier};

/// New connections and calls on kept ones: as many as there may be, and the time of each at the rate that is promised.
pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let stub = Stub::start(&work.join("registry"))?;
    // What is measured is neither the first page fault nor the first allocation.
    let warm = LoadPace { per_second: 0, lasts: Duration::from_secs(1), callers: CALLERS };
    stub.load.run(LoadKind::NewConnections, warm)?;
    let mut rows = measured(&stub, LoadKind::NewConnections, &CONNECTIONS)?;
    rows.extend(measured(&stub, LoadKind::KeptConnections, &CALLS)?);
    Ok(rows)
}

/// A promise, and what its rows are called.
struct Promise {
    per_second: u32,
    most: &'static str,
    paced: &'static str,
}

const CONNECTIONS: Promise = Promise {
    per_second: 500,
    most: "registry-stub, new mutual-TLS connections, each with a question",
    paced: "the same at 500 a second, p99",
};
const CALLS: Promise = Promise {
    per_second: 2_000,
    most: "registry-stub, questions on kept connections",
    paced: "the same at 2,000 a second, p99",
};

fn measured(stub: &Stub, kind: LoadKind, promise: &Promise) -> Result<Vec<Row>, BenchError> {
    let pace = |per_second| LoadPace { per_second, lasts: LASTS, callers: CALLERS };
    let most = whole(stub.load.run(kind, pace(0))?)?;
    let mut paced = whole(stub.load.run(kind, pace(promise.per_second))?)?;
    let wanted = u64::from(promise.per_second);
    Ok(vec![
        Row::against_limit(promise.most, most.per_second(), "a second", wanted).how(
            "as many as 16 callers make in 10 s; a process of its own, the callers on the same cores; wanted at least",
        ),
        Row::against(promise.paced, percentile(&mut paced.took, 990), "limit", LIMIT)
            .how("from the moment a call was due to its whole answer, 10 s; every answer is to its question"),
    ])
}

/// A figure over calls that failed would be about something else.
fn whole(measured: LoadMeasured) -> Result<LoadMeasured, BenchError> {
    if measured.failed > 0 || measured.took.is_empty() {
        return Err(BenchError::Unanswered { failed: measured.failed, answered: measured.took.len() });
    }
    Ok(measured)
}

/// The program, as `make bench` builds it beside this one.
struct Stub {
    child: Child,
    load: RegistryLoad,
}

impl Stub {
    fn start(folder: &Path) -> Result<Self, BenchError> {
        fs::create_dir_all(folder)?;
        let program = std::env::current_exe()?.with_file_name("registry-stub");
        let mut child = Command::new(program).arg("--out").arg(folder).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        if let Some(said) = child.stdout.take() {
            BufReader::new(said).read_line(&mut url)?;
        }
        let address = url.trim().strip_prefix("https://").and_then(|rest| rest.split('/').next()?.parse().ok());
        let read = |name: &str| fs::read_to_string(folder.join(name));
        let client = PemIdentity { certificate: read("registry-client.pem")?, key: read("registry-client.key")? };
        let verifier = NoteVerifier::parse(read("registry.vkey")?.trim()).map_err(io::Error::other)?;
        let load = RegistryLoad {
            address: address.ok_or(BenchError::Child)?,
            authority: read("registry-ca.pem")?,
            client,
            questions: questions(&verifier)?,
        };
        Ok(Self { child, load })
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signed beforehand: on a desk each is signed on another computer.
fn questions(verifier: &NoteVerifier) -> Result<Vec<(String, String)>, BenchError> {
    let random = &mut SeededRandom::new("questions");
    let origin = "bench.example/bench/desk/b1/001";
    let key = NoteKey::generate(origin, random).map_err(io::Error::other)?;
    let dialect = SignedNotes::new(Asker::new(key, String::new(), String::new()), verifier.clone());
    let asked = |number: usize| {
        let query = Query {
            request_id: RequestId::random(random),
            number: Pii::new(format!("0992080{number:05}")),
            full_name: Pii::new("Nguyễn Văn Mẫu".to_owned()),
            birth_date: Some(date(2008, 2, 15)),
            expiry: Some(date(2033, 2, 15)),
            ds_certificate: vec![0x30; 1_200],
            asked: Asked { origin: origin.to_owned(), size: 3, root: [4; 32] },
        };
        Some((query.request_id.to_string(), dialect.call(&query)?.body.reveal().clone()))
    };
    (0..QUESTIONS).map(asked).collect::<Option<_>>().ok_or(BenchError::Child)
}

const QUESTIONS: usize = 1_000;
const CALLERS: usize = 16;
const LASTS: Duration = Duration::from_secs(10);
/// How long one answer may take under that load.
const LIMIT: Duration = Duration::from_millis(20);
