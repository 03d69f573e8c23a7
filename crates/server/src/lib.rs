//! HTTP: ingestion and the management API. It decides nothing.
