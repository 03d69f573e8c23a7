//! The loops that take inputs, wake contacts and hand messages out, written as ticks.
