//! What the exam board does.
