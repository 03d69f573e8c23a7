//! The outside: providers that carry a message to a person.
