//! The admin page: who asked what, and what the stub says about whom. Plain HTTP on loopback, for demonstrations.

use super::Desk;
use super::orders::Orders;
use super::settings::{StubFault, StubPerson};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, HOST, LOCATION, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The pages of the stub over `desk`.
pub(super) fn pages(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/person", post(change_person))
        .route("/fault", post(change_fault))
        .with_state(desk)
}

async fn page(State(desk): State<Arc<Desk>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if !is_from_here(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let asked = fields(query.unwrap_or_default().as_bytes());
    let html = render(&desk.orders(), asked.get("q").map_or("", String::as_str));
    ([(CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")], Html(html)).into_response()
}

async fn change_person(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: String) -> Response {
    let given = fields(body.as_bytes());
    let given = |name: &str| given.get(name).map(String::as_str).unwrap_or_default();
    let (number, state, fault) = (given("number"), given("state"), StubFault::named(given("fault")));
    let (true, Some(fault)) = (is_from_here(&headers) && !number.is_empty(), fault) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut orders = desk.orders();
    orders.settings.verdicts.remove(number);
    let person = orders.settings.persons.entry(number.to_owned()).or_default();
    (person.state, person.fault) = (if state == "good" { String::new() } else { state.to_owned() }, fault);
    back()
}

async fn change_fault(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: String) -> Response {
    let fault = fields(body.as_bytes()).get("fault").and_then(|name| StubFault::named(name));
    let (true, Some(fault)) = (is_from_here(&headers), fault) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    desk.orders().settings.fault = fault;
    back()
}

fn back() -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response()
}

/// A page of somebody else's, open in the same browser, is not the one at this machine.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(HOST) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let own_origin = text(ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    ["127.0.0.1", "localhost", "[::1]"].contains(&name) && own_origin
}

fn fields(bytes: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

fn render(orders: &Orders, looked_for: &str) -> String {
    TEMPLATE
        .replace("{{calls}}", &orders.calls.to_string())
        .replace("{{turned_away}}", &orders.turned_away.to_string())
        .replace("{{otherwise}}", &escaped(&orders.settings.otherwise))
        .replace("{{faults}}", &faults(orders.settings.fault))
        .replace("{{no_fault}}", &faults(StubFault::None))
        .replace("{{seen}}", &seen(orders))
        .replace("{{persons}}", &persons(orders, looked_for))
}

fn faults(chosen: StubFault) -> String {
    let option = |fault: StubFault| {
        let mark = if fault == chosen { " selected" } else { "" };
        format!("<option{mark}>{}</option>", fault.name())
    };
    StubFault::ALL.into_iter().map(option).collect()
}

fn seen(orders: &Orders) -> String {
    let mut rows = String::new();
    for call in &orders.seen {
        let at = call.at.strftime("%H:%M:%S").to_string();
        let cells = [at.as_str(), call.number.as_str(), call.verdict.as_str(), call.fault.name()];
        let cells = cells.map(|cell| format!("<td>{}</td>", escaped(cell))).concat();
        let (id, origin) = (escaped(&call.id), escaped(&call.origin));
        let _ = write!(rows, "<tr>{cells}<td><code>{id}</code></td><td><code>{origin}</code></td></tr>");
    }
    rows
}

fn persons(orders: &Orders, looked_for: &str) -> String {
    let settings = &orders.settings;
    let wanted = looked_for.to_lowercase();
    let fits = |number: &str, person: &StubPerson| {
        let name = person.full_name.as_deref().unwrap_or_default().to_lowercase();
        number.contains(&wanted) || name.contains(&wanted)
    };
    let ordered = settings.verdicts.iter().map(|(number, verdict)| (number, "", "", verdict.as_str(), ""));
    let known = settings.persons.iter().filter(|(number, person)| fits(number, person)).map(|(number, person)| {
        let state = if person.state.is_empty() { "good" } else { person.state.as_str() };
        let name = person.full_name.as_deref().unwrap_or_default();
        let birth = if person.birth_date.is_some() { "birth date known" } else { "" };
        (number, name, birth, state, person.fault.name())
    });
    let mut rows = String::new();
    for (number, name, birth, state, fault) in ordered.chain(known).take(SHOWN_PERSONS) {
        let cells =
            [number.as_str(), name, birth, state, fault].map(|cell| format!("<td>{}</td>", escaped(cell))).concat();
        let _ = write!(rows, "<tr>{cells}</tr>");
    }
    rows
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

const TEMPLATE: &str = include_str!("admin.html");
/// How many people the page shows; more are found by looking for them.
const SHOWN_PERSONS: usize = 100;
