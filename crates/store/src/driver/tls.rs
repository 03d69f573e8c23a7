//! Encrypted connections to PostgreSQL.

use std::sync::Arc;

use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::ring;

use crate::error::Error;

/// Connections whose server proves with a certificate that it is the one in the address.
///
/// It is stricter than `sslmode=require` of PostgreSQL's own clients, which believe any server.
pub(crate) fn verified() -> Result<MakeRustlsConnect, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?;
    let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(|error| Error::Misuse {
        what: format!("the certificates of the system can't be read ({error}): `sslmode=require` needs them"),
    })?;
    let config =
        builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
