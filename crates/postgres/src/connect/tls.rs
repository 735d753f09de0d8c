//! TLS as libpq's `sslmode` means it.

use super::address::{Address, SslMode};
use engine::EngineError;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// The TLS side of an address, or `None` where it wants none.
///
/// # Errors
/// `RW201` if a certificate or key cannot be read.
pub(super) fn connector(address: &Address) -> Result<Option<MakeRustlsConnect>, EngineError> {
    let check = match (address.ssl_mode, &address.ssl_roots) {
        (SslMode::Disable, _) => return Ok(None),
        (SslMode::Prefer, _) | (SslMode::Require, None) => Check::Nothing,
        // As libpq does: a root certificate beside `require` is meant to be used.
        (SslMode::Require, Some(_)) | (SslMode::VerifyCa, _) => Check::Authority,
        (SslMode::VerifyFull, _) => Check::AuthorityAndHost,
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = verifier(check, address.ssl_roots.as_deref(), &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| broken("TLS cannot be set up", error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let config = match (&address.ssl_certificate, &address.ssl_key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| broken(&key.display().to_string(), error))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| broken("the client certificate", error))?
        }
        _ => builder.with_no_client_auth(),
    };
    Ok(Some(MakeRustlsConnect::new(config)))
}

fn broken(what: &str, error: impl std::fmt::Display) -> EngineError {
    EngineError::new(
        "RW201",
        format!("{what}: {error}"),
        "check sslrootcert, sslcert and sslkey; they name files in PEM form",
    )
}

/// What is checked of a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    Nothing,
    Authority,
    AuthorityAndHost,
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, EngineError> {
    let name = file.display().to_string();
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| broken(&name, error))
}

fn verifier(
    check: Check,
    roots: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, EngineError> {
    let algorithms = provider.signature_verification_algorithms;
    if check == Check::Nothing {
        return Ok(Arc::new(Checker { inner: None, known: Vec::new(), host: false, algorithms }));
    }
    let mut store = RootCertStore::empty();
    let mut known = Vec::new();
    match roots.filter(|file| *file != Path::new("system")) {
        Some(file) => {
            known = certificates(file)?;
            for certificate in &known {
                store.add(certificate.clone()).map_err(|error| broken(&file.display().to_string(), error))?;
            }
        }
        None => {
            let native = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(native.certs);
        }
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone())
        .build()
        .map_err(|error| broken("no root certificates", error))?;
    Ok(Arc::new(Checker { inner: Some(verifier), known, host: check == Check::AuthorityAndHost, algorithms }))
}

/// Checks the authority (`inner`) and the host, only the authority, or neither. The handshake's signatures are always
/// checked: the server does hold the key of the certificate that it shows.
#[derive(Debug)]
struct Checker {
    inner: Option<Arc<WebPkiServerVerifier>>,
    /// The certificates of `sslrootcert`. A server's own one among them is as good as an authority's.
    known: Vec<CertificateDer<'static>>,
    host: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Checker {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        match inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The chain has been checked before the name is.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.host => Ok(ServerCertVerified::assertion()),
            // A self-signed certificate marked as an authority, as `openssl req -x509` makes it, is fine if it is the one
            // that was named; its dates have been checked before the mark is.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(other)))
                if other.to_string().contains("CaUsedAsEndEntity") && self.known.contains(end_entity) =>
            {
                if self.host {
                    verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
