//! Broken transport and broken HTTP, at every stage of a run: one line a case.

use std::time::Duration;

use futures_util::StreamExt;
use halo_onboard::domain::codes::Code;
use halo_onboard::domain::codes::Code::{
    ApiBadRequest, ApiForbidden, ApiMissing, ApiShape, AuthBadTokenResponse, AuthUnknown, DiscoveryNotHalo,
    HttpBadEncoding, HttpBadJson, HttpEmpty, HttpMalformed, HttpNotFound, HttpNotJson, HttpRateLimited,
    HttpServerError, HttpTooLarge, HttpUnavailable, HttpUnexpectedStatus, NetDns, NetRefused, NetReset, NetTimeout,
};

use crate::hostile_run::{
    SECRET, Stage, Trial, assert_secret_went_only_to_the_token_endpoint, good, name_without_address,
};
use crate::hostile_server::{Hostile, Step, Steps, answer, json, raw};

/// The limit of an exchange in cases about time; in all others it is the program's own.
const LIMIT: Duration = Duration::from_millis(1500);
/// What every case must be done in: the limit of a whole run, for a machine that is busy otherwise.
const PATIENCE: Duration = Duration::from_secs(45);
/// Most requests of a run of the small guide: discovery, token, identity, two probes, and the retries.
const REQUESTS: u32 = 5 + 6;

/// The codes at discovery, token, identity and probe; none when the answer is usable.
type Codes = [Option<Code>; 4];

struct Case {
    name: &'static str,
    steps: Steps,
    codes: Codes,
}

fn case(name: &'static str, steps: Steps, codes: Codes) -> Case {
    Case { name, steps, codes }
}

fn everywhere(code: Code) -> Codes {
    [Some(code); 4]
}

