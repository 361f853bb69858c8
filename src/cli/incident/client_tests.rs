//! Addresses, framing, and TLS.

use std::net::TcpListener;

use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::SslAcceptor;
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509Name};
use serde_json::json;

use super::*;

#[test]
fn addresses_are_taken_apart() {
    let of = |url: &str| place(url).map(|place| (place.tls, place.host, place.port, place.prefix)).ok();
    let known = |tls, host: &str, port, prefix: &str| Some((tls, host.to_owned(), port, prefix.to_owned()));
    assert_eq!(of("http://127.0.0.1:8080"), known(false, "127.0.0.1", 8080, ""));
    assert_eq!(of("https://herald.example.com"), known(true, "herald.example.com", 443, ""));
    assert_eq!(of("https://h:1/api/"), known(true, "h", 1, "/api"));
    assert_eq!(of("http://[::1]:8080"), known(false, "[::1]", 8080, ""));
    assert_eq!(of("http://[::1]"), known(false, "[::1]", 80, ""));
    for wrong in ["", "127.0.0.1:8080", "ftp://x", "http://", "http://h:x", "http://u@h", "http://h/a b"] {
        assert_eq!(of(wrong), None, "{wrong}");
    }
    assert!(is_loopback("[::1]") && is_loopback("localhost") && !is_loopback("10.0.0.1"));
}

#[test]
fn answers_are_read_however_they_are_framed() {
    let whole = parse(b"HTTP/1.1 202 Accepted\r\nContent-Length: 7\r\n\r\n{\"a\":1}").unwrap();
    assert_eq!((whole.status, whole.body["a"].as_u64()), (202, Some(1)));
    let pieces =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x\r\n\":1}\r\n0\r\n\r\n";
    assert_eq!(parse(pieces).unwrap().body["a"].as_u64(), Some(1));
    let page = parse(b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>\x1b[31m</html>").unwrap();
    assert_eq!((page.status, page.body.as_str()), (502, Some("<html> [31m</html>")));
    for broken in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"x\r\n\r\n{}"] {
        assert!(parse(broken).is_err());
    }
}

/// A certificate for this machine that nobody else trusts.
fn certificate() -> (PKey<Private>, X509) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None));
    builder.append_extension(names.unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (key, builder.build())
}

/// A server for as many connections, which answers each and cuts it off.
fn server(connections: usize) -> (u16, X509, std::thread::JoinHandle<Vec<String>>) {
    let (key, certificate) = certificate();
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    acceptor.set_private_key(&key).unwrap();
    acceptor.set_certificate(&certificate).unwrap();
    let (acceptor, listener) = (acceptor.build(), TcpListener::bind("localhost:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for stream in listener.incoming().take(connections) {
            let Ok(mut stream) = acceptor.accept(stream.unwrap()) else { continue };
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}").unwrap();
            heard.push(String::from_utf8(request).unwrap());
        }
        heard
    });
    (port, certificate, serving)
}

#[test]
fn a_token_goes_to_a_server_that_is_trusted_only() {
    let (port, certificate, serving) = server(2);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.to_pem().unwrap()).unwrap();
    let client = |ca_file: Option<&std::path::Path>| Client {
        place: place(&format!("https://localhost:{port}/api")).unwrap(),
        token: Secret::new("t0ken"),
        ca_file: ca_file.map(Into::into),
        wait: Duration::from_secs(5),
    };
    let body = json!({"title": "x"});
    let stranger = client(None).post("/v1/incidents", "k", &body).unwrap_err().to_string();
    assert!(stranger.contains("certificate verify failed"), "{stranger}");
    assert_eq!(client(Some(file.path())).post("/v1/incidents", "k", &body).unwrap().status, 202);
    let heard = serving.join().unwrap();
    assert_eq!(heard.len(), 1);
    for words in
        ["POST /api/v1/incidents?wait=5000ms HTTP/1.1", "Idempotency-Key: k", "Authorization: Bearer t0ken"]
    {
        assert!(heard[0].contains(words), "{words}\n{}", heard[0]);
    }
}
