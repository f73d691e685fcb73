//! The counters, and the watch for secrets that go astray.

use halo_onboard::sim::{CLIENT_SECRET, Endpoint, FaultScope, Resource};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{FORM, ask, get, get_bare, send, start, token, token_endpoint, until};

#[tokio::test]
async fn requests_are_counted_by_method_and_path() {
    let sim = start(|_| {}).await;
    let token = token(&sim).await;
    get(&sim, "/api/Tickets?count=1", &token).await;
    get(&sim, "/api/tickets", &token).await;
    send(sim.address(), "POST", "/api/Tickets", &[], "").await;
    ask(&sim, "read:items").await;
    let counters = sim.counters();
    assert_eq!(counters.requests.get("GET /api/Tickets"), Some(&1));
    assert_eq!(counters.of_path("/api/Tickets"), 3);
    assert_eq!(counters.of_method("POST"), 3);
    assert_eq!(counters.token_requests, 2);
    assert_eq!(counters.total(), 5);
    assert_eq!(counters.connections, 5);
    assert_eq!(counters.abandoned, 0);
    assert_eq!(counters.misplaced, Vec::<String>::new());
}

#[tokio::test]
async fn the_most_requests_at_one_time_are_known() {
    let sim = start(|scenario| scenario.manners.faults.stall = vec!["Item".parse().expect("a place")]).await;
    let mut stuck = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(sim.address()).await.expect("it listens");
        stream.write_all(b"GET /api/Item HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it reads");
        stuck.push(stream);
    }
    until("three are under way", || sim.counters().most_in_flight == 3).await;
    drop(stuck);
    until("three were given up", || sim.counters().abandoned == 3).await;
    get_bare(&sim, "/api/authinfo").await;
    assert_eq!(sim.counters().most_in_flight, 3);
}

#[tokio::test]
async fn an_answer_that_is_not_read_to_its_end_was_abandoned() {
    let sim = start(|scenario| scenario.world.data.rows = [(Resource::Timesheet, 100_000)].into()).await;
    let token = token(&sim).await;
    let mut stream = TcpStream::connect(sim.address()).await.expect("it listens");
    let request = format!("GET /api/Timesheet HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut some = [0; 100];
    stream.read_exact(&mut some).await.expect("the start of an answer");
    drop(stream);
    until("it was noticed", || sim.counters().abandoned == 1).await;
}

#[tokio::test]
async fn secrets_and_tokens_in_the_wrong_place_are_noticed() {
    let sim = start(|_| {}).await;
    let token = token(&sim).await;
    let none = ("X-None", String::new());
    let bearer = ("Authorization", format!("Bearer {token}"));
    let as_bearer = ("Authorization", format!("Bearer {CLIENT_SECRET}"));
    let referer = ("Referer", format!("http://x/{CLIENT_SECRET}"));
    let debug = ("X-Debug", token.clone());
    let plain = format!("GET /api/Item?secret={CLIENT_SECRET}");
    let coded = plain.replace("de300000-", "de300000%2D");
    let in_path = format!("GET /api/{token}");
    let body = format!("client_secret={CLIENT_SECRET}");
    // Request line, one header, body, and what is said of it.
    for (at, (line, (name, value), body, wanted)) in [
        (plain.as_str(), &none, "", "a secret in the address of GET /api/Item"),
        (coded.as_str(), &none, "", "a secret in the address of GET /api/Item"),
        (in_path.as_str(), &none, "", "a token in the address of GET"),
        ("GET /", &referer, "", "a secret in the header referer of GET /"),
        ("GET /", &debug, "", "a token in the header x-debug of GET /"),
        ("GET /", &as_bearer, "", "a secret in the header authorization of GET /"),
        ("POST /api/Item", &none, body.as_str(), "a secret in the body of POST /api/Item"),
        ("POST /auth/token", &none, token.as_str(), "a token in the body of POST /auth/token"),
        ("POST /auth/token", &bearer, "", "a token in the header authorization of POST /auth/token"),
    ]
    .into_iter()
    .enumerate()
    {
        let (method, path) = line.split_once(' ').expect("a request line");
        send(sim.address(), method, path, &[(name, value)], body).await;
        let misplaced = sim.counters().misplaced;
        assert_eq!(misplaced.len(), at + 1, "case {at}: {misplaced:?}");
        let last = misplaced.last().expect("one more");
        assert!(last.starts_with(wanted), "case {at}: {last}");
    }
}

#[tokio::test]
async fn what_belongs_to_one_host_is_misplaced_at_another() {
    let sim = start(|scenario| {
        scenario.manners.split_auth = true;
        scenario.manners.faults.redirect = vec![FaultScope::At(Endpoint::AuthInfo)];
    })
    .await;
    let (auth, path) = token_endpoint(&sim);
    let token = token(&sim).await;
    get(&sim, "/api/Item", &token).await;
    assert_eq!(sim.counters().misplaced, Vec::<String>::new(), "so far everything was in its place");

    let bearer = format!("Bearer {token}");
    let body = format!("client_secret={CLIENT_SECRET}");
    let location = get_bare(&sim, "/api/authinfo").await;
    let elsewhere = location.header("location").and_then(|to| to.split('/').nth(2)).expect("a host").parse();
    let elsewhere = elsewhere.expect("an address");
    send(sim.address(), "POST", &path, &[FORM], &body).await;
    send(auth, "GET", "/api/Item", &[("Authorization", &bearer)], "").await;
    send(elsewhere, "GET", "/api/Item", &[("Authorization", &bearer)], "").await;
    send(elsewhere, "POST", "/auth/token", &[FORM], &body).await;
    let misplaced = sim.counters().misplaced;
    for (line, wanted) in misplaced.iter().zip([
        "a secret in the body of POST /auth/token (resource server)",
        "a token in the header authorization of GET /api/Item (authorisation server)",
        "a token in the header authorization of GET /api/Item (another origin)",
        "a secret in the body of POST /auth/token (another origin)",
    ]) {
        assert_eq!(line, wanted);
    }
    assert_eq!(misplaced.len(), 4, "{misplaced:?}");
}

#[tokio::test]
async fn old_and_typed_secrets_are_watched_for_too() {
    let sim = start(|scenario| scenario.form.client_secret = "typed-secret-4711".into()).await;
    sim.break_part("application.credentials").expect("a part");
    for (at, secret) in [CLIENT_SECRET, "typed-secret-4711"].into_iter().enumerate() {
        get_bare(&sim, &format!("/?s={secret}")).await;
        assert_eq!(sim.counters().misplaced.len(), at + 1, "{secret}");
    }
}

#[tokio::test]
async fn nothing_printable_holds_the_secret() {
    let sim = start(|_| {}).await;
    ask(&sim, "all").await;
    get_bare(&sim, "/api/Item?x=1").await;
    let shown = format!("{:?} {:?}", sim.update_tenant(|world| world.clone()), sim.counters());
    assert!(shown.contains("Reader App") && !shown.contains(CLIENT_SECRET), "{shown}");
}
