//! Which certificates a server may show.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use super::options::{SmtpOptions, Tls};

/// Why no TLS connection can be made at all.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The file that `ca=` names is no use.
    #[error("cannot use the CA file {path}: {why}; it must hold certificates in PEM form")]
    Ca {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The system's own certificates can't be used.
    #[error(
        "cannot use the system's CA certificates: {why}; install them (Debian: ca-certificates) or give `ca=FILE`"
    )]
    System {
        /// What the system said.
        why: String,
    },
}

/// A connector that trusts the file that `ca=` names, or else what the system trusts.
///
/// The system's certificates are only missed by who needs them: a server without TLS must work on a
/// machine that has none, so that error waits inside for the first handshake.
pub(crate) fn connector(options: &SmtpOptions) -> Result<Result<TlsConnector, Error>, Error> {
    match &options.ca {
        Some(path) => Ok(Ok(with_ca(path)?)),
        None if options.tls == Tls::None => Ok(Err(Error::System { why: "TLS is off".into() })),
        None => Ok(with_system()),
    }
}

fn builder(provider: Arc<CryptoProvider>) -> ConfigBuilder<ClientConfig, WantsVerifier> {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
}

fn with_ca(path: &Path) -> Result<TlsConnector, Error> {
    let unusable = |why: String| Error::Ca { path: path.display().to_string(), why };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("it holds no certificate".into()));
    }
    let config =
        builder(Arc::new(ring::default_provider())).with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn with_system() -> Result<TlsConnector, Error> {
    Ok(TlsConnector::from(Arc::new(system()?)))
}

/// A configuration that trusts what the system trusts.
pub(crate) fn system() -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new(Arc::clone(&provider))
        .map_err(|error| Error::System { why: error.to_string() })?;
    // "Dangerous" is the library's word for any verifier of one's own; this one is the platform's.
    let config = builder(provider)
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// A configuration that trusts nobody, for a machine whose certificates can't be used.
pub(crate) fn nobody() -> ClientConfig {
    builder(Arc::new(ring::default_provider()))
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}
