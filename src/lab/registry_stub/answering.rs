//! What the stub answers: signed, and spoilt as ordered.

use super::orders::Order;
use super::settings::StubFault;
use super::{Desk, envelopes};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bits::hex;
use http_body::Frame;
use jiff::{SignedDuration, Timestamp};
use registry::wire::{AnswerLine, answer_text};
use registry::{Asked, Query};
use sha2::{Digest as _, Sha256};
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tlog::{Checkpoint, NoteKey, cosignature::cosign};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// What came, and in which dialect.
pub(super) struct Spoken<'a> {
    pub(super) query: &'a Query,
    pub(super) question: &'a str,
    pub(super) dialect: Dialect,
}

/// The dialects that the stub speaks.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    Signed,
    Intermediary,
}

impl Dialect {
    fn content_type(self) -> &'static str {
        match self {
            Self::Signed => "text/plain; charset=utf-8",
            Self::Intermediary => "application/json",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Signed => super::ASK,
            Self::Intermediary => super::CHECK,
        }
    }
}

/// The response that was ordered.
pub(super) async fn respond(desk: &Desk, order: Order, spoken: Spoken<'_>) -> Response {
    sleep(Duration::from_millis(order.delay_ms)).await;
    let kind = spoken.dialect.content_type();
    match order.fault {
        StubFault::Silent => {
            sleep(FOR_EVER).await;
            StatusCode::OK.into_response()
        }
        StubFault::OutOfOrder | StubFault::OutOfOrderOnce => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        StubFault::ServerError => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        StubFault::Unauthorised => StatusCode::UNAUTHORIZED.into_response(),
        StubFault::TooMany => with(StatusCode::TOO_MANY_REQUESTS, RETRY_AFTER, &order.retry_after_s.to_string()),
        StubFault::Redirect => with(StatusCode::TEMPORARY_REDIRECT, LOCATION, spoken.dialect.path()),
        StubFault::Oversize => typed(kind, Body::from("x".repeat(OVERSIZE_LEN))),
        StubFault::NotText => typed(kind, Body::from(vec![0xFF_u8; 100])),
        _ => made(desk, &order, &spoken),
    }
}

fn made(desk: &Desk, order: &Order, spoken: &Spoken<'_>) -> Response {
    let made = match spoken.dialect {
        Dialect::Signed => answer(desk, order, spoken.query, spoken.question),
        Dialect::Intermediary => envelopes::answer(desk, order, spoken.query),
    };
    let Some(made) = made else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let body = desk.orders().outgoing(order.fault, made);
    let kind = spoken.dialect.content_type();
    match order.fault {
        StubFault::Drip => typed(kind, Body::new(Drip::new(body.into_bytes()))),
        StubFault::Reset => typed(kind, Body::new(Torn { sent: false })),
        StubFault::Flood => typed(kind, Body::from(body.repeat(FLOOD))),
        StubFault::WrongType => typed("text/html; charset=utf-8", Body::from(body)),
        _ => typed(kind, Body::from(body)),
    }
}

/// The signed answer and the cosignature behind it.
fn answer(desk: &Desk, order: &Order, query: &Query, question: &str) -> Option<String> {
    let mut line = line(order, query, question);
    match order.fault {
        StubFault::ForeignHash => line.request_sha256 = hex::encode_lower(&[7; 32]),
        StubFault::ForeignId => line.id = hex::encode_lower(&[7; 16]),
        StubFault::StaleTime => line.time -= SignedDuration::from_mins(10),
        StubFault::EarlyTime => line.time += SignedDuration::from_mins(10),
        _ => (),
    }
    let text = if order.fault == StubFault::Malformed { "hello\n".to_owned() } else { answer_text(&line) };
    let key = if order.fault == StubFault::ForeignKey { &desk.foreign_key } else { &desk.key };
    let note = key.sign(&text).ok()?;
    let note = if order.fault == StubFault::Lying { note.replacen("\"id\":\"", "\"id\":\"0", 1) } else { note };
    match &desk.cosigners {
        Some((own, other)) => Some(format!("{note}\n{}", cosignature(&query.asked, own, other, order.fault)?)),
        None => Some(note),
    }
}

/// The line under the head that the question named.
fn cosignature(asked: &Asked, own: &NoteKey, other: &NoteKey, fault: StubFault) -> Option<String> {
    let Asked { origin, size, mut root } = asked.clone();
    if fault == StubFault::CosignsOtherTree {
        root = [7; 32];
    }
    let text = Checkpoint { origin, size, root }.text();
    let now = Timestamp::now();
    match fault {
        StubFault::CosignsForeign => cosign(&text, other, now).ok(),
        StubFault::CosignsStale => cosign(&text, own, now - SignedDuration::from_mins(10)).ok(),
        StubFault::CosignsNothing => Some("hello\n\n\u{2014} x y\n".to_owned()),
        _ => cosign(&text, own, now).ok(),
    }
}

fn line(order: &Order, query: &Query, question: &str) -> AnswerLine {
    let (status, detail) = order.verdict.split_once('/').unwrap_or((&order.verdict, ""));
    AnswerLine {
        request_sha256: hex::encode_lower(&Sha256::digest(question.as_bytes())),
        id: query.request_id.to_string(),
        status: status.to_owned(),
        fields: if status == "mismatch" { detail.split(',').map(str::to_owned).collect() } else { Vec::new() },
        reason: (status == "card_invalid").then(|| detail.to_owned()),
        time: Timestamp::now(),
    }
}

fn with(status: StatusCode, name: axum::http::HeaderName, value: &str) -> Response {
    let mut response = status.into_response();
    response.headers_mut().extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
    response
}

fn typed(kind: &'static str, body: Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// A body that comes a byte a second.
struct Drip {
    left: std::vec::IntoIter<u8>,
    next: Pin<Box<Sleep>>,
}

impl Drip {
    fn new(bytes: Vec<u8>) -> Self {
        Self { left: bytes.into_iter(), next: Box::pin(sleep(Duration::ZERO)) }
    }
}

impl HttpBody for Drip {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        ready!(self.next.as_mut().poll(context));
        self.next = Box::pin(sleep_until(Instant::now() + A_SECOND));
        Poll::Ready(self.left.next().map(|byte| Ok(Frame::data(Bytes::from(vec![byte])))))
    }
}

/// A body that begins, and then the connection is gone.
struct Torn {
    sent: bool,
}

impl HttpBody for Torn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let first = !std::mem::replace(&mut self.sent, true);
        let torn = || io::Error::from(io::ErrorKind::ConnectionReset);
        Poll::Ready(Some(if first { Ok(Frame::data(Bytes::from_static(b"diemdanh"))) } else { Err(torn()) }))
    }
}

const A_SECOND: Duration = Duration::from_secs(1);
const FOR_EVER: Duration = Duration::from_secs(3_600);
const OVERSIZE_LEN: usize = 200_000;
const FLOOD: usize = 10_000;
