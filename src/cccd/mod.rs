//! The Vietnamese chip ID card.
