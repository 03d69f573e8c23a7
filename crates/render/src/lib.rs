//! From a template and a contact to a finished message.
