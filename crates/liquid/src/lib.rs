//! The Liquid template language, compiled once and rendered fast.
