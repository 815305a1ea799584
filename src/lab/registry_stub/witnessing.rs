//! The witness of logs beside the registry (C2SP `tlog-witness`), at a place of its own: whoever shows a log needs no
//! certificate.

use super::Desk;
use crate::witness::{Answer, LabWitness};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, PoisonError};

/// Its submission prefix, below its address.
pub(super) const PREFIX: &str = "/witness";

/// The witness's calls over `desk`.
pub(super) fn calls(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/witness/last-head", post(last_head))
        .route("/witness/add-log", post(add_log))
        .route("/witness/add-checkpoint", post(add_checkpoint))
        .with_state(desk)
}

async fn last_head(State(desk): State<Arc<Desk>>, body: String) -> Response {
    witnessed(&desk, |witness, now| witness.last_head(&body, now))
}

async fn add_log(State(desk): State<Arc<Desk>>, body: String) -> Response {
    witnessed(&desk, |witness, _| witness.add_log(&body))
}

async fn add_checkpoint(State(desk): State<Arc<Desk>>, body: String) -> Response {
    witnessed(&desk, |witness, now| witness.add_checkpoint(&body, now))
}

fn witnessed(desk: &Desk, call: impl FnOnce(&mut LabWitness, Timestamp) -> Answer) -> Response {
    let (is_down, clock_s) = {
        let orders = desk.orders();
        (orders.settings.witness_down, orders.settings.witness_clock_s)
    };
    if is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let now = Timestamp::now();
    let shown = now.saturating_add(SignedDuration::from_secs(clock_s)).unwrap_or(now);
    let (status, body) = call(&mut desk.witness.lock().unwrap_or_else(PoisonError::into_inner), shown);
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), body).into_response()
}
