//! A virtual card: the chip's side of the dialogue, with faults on order.

pub mod data;

pub use data::{ActiveAuthenticationProfile, CardData, ChipAuthenticationProfile, PaceProfile};
