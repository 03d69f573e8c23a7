//! The rules, one scenario each.
