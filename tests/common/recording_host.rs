//! A host that answers as Halo's discovery does, refuses every token request, and records the bytes of all that it receives.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The host. It lives as long as the tests.
pub struct RecordingHost {
    address: std::net::SocketAddr,
    received: Arc<Mutex<String>>,
}

impl RecordingHost {
    /// Listens on a free port of this machine.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(String::new()));
        let record = Arc::clone(&received);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let record = Arc::clone(&record);
                thread::spawn(move || serve(stream, address, &record));
            }
        });
        Self { address, received }
    }

    /// Its origin.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port, to write the origin in another way.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// All that was received since the last call.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.received.lock().expect("no panic"))
    }
}

fn serve(mut stream: TcpStream, address: std::net::SocketAddr, record: &Mutex<String>) {
    // One request a connection; a connection that was opened ahead ends without one.
    let Some(request) = read_request(&mut stream) else { return };
    record.lock().expect("no panic").push_str(&request);
    let (status, body) = if request.starts_with("GET /api/authinfo") {
        ("200 OK", format!(r#"{{"auth_url":"http://{address}/auth","tenant_id":"acme"}}"#))
    } else if request.starts_with("POST ") {
        ("400 Bad Request", r#"{"error":"invalid_client"}"#.to_owned())
    } else {
        ("404 Not Found", "{}".to_owned())
    };
    let length = body.len();
    // A client that has gone has its reasons.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}

/// A request with its body.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}
