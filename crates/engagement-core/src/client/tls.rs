//! Setup of the TLS library.

use std::error::Error;

/// Whether any TLS feature is on.
pub(crate) const AVAILABLE: bool = cfg!(any(
    feature = "rustls",
    feature = "rustls-aws-lc",
    feature = "native-tls"
));

type Configured = Result<reqwest::ClientBuilder, Box<dyn Error + Send + Sync>>;

/// Sets a complete rustls configuration on the HTTP client, so that no program needs to install a process-wide crypto
/// provider.
#[cfg(any(feature = "rustls", feature = "rustls-aws-lc"))]
pub(crate) fn configure(builder: reqwest::ClientBuilder, plain_only: bool) -> Configured {
    use rustls_platform_verifier::BuilderVerifierExt as _;

    // *ring* is preferred if both are on: another crate of the build may have turned on the other.
    #[cfg(feature = "rustls")]
    let provider = rustls::crypto::ring::default_provider();
    #[cfg(not(feature = "rustls"))]
    let provider = rustls::crypto::aws_lc_rs::default_provider();

    let config = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(provider))
        .with_safe_default_protocol_versions()?;
    let config = if plain_only {
        // No roots: only plain http is used, so tests also run on machines without root certificates.
        config.with_root_certificates(rustls::RootCertStore::empty())
    } else {
        config.with_platform_verifier()?
    };
    Ok(builder.tls_backend_preconfigured(config.with_no_client_auth()))
}

#[cfg(all(
    feature = "native-tls",
    not(any(feature = "rustls", feature = "rustls-aws-lc"))
))]
pub(crate) fn configure(builder: reqwest::ClientBuilder, _plain_only: bool) -> Configured {
    Ok(builder.tls_backend_native())
}

#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc", feature = "native-tls")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same shape with every feature"
)]
pub(crate) fn configure(builder: reqwest::ClientBuilder, _plain_only: bool) -> Configured {
    Ok(builder)
}
