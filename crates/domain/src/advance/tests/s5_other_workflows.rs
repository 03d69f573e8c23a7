//! Other workflows: entering them, ending them, waiting for them.