/// What a status is called at each stage, with an empty body.
fn by_stage(discovery: Code, token: Code, api: Code) -> Codes {
    [Some(discovery), Some(token), Some(api), Some(api)]
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const MEAN: &str = "\x1b]52;c;UFdORUQ=\x07\u{202e}\u{200b}";

fn drip(text: &str, ms: u64) -> Step {
    Step::Drip(text.as_bytes().to_vec(), Duration::from_millis(ms))
}

fn bytes(text: impl AsRef<[u8]>) -> Step {
    Step::Bytes(text.as_ref().to_vec())
}

fn cases() -> Vec<Case> {
    let gzip = "Content-Encoding: gzip\r\n";
    let page = format!("<html><head><title>Log in {MEAN}</title></head></html>");
    let not_halo = by_stage(DiscoveryNotHalo, HttpNotJson, HttpNotJson);
    vec![
        // The connection.
        case("reset before any answer", vec![Step::Reset], everywhere(NetReset)),
        case("closed before any answer", vec![Step::Close], everywhere(NetReset)),
        case("reset in the head", vec![bytes("HTTP/1.1 200 OK\r\nConte"), Step::Reset], everywhere(NetReset)),
        case("closed in the head", vec![bytes("HTTP/1.1 200 OK\r\nConte"), Step::Close], everywhere(NetReset)),
        case(
            "reset in the body",
            vec![bytes(format!("{HEAD}Content-Length: 90\r\n\r\n{{")), Step::Reset],
            everywhere(NetReset),
        ),
        case("closed in the body", raw(format!("{HEAD}Content-Length: 90\r\n\r\n{{")), everywhere(HttpMalformed)),
        // Time.
        case("silence", vec![Step::Stall], everywhere(NetTimeout)),
        case(
            "silence after the head",
            vec![bytes(format!("{HEAD}Content-Length: 9\r\n\r\n")), Step::Stall],
            everywhere(NetTimeout),
        ),
        case("head byte by byte", vec![drip(HEAD, 100), Step::Stall], everywhere(NetTimeout)),
        case(
            "body byte by byte",
            vec![bytes(format!("{HEAD}Content-Length: 99\r\n\r\n")), drip(&"[".repeat(99), 100)],
            everywhere(NetTimeout),
        ),
        case(
            "header by header for ever",
            vec![bytes(HEAD), drip(&"X-A: b\r\n".repeat(50), 50)],
            everywhere(NetTimeout),
        ),
        case(
            "an empty chunk now and then",
            vec![bytes(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n")), drip(&"1\r\n \r\n".repeat(50), 50)],
            everywhere(NetTimeout),
        ),
        // Not HTTP.
        case("another protocol", raw("SSH-2.0-OpenSSH_9.6\r\n"), everywhere(HttpMalformed)),
        case("an SMTP banner", raw("220 mail.example ESMTP ready\r\n"), everywhere(HttpMalformed)),
        case("an FTP banner", raw("220 (vsFTPd 3.0.5)\r\n"), everywhere(HttpMalformed)),
        case(
            "remote desktop",
            raw([3, 0, 0, 19, 14, 208, 0, 0, 18, 52, 0, 2, 31, 8, 0, 2, 0, 0, 0]),
            everywhere(HttpMalformed),
        ),
        case("a TLS port", raw([0x15, 3, 1, 0, 2, 2, 70]), everywhere(HttpMalformed)),
        case("a page without a head", raw("<html><title>It works</title></html>"), everywhere(HttpMalformed)),
        case("a frame of HTTP/2", raw([0, 0, 0, 4, 0, 0, 0, 0, 0]), everywhere(HttpMalformed)),
        case("binary noise", raw([0_u8, 1, 2, 255, 254, 27, 91, 50, 74]), everywhere(HttpMalformed)),
        case("another version", raw("HTTP/9.9 200 OK\r\n\r\n"), everywhere(HttpMalformed)),
        case("no status", raw("HTTP/1.1 abc OK\r\n\r\n"), everywhere(HttpMalformed)),
        case("control byte in a header", raw("HTTP/1.1 200 OK\r\nX: a\x1b[2Jb\r\n\r\n"), everywhere(HttpMalformed)),
        case("folded header", raw("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"), everywhere(HttpMalformed)),
        case(
            "two lengths",
            raw(format!("{HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")),
            everywhere(HttpMalformed),
        ),
        case("no number as length", raw(format!("{HEAD}Content-Length: many\r\n\r\n{{}}")), everywhere(HttpMalformed)),
        case(
            "a long head",
            vec![bytes("HTTP/1.1 200 OK\r\nX: "), Step::Again(vec![b'a'; 4096], 500)],
            everywhere(HttpMalformed),
        ),
        case(
            "very many headers",
            vec![bytes("HTTP/1.1 200 OK\r\n"), bytes("X-A: b\r\n".repeat(9000)), bytes("\r\n")],
            everywhere(HttpMalformed),
        ),
        case(
            "preliminary answers for ever",
            vec![Step::Again(b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n".to_vec(), 3_000_000)],
            everywhere(NetTimeout),
        ),
        // Framing.
        case("cut chunk", raw(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n40\r\n{{")), everywhere(HttpMalformed)),
        case(
            "garbage chunk",
            raw(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{{}}")),
            everywhere(HttpMalformed),
        ),
        case(
            "huge chunk size",
            raw(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{{}}")),
            everywhere(HttpMalformed),
        ),
        case(
            "no last chunk",
            raw(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n")),
            everywhere(HttpMalformed),
        ),
        // Size.
        case(
            "endless body",
            vec![bytes(format!("{HEAD}\r\n")), Step::Again(vec![b'['; 65_536], 1_000_000)],
            // Of a list, only what may still be JSON is read on.
            [Some(HttpTooLarge), Some(HttpTooLarge), Some(HttpTooLarge), Some(HttpBadJson)],
        ),
        case(
            "a hundred megabytes",
            vec![bytes(format!("{HEAD}Content-Length: 104857600\r\n\r\n")), Step::Again(vec![b' '; 65_536], 1600)],
            everywhere(HttpTooLarge),
        ),
        case("gzip bomb", answer(200, gzip, bomb(b' ')), everywhere(HttpTooLarge)),
        // Compression.
        case(
            "broken gzip",
            answer(200, gzip, [&bomb(b' ')[..40], &[0xff; 40][..]].concat()),
            everywhere(HttpBadEncoding),
        ),
        case("no gzip at all", answer(200, gzip, "{}"), everywhere(HttpBadEncoding)),
        case("cut gzip", answer(200, gzip, &bomb(b' ')[..30]), everywhere(HttpBadEncoding)),
        // Encoding.
        case("UTF-16", json(utf16("{\"tickets\":[]}")), everywhere(HttpBadJson)),
        case("not UTF-8", json(b"{\"a\":\"\xff\xfe\xfd\"}"), everywhere(HttpBadJson)),
        // JSON.
        case("empty", json(""), everywhere(HttpEmpty)),
        case("blanks", json(" \r\n "), everywhere(HttpEmpty)),
        case("no content", raw("HTTP/1.1 204 No Content\r\n\r\n"), everywhere(HttpEmpty)),
        case("cut JSON", json("{\"tickets\":[{"), everywhere(HttpBadJson)),
        case("two documents", json("{} {}"), everywhere(HttpBadJson)),
        case("deep JSON", json("[".repeat(50_000)), everywhere(HttpBadJson)),
        case(
            "deep JSON in a member",
            json(format!("{{\"a\":{}1{}}}", "[".repeat(500), "]".repeat(500))),
            everywhere(HttpBadJson),
        ),
        case(
            "a number",
            json("42"),
            [Some(DiscoveryNotHalo), Some(AuthBadTokenResponse), Some(ApiShape), Some(ApiShape)],
        ),
        case(
            "null",
            json("null"),
            [Some(DiscoveryNotHalo), Some(AuthBadTokenResponse), Some(ApiShape), Some(ApiShape)],
        ),
        case("an empty object", json("{}"), [Some(DiscoveryNotHalo), Some(AuthBadTokenResponse), None, Some(ApiShape)]),
        case(
            "plain words",
            answer(200, "Content-Type: text/plain\r\n", MEAN),
            [Some(DiscoveryNotHalo), Some(HttpBadJson), Some(HttpBadJson), Some(HttpBadJson)],
        ),
        // Web pages.
        case("a page", answer(200, "Content-Type: text/html\r\n", &page), not_halo),
        case("a page that claims to be JSON", json(&page), not_halo),
        case(
            "a page without end",
            vec![bytes(format!("HTTP/1.1 200 OK\r\n\r\n{page}")), Step::Again(vec![b'x'; 65_536], 1_000_000)],
            not_halo,
        ),
        // Statuses.
        case("400", answer(400, "", MEAN), by_stage(DiscoveryNotHalo, AuthUnknown, ApiBadRequest)),
        case(
            "403",
            answer(403, "", "{\"Message\":\"403:Forbidden\"}"),
            by_stage(DiscoveryNotHalo, AuthUnknown, ApiForbidden),
        ),
        case("404", answer(404, "", &page), by_stage(DiscoveryNotHalo, HttpNotFound, ApiMissing)),
        case("418", answer(418, "", ""), by_stage(DiscoveryNotHalo, HttpUnexpectedStatus, HttpUnexpectedStatus)),
        case("429 without a time", answer(429, "", "Rate Limit Reached"), everywhere(HttpRateLimited)),
        case("429 for an hour", answer(429, "Retry-After: 3600\r\n", ""), everywhere(HttpRateLimited)),
        case("429 with a junk time", answer(429, "Retry-After: soon\r\n", ""), everywhere(HttpRateLimited)),
        case(
            "500",
            answer(500, "", "{\"ClassName\":\"System.Exception\",\"Message\":\"Boom\"}"),
            everywhere(HttpServerError),
        ),
        case("503", answer(503, "", &page), everywhere(HttpUnavailable)),
        case("999", answer(999, "", ""), everywhere(HttpUnexpectedStatus)),
        case(
            "403 whose body never comes",
            vec![bytes("HTTP/1.1 403 X\r\nContent-Length: 9\r\n\r\n"), Step::Stall],
            by_stage(DiscoveryNotHalo, NetTimeout, ApiForbidden),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_answer_has_its_code_at_every_stage() {
    let trials = cases().into_iter().flat_map(|case| {
        let case = std::sync::Arc::new(case);
        Stage::ALL.into_iter().enumerate().map(move |(at, stage)| (std::sync::Arc::clone(&case), at, stage))
    });
    let wrong: Vec<String> = futures_util::stream::iter(trials)
        .map(|(case, at, stage)| async move { broken(&case, stage, case.codes[at]).await.err() })
        .buffer_unordered(8)
        .filter_map(|wrong| async { wrong })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

async fn broken(case: &Case, stage: Stage, wanted: Option<Code>) -> Result<(), String> {
    let steps = case.steps.clone();
    let server = Hostile::plain(move |hit, _| if hit.path() == stage.path() { steps.clone() } else { good(hit) }).await;
    let mut trial = Trial::of(&server.url());
    if case.codes.contains(&Some(NetTimeout)) {
        trial = trial.limit(LIMIT);
    }
    let outcome = trial.run().await;
    let found = outcome.code(stage);
    let say = |what: String| Err(format!("{} at {stage:?}: {what}\n{}", case.name, outcome.log()));
    if found != wanted {
        return say(format!("{found:?}, not {wanted:?}"));
    }
    if outcome.took > PATIENCE {
        return say(format!("took {:?}", outcome.took));
    }
    if outcome.evidence().requests > REQUESTS {
        return say(format!("{} requests", outcome.evidence().requests));
    }
    let earlier = Stage::ALL.into_iter().take_while(|earlier| *earlier != stage);
    if let Some(earlier) = earlier.into_iter().find(|earlier| !earlier.is_answered(outcome.evidence())) {
        return say(format!("{earlier:?} failed"));
    }
    assert_secret_went_only_to_the_token_endpoint(&server.seen);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn usable_answers_in_odd_dress_are_usable() {
    type RowDensity = fn(&str) -> Steps;
    let dresses: [(&str, RowDensity); 6] = [
        ("byte order mark", |body| json(format!("\u{feff}{body}"))),
        ("wrong content type", |body| answer(200, "Content-Type: text/html\r\n", body)),
        ("chunked", |body| {
            let chunks: String = body.chars().map(|c| format!("{:x}\r\n{c}\r\n", c.len_utf8())).collect();
            vec![bytes(format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"))]
        }),
        ("until the end of the connection", |body| raw(format!("{HEAD}\r\n{body}"))),
        ("stored gzip", |body| answer(200, "Content-Encoding: gzip\r\n", stored_gzip(body))),
        ("preliminary answers first", |body| {
            let mut steps = vec![Step::Again(b"HTTP/1.1 103 Early\r\n\r\n".to_vec(), 20)];
            steps.extend(json(body));
            steps
        }),
    ];
    for (name, dress) in dresses {
        let server = Hostile::plain(move |hit, _| match good(hit).remove(0) {
            Step::Bytes(bytes) => {
                let whole = String::from_utf8(bytes).expect("text");
                dress(whole.split_once("\r\n\r\n").expect("a body").1)
            }
            other => vec![other],
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        for stage in Stage::ALL {
            assert!(stage.is_answered(outcome.evidence()), "{name} at {stage:?}\n{}", outcome.log());
        }
        assert_eq!(outcome.evidence().requests, 5, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_stops_at_the_cap() {
    for (stage, cap) in
        [(Stage::Discovery, 64 << 10), (Stage::Token, 64 << 10), (Stage::Identity, 3 << 19), (Stage::Probe, 16 << 20)]
    {
        let server = Hostile::plain(move |hit, _| match hit.path() == stage.path() {
            true => vec![bytes(format!("{HEAD}\r\n")), Step::Again(vec![b' '; 65_536], 1600)],
            false => good(hit),
        })
        .await;
        let outcome = Trial::of(&server.url()).run().await;
        assert_eq!(outcome.code(stage), Some(HttpTooLarge));
        // What the kernel took in the meantime lies in its own buffers, not in the program.
        let written = server.seen.written.load(std::sync::atomic::Ordering::SeqCst);
        assert!(written >= cap && written < cap + (24 << 20), "{written} bytes were written at {stage:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_shows_its_title_and_its_status() {
    let server = Hostile::plain(|_, _| answer(200, "", "<html><title>Router \x1b[2J login</title>")).await;
    let outcome = Trial::of(&server.url()).run().await;
    let fault = Stage::Discovery.fault(outcome.evidence()).expect("a failure");
    assert_eq!((fault.said.as_str(), fault.html, fault.status), ("Router \\x1b[2J login", true, Some(200)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_without_a_server_refuses_and_a_name_without_an_address_does_not_resolve() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let unknown = format!("http://{}", name_without_address());
    for (url, code) in [(format!("http://{free}"), NetRefused), (unknown, NetDns)] {
        let outcome = Trial::of(&url).run().await;
        assert_eq!(outcome.code(Stage::Discovery), Some(code), "{url}\n{}", outcome.log());
        assert!(outcome.evidence().requests >= 1 && !outcome.log().contains(SECRET));
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// 27 MB of one byte below 144 in 170 kB: one literal, then the longest match again and again, with the fixed Huffman codes.
fn bomb(byte: u8) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    let code =
        |bits: &mut Vec<bool>, value: u32, length: u32| bits.extend((0..length).rev().map(|at| value >> at & 1 == 1));
    code(&mut bits, 0b0011_0000 + u32::from(byte), 8);
    for _ in 0..105_000 {
        code(&mut bits, 0b1100_0101, 8);
        code(&mut bits, 0, 5);
    }
    code(&mut bits, 0, 7);
    let packed =
        bits.chunks(8).map(|bits| bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << at));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255].into_iter().chain(packed).collect()
}

/// Gzip without compression.
fn stored_gzip(text: &str) -> Vec<u8> {
    let (length, data) = (u16::try_from(text.len()).expect("short"), text.as_bytes());
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(data);
    out.extend(crc32(data).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
