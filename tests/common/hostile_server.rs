//! A server that answers as no server should. It shares nothing with the simulator, and nothing with the program: it
//! reads a request's head, looks up what to do, and writes raw bytes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub struct Hit {
    pub method: String,
    pub target: String,
    pub head: String,
    pub body: String,
}

impl Hit {
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The value of a form field, as encoded.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// One thing that the server does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Writes these bytes.
    Bytes(Vec<u8>),
    /// Writes these bytes one at a time, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Writes these bytes again and again, at most so often.
    Again(Vec<u8>, usize),
    /// Waits until another server has so many connections, five seconds at most.
    Connections(Arc<Seen>, usize),
    /// Waits until the client goes away.
    Stall,
    /// Cuts the connection with a reset.
    Reset,
    /// Ends the connection in order.
    Close,
    /// Ends the connection, but not TLS.
    Drop,
}

pub type Steps = Vec<Step>;
type Script = dyn Fn(&Hit, usize) -> Steps + Send + Sync;

/// What the server saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub hits: Mutex<Vec<Hit>>,
    pub connections: AtomicUsize,
    pub written: AtomicUsize,
    /// Requests whose client went away before the answer was out.
    pub abandoned: AtomicUsize,
}

impl Seen {
    pub fn hits(&self) -> Vec<Hit> {
        self.hits.lock().expect("not poisoned").clone()
    }

    /// How many requests had this path.
    pub fn count(&self, path: &str) -> usize {
        self.hits().iter().filter(|hit| hit.path() == path).count()
    }
}

/// The running server; it ends when the runtime of the test does.
pub struct Hostile {
    pub address: SocketAddr,
    pub seen: Arc<Seen>,
}

impl Hostile {
    /// Starts a plain server. The script gets the request and how many requests with its path came before.
    pub async fn plain(script: impl Fn(&Hit, usize) -> Steps + Send + Sync + 'static) -> Self {
        Self::start(script, None).await
    }

    /// Starts a server, over TLS when an acceptor is given.
    pub async fn start(
        script: impl Fn(&Hit, usize) -> Steps + Send + Sync + 'static,
        tls: Option<tokio_rustls::TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Seen::default());
        let script: Arc<Script> = Arc::new(script);
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let (script, seen, tls) = (Arc::clone(&script), Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    match tls {
                        None => serve(stream, &*script, &seen, |stream| stream).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &*script, &seen, |stream| stream.get_ref().0).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, seen }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: &Script,
    seen: &Seen,
    tcp: impl Fn(&S) -> &TcpStream,
) {
    while let Some(hit) = read_request(&mut stream).await {
        let earlier = seen.count(hit.path());
        seen.hits.lock().expect("not poisoned").push(hit.clone());
        for step in script(&hit, earlier) {
            match perform(&mut stream, step, seen, &tcp).await {
                Some(true) => {}
                Some(false) => return,
                None => {
                    seen.abandoned.fetch_add(1, Ordering::SeqCst);
                    return;
                }
            }
        }
    }
}

/// True to go on, false when the connection has ended, none when the client went away.
async fn perform<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    step: Step,
    seen: &Seen,
    tcp: &impl Fn(&S) -> &TcpStream,
) -> Option<bool> {
    match step {
        Step::Bytes(bytes) => write(stream, &bytes, seen).await?,
        Step::Drip(bytes, pause) => {
            for byte in bytes {
                write(stream, &[byte], seen).await?;
                tokio::time::sleep(pause).await;
            }
        }
        Step::Again(bytes, times) => {
            for _ in 0..times {
                write(stream, &bytes, seen).await?;
            }
        }
        Step::Connections(other, wanted) => {
            let began = Instant::now();
            while other.connections.load(Ordering::SeqCst) < wanted && began.elapsed() < Duration::from_secs(5) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Step::Stall => {
            let mut byte = [0];
            let _ = stream.read(&mut byte).await;
            return None;
        }
        Step::Reset => {
            let _ = tcp(stream).set_zero_linger();
            return Some(false);
        }
        Step::Drop => return Some(false),
        Step::Close => {
            let _ = stream.shutdown().await;
            return Some(false);
        }
    }
    Some(true)
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8], seen: &Seen) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    stream.flush().await.ok()?;
    seen.written.fetch_add(bytes.len(), Ordering::SeqCst);
    Some(())
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Hit> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        match stream.read(&mut buffer).await.ok()? {
            0 => return None,
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut words = head.split(' ');
    let mut hit = Hit {
        method: words.next().unwrap_or_default().to_owned(),
        target: words.next().unwrap_or_default().to_owned(),
        ..Hit::default()
    };
    hit.head = head.clone();
    let length: usize = hit.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length {
        match stream.read(&mut buffer).await.ok()? {
            0 => return None,
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    hit.body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    Some(hit)
}

/// A whole answer with its length.
pub fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Steps {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    vec![Step::Bytes(bytes)]
}

/// A JSON answer.
pub fn json(body: impl AsRef<[u8]>) -> Steps {
    answer(200, "Content-Type: application/json\r\n", body)
}

/// Raw bytes, then the end of the connection.
pub fn raw(bytes: impl AsRef<[u8]>) -> Steps {
    vec![Step::Bytes(bytes.as_ref().to_vec()), Step::Close]
}

/// The head of a good answer that goes on until the connection ends.
pub fn good_answer_head() -> &'static str {
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
}
