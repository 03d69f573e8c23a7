//! HTTP: ingestion and the management API. It decides nothing.
pub mod ingest;
