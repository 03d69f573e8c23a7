//! The way to an HTTP client whose aim is ours or the operator's, so that it has its cryptography.
//!
//! What a user can aim goes through [`crate::web`].

/// Begins an HTTP client that verifies certificates with ring.
///
/// A client that is begun otherwise panics in a build in which no provider was named first.
pub fn client() -> reqwest::ClientBuilder {
    // An error means that a provider is named already, which is as good.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}
