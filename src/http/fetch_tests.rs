//! A server on this machine, with a certificate of our own.

use std::sync::Arc;

use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{Ssl, SslAcceptor};
use openssl::x509::X509Name;
use openssl::x509::extension::SubjectAlternativeName;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::*;

/// A certificate for `localhost` that nobody else trusts.
fn certificate() -> (PKey<Private>, X509) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    let key = PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key");
    let mut name = X509Name::builder().expect("a name");
    name.append_entry_by_text("CN", "localhost").expect("a name");
    let name = name.build();
    let mut builder = X509::builder().expect("a builder");
    builder.set_version(2).expect("version");
    builder.set_subject_name(&name).expect("a name");
    builder.set_issuer_name(&name).expect("a name");
    builder.set_pubkey(&key).expect("a key");
    builder.set_not_before(&Asn1Time::days_from_now(0).expect("a time")).expect("a time");
    builder.set_not_after(&Asn1Time::days_from_now(1).expect("a time")).expect("a time");
    let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None));
    builder.append_extension(names.expect("names")).expect("names");
    builder.sign(&key, MessageDigest::sha256()).expect("signed");
    (key, builder.build())
}

/// What a server was asked, and where it is.
struct Server {
    port: u16,
    asked: Arc<Mutex<String>>,
}

/// Answers one connection with these bytes, over TLS where there is an acceptor.
async fn server(acceptor: Option<SslAcceptor>, answer: impl Into<Vec<u8>>) -> Server {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("binds");
    let port = listener.local_addr().expect("an address").port();
    let (asked, answer) = (Arc::new(Mutex::new(String::new())), answer.into());
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        match acceptor {
            Some(acceptor) => {
                let ssl = Ssl::new(acceptor.context()).expect("TLS");
                let mut stream = tokio_openssl::SslStream::new(ssl, stream).expect("TLS");
                // Who does not believe it goes away.
                if Pin::new(&mut stream).accept().await.is_ok() {
                    say(stream, &heard, &answer).await;
                }
            }
            None => say(stream, &heard, &answer).await,
        }
    });
    Server { port, asked }
}

async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, heard: &Mutex<String>, answer: &[u8]) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.expect("a request"));
    }
    *heard.lock().await = String::from_utf8(request).expect("ASCII");
    // Whoever has heard enough goes away.
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
}

#[tokio::test]
async fn a_page_is_fetched_from_whom_a_root_vouches_for() {
    let (key, certificate) = certificate();
    let acceptor = || {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).expect("TLS");
        builder.set_private_key(&key).expect("a key");
        builder.set_certificate(&certificate).expect("a certificate");
        Some(builder.build())
    };
    let known = Network { roots: Roots::Only(vec![certificate.clone()]) };
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage";
    let there = server(acceptor(), page).await;
    let got = known.get(&format!("https://localhost:{}/a?b=c", there.port)).await;
    assert_eq!(got.as_deref(), Ok(b"page".as_slice()));
    let asked = there.asked.lock().await.clone();
    assert!(asked.starts_with("GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n"), "{asked}");

    let there = server(acceptor(), page).await;
    assert!(Network::default().get(&format!("https://localhost:{}/", there.port)).await.is_err());
    // It is believed by its name only.
    let there = server(acceptor(), page).await;
    assert!(known.get(&format!("https://127.0.0.1:{}/", there.port)).await.is_err());
    assert_eq!(*there.asked.lock().await, "");
}

#[tokio::test]
async fn what_is_no_page_is_an_error() {
    let too_large =
        [b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n".to_vec(), vec![b'x'; 200_000]].concat();
    for (answer, page) in [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\npa\r\n2\r\nge\r\n0\r\n\r\n".to_vec(),
            Some("page"),
        ),
        (b"HTTP/1.1 200 OK\r\n\r\npage".to_vec(), Some("page")),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\npage".to_vec(), None),
        (b"HTTP/1.1 404 Not Found\r\n\r\npage".to_vec(), None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npage".to_vec(), None),
        (b"page".to_vec(), None),
        (Vec::new(), None),
        (too_large, None),
    ] {
        let there = server(None, answer.clone()).await;
        let got = Network::default().get(&format!("http://127.0.0.1:{}/", there.port)).await;
        let expected = page.map(|page| page.as_bytes().to_vec());
        assert_eq!(got.ok(), expected, "{}", String::from_utf8_lossy(&answer[..answer.len().min(90)]));
    }
}

#[test]
fn addresses_have_nothing_that_ends_a_line() {
    let address = Address::of("https://sns.eu-west-1.amazonaws.com/?a=b").expect("an address");
    assert_eq!(
        (address.tls, address.host, address.port, address.target),
        (true, "sns.eu-west-1.amazonaws.com", 443, "/?a=b")
    );
    assert_eq!(Address::of("http://h").map(|address| (address.port, address.target)), Some((80, "/")));
    for wrong in [
        "",
        "h",
        "ftp://h/",
        "https:///a",
        "https://u@h/",
        "https://h:x/",
        "https://h/a b",
        "https://h/\r\nX: y",
        "https://h\r\n/",
        "https://h/#a",
    ] {
        assert_eq!(Address::of(wrong), None, "{wrong}");
    }
}
