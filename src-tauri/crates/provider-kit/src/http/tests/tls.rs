//! Certificates that are not to be trusted, each told apart, and one that is.

use super::{super::*, client, policy};
use crate::{ErrorClass, ProviderError};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, date_time_ymd,
};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use url::Url;

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "Inspection CA");
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Acme Networks");
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Authority {
        issuer: Issuer::new(params, key),
        certificate,
    }
}

fn server_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// Serves one document under a certificate made from `params`; the answer of a client that trusts the authority or not.
async fn ask(params: CertificateParams, trusted: bool) -> Result<Answer, ProviderError> {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.issuer).unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    ))
    .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream
                    .write_all(
                        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]",
                    )
                    .await;
                let _ = stream.shutdown().await;
            }
        }
    });
    let extra_ca_pem = trusted.then(|| authority.certificate.pem());
    let (client, _) = client(HttpPolicy {
        attempts: 5,
        extra_ca_pem,
        ..policy()
    });
    assert!(client.tls_issuers().is_empty());
    let result = client.send(Ask::get(url), &CancellationToken::new()).await;
    let issuers: Vec<String> = client.tls_issuers().into_values().collect();
    assert_eq!(
        issuers.first(),
        result
            .as_ref()
            .ok()
            .and_then(|answer| answer.tls_issuer.as_ref())
    );
    if result.is_err() {
        assert_eq!(
            client.stats().sent,
            1,
            "a certificate does not get better by asking again"
        );
    }
    result
}

#[tokio::test]
async fn a_trusted_one_works_and_its_issuer_is_known() {
    let answer = ask(server_params("localhost"), true).await.unwrap();
    assert_eq!(
        answer.tls_issuer.as_deref(),
        Some("Inspection CA (Acme Networks)")
    );
}

#[tokio::test]
async fn each_fault_has_its_own_code_and_a_remedy() {
    let expired = || {
        let mut params = server_params("localhost");
        (params.not_before, params.not_after) =
            (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
        params
    };
    let future = || {
        let mut params = server_params("localhost");
        (params.not_before, params.not_after) =
            (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
        params
    };
    let purpose = || {
        let mut params = server_params("localhost");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params
    };
    let mut codes = Vec::new();
    for (params, trusted, code) in [
        (server_params("localhost"), false, "tls_unknown_issuer"),
        (server_params("elsewhere.example"), true, "tls_wrong_host"),
        (expired(), true, "tls_expired"),
        (future(), true, "tls_not_valid_yet"),
        (purpose(), true, "tls_wrong_purpose"),
    ] {
        let error = ask(params, trusted).await.unwrap_err();
        assert_eq!(
            (error.class, error.code.as_str()),
            (ErrorClass::TlsInterception, code),
            "{error:?}"
        );
        assert!(!error.fix.is_empty());
        codes.push(error.why);
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 5, "each says something else");
}

#[test]
fn extra_certificates_that_are_none_are_refused() {
    for pem in [
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let policy = HttpPolicy {
            extra_ca_pem: Some(pem.to_owned()),
            ..policy()
        };
        let error = HttpClient::new(policy, Arc::new(MemoryLog::default())).unwrap_err();
        assert_eq!(error.class, ErrorClass::Configuration, "{pem}");
    }
}

#[test]
fn a_damaged_certificate_has_no_issuer_and_does_no_harm() {
    let der = authority().certificate.der().to_vec();
    assert_eq!(
        super::super::issuer::from_der(&der).as_deref(),
        Some("Inspection CA (Acme Networks)")
    );
    for length in 0..der.len() {
        assert_eq!(super::super::issuer::from_der(&der[..length]), None);
    }
    for at in 0..der.len() {
        let mut damaged = der.clone();
        damaged[at] ^= 0xff;
        let _ = super::super::issuer::from_der(&damaged);
    }
}
