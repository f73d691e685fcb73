//! A thousand simulated tenants, some slow, dead or rate-limited, against the real program: wall time against the bound,
//! peak memory, files and requests under way. `scripts/fleet-bench` builds both and runs this.
//!
//! `fleet_bench PROGRAM [TENANTS [JOBS [FORMAT]]]`

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use halo_onboard::domain::guide::Guide;
use halo_onboard::sim::{Endpoint, FaultScope, RateLimit, Scenario, Simulator, most_in_flight_of_all};
use serde_json::Value;

#[path = "../tests/common/guide_names.rs"]
mod guide_names;

/// One tenant's kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Good,
    Slow,
    Stalls,
    Refused,
    Limited,
    Broken,
}

/// Seconds that a limited host asks to wait.
const WAIT: u64 = 5;

/// Of each hundred: eighty-five are well, and fifteen are not.
fn kind(number: usize) -> Kind {
    match number % 100 {
        3 | 23 | 43 | 63 | 83 => Kind::Slow,
        10 | 40 | 70 => Kind::Stalls,
        20 | 50 => Kind::Refused,
        30 | 60 => Kind::Limited,
        33 | 66 | 99 => Kind::Broken,
        _ => Kind::Good,
    }
}

fn scenario(kind: Kind) -> Result<Scenario, Box<dyn Error>> {
    let name = if kind == Kind::Broken { "role-invoices" } else { "good" };
    let mut scenario = Scenario::named(name, &guide_names::of(&Guide::built_in()))?;
    let faults = &mut scenario.manners.faults;
    faults.latency_ms = if kind == Kind::Slow { 500 } else { 40 };
    match kind {
        Kind::Stalls => faults.stall = vec![FaultScope::Everywhere],
        Kind::Limited => {
            let at = vec![FaultScope::At(Endpoint::Token)];
            faults.rate_limit = Some(RateLimit { at, first: Some(1), after: None, retry_after_s: Some(WAIT) });
        }
        _ => {}
    }
    Ok(scenario)
}

/// What the program was seen to use.
#[derive(Debug, Default)]
struct Peak {
    memory_kb: u64,
    files: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let program = words.next().ok_or("fleet_bench PROGRAM [TENANTS [JOBS [FORMAT]]]")?;
    let tenants: usize = words.next().map_or(Ok(1000), |word| word.parse())?;
    let jobs: usize = words.next().map_or(Ok(32), |word| word.parse())?;
    let format = words.next().unwrap_or_else(|| "json".into());

    let dir = tempfile::tempdir()?;
    let (_simulators, config) = start(tenants).await?;
    std::fs::write(dir.path().join("config.toml"), config)?;
    let out = dir.path().join("out");
    let began = Instant::now();
    let (status, peak) = run(&program, dir.path(), &out, jobs, &format).await?;
    let wall = began.elapsed();

    let mut told = std::io::stdout();
    let bytes = std::fs::metadata(&out)?.len();
    writeln!(told, "{tenants} tenants, {jobs} at once, {format}: exit status {status}, {bytes} bytes of results")?;
    writeln!(told, "wall time            {:.1} s", wall.as_secs_f64())?;
    if format == "json" {
        bound(&mut told, &out, jobs, wall)?;
    }
    writeln!(told, "peak memory          {:.1} MB", peak.memory_kb as f64 / 1024.0)?;
    writeln!(told, "open files           {} at most", peak.files)?;
    writeln!(told, "requests under way   {} at most, {} allowed", most_in_flight_of_all(), jobs * 10)?;
    Ok(())
}

/// The tenants, each on a host of its own, and the profiles that name them.
async fn start(tenants: usize) -> Result<(Vec<Simulator>, String), Box<dyn Error>> {
    let mut simulators = Vec::new();
    let mut config = String::new();
    for number in 0..tenants {
        let kind = kind(number);
        let (url, id, secret) = if kind == Kind::Refused {
            // Nothing listens there once this is dropped.
            let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            (format!("http://{address}"), "c9534241-dde9-4d04-9d45-32b1fbff22ed".to_owned(), "a".repeat(73))
        } else {
            let simulator = Simulator::start(scenario(kind)?, "127.0.0.1:0".parse()?).await?;
            let form = simulator.form();
            simulators.push(simulator);
            (form.url, form.client_id, form.client_secret)
        };
        write!(config, "[profiles.t{number:04}]\nurl = \"{url}\"\nclient_id = \"{id}\"\n")?;
        writeln!(config, "secret_command = [\"/bin/echo\", \"{secret}\"]\n")?;
    }
    Ok((simulators, config))
}

async fn run(program: &str, dir: &Path, out: &Path, jobs: usize, format: &str) -> Result<(i32, Peak), Box<dyn Error>> {
    let config = dir.join("config.toml");
    let mut child = tokio::process::Command::new(program)
        .args(["check", "--all-profiles", "--quiet", "--format", format, "--jobs", &jobs.to_string()])
        .env_clear()
        .env("HOME", dir)
        .env("HALO_ONBOARD_CONFIG", config)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(out)?)
        .spawn()?;
    let process = format!("/proc/{}", child.id().ok_or("it ended at once")?);
    let mut peak = Peak::default();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            _ = ticks.tick() => look(&process, &mut peak),
        }
    };
    Ok((status.code().unwrap_or(-1), peak))
}

/// The kernel's own high-water mark of memory, and the files that are open now.
fn look(process: &str, peak: &mut Peak) {
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap_or_default();
    let mark =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
    peak.memory_kb = peak.memory_kb.max(mark.unwrap_or(0));
    let files = std::fs::read_dir(format!("{process}/fd")).map_or(0, Iterator::count);
    peak.files = peak.files.max(files);
}

/// No order of so many places can be faster than the work shared out, or than the longest run; and whoever begins the
/// next one as soon as a place is free is never slower than both together, and the wait that a host asked for.
fn bound(told: &mut impl std::io::Write, out: &Path, jobs: usize, wall: Duration) -> Result<(), Box<dyn Error>> {
    let fleet: Value = serde_json::from_str(&std::fs::read_to_string(out)?)?;
    let tenants = fleet["tenants"].as_array().ok_or("no tenants")?;
    let seconds: Vec<f64> =
        tenants.iter().filter_map(|tenant| tenant["report"]["duration_ms"].as_f64()).map(|ms| ms / 1000.0).collect();
    let shared = seconds.iter().sum::<f64>() / jobs as f64;
    let longest = seconds.iter().copied().fold(0.0, f64::max);
    let (least, most) = (shared.max(longest), shared + longest + WAIT as f64);
    writeln!(
        told,
        "no order is faster   {least:.1} s: {shared:.1} s of runs in each place, the longest run {longest:.1} s"
    )?;
    writeln!(told, "the bound            {most:.1} s; wall / bound = {:.2}", wall.as_secs_f64() / most)?;
    writeln!(told, "counts               {}", fleet["counts"])?;
    Ok(())
}
