"""Round trips of a run, over a link of a chosen length."""

import json
import os
import re
import subprocess
import tempfile
import time

from . import front, link, term
from .table import PROGRAM, median, show, verdict

TRIPS = (20, 100, 300)
PORTS = {8441: ["http/1.1"], 8442: ["h2", "http/1.1"]}
NAMES = {8441: "HTTP/1.1", 8442: "HTTP/2"}
BUDGET = {"cold run": 5, "filled form": 2, "one check again": 2}


def run(samples=5, trips=TRIPS):
    folder = tempfile.mkdtemp(prefix="halo-bench-")
    front.certificates(folder, link.THERE)

    def serve():
        for port, protocols in PORTS.items():
            inner = port + 100
            command = [PROGRAM, "simulate", "--listen", f"127.0.0.1:{inner}", "--announce", f"https://{link.THERE}:{port}"]
            simulator = subprocess.Popen(
                command, stdout=subprocess.PIPE, text=True, env=bare(folder), preexec_fn=link.end_with_parent
            )
            lines = [simulator.stdout.readline().strip() for _ in range(5)]
            front.serve(folder, link.THERE, port, protocols, ("127.0.0.1", inner))
        return dict(line.split("=", 1) for line in lines if "=" in line)

    way = link.Link(serve)
    try:
        measure(way, folder, samples, trips)
    finally:
        way.end()


def bare(folder):
    """An environment in which nothing else is found."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "TERM") if name in os.environ}
    return {**keep, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}


class Target:
    """One port of the front, with what a run needs."""

    def __init__(self, port, values, folder):
        self.port, self.values, self.folder = port, values, folder
        self.url = f"https://{link.THERE}:{port}"
        self.options = ["--url", self.url, "--tenant", values["HALO_TENANT"], "--client-id", values["HALO_CLIENT_ID"]]
        self.options += ["--ca-file", f"{folder}/ca.pem"]
        self.env = {**bare(folder), "HALO_CLIENT_SECRET": values["HALO_CLIENT_SECRET"]}

    def check(self):
        """A cold run: how long the run took by its own clock, and what it told with its times."""
        command = [PROGRAM, "check", "--format", "jsonl", *self.options]
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=self.env, text=True)
        told = [(time.perf_counter() - began, json.loads(line)) for line in process.stdout]
        process.wait()
        report = told[-1][1]
        if report["verdict"] not in ("ready", "ready_with_warnings"):
            raise SystemExit(f"the run failed: {report['code']}: {report['diagnoses'][:1]}")
        return report["duration_ms"] / 1000, told

    def interface(self):
        """In the interface: a run from a filled form whose discovery is done, the same again, and one check again."""
        program = term.Program([PROGRAM, *self.options], 120, 40, self.env)
        try:
            program.until("not run yet")
            program.press("\x1bOR")  # F3: the fields
            program.quiet(0.15)
            program.press("\t")  # leaving the address asks it
            program.until("Halo found")
            program.read(1.5)  # an operator types the secret meanwhile
            first = self._timed(program, "\x12")
            program.press("\x1b")
            program.quiet(0.15)
            again = self._timed(program, "\x12")
            program.press("\x1b")
            program.quiet(0.15)
            program.press("\x1b[B" * 9)
            program.quiet(0.15)
            return first, again, self._timed(program, "r")
        finally:
            program.end()

    def _timed(self, program, key):
        """Seconds from the key to the frame that has the run's verdict as the log's last line."""
        before = lines_of_log(program)
        began = time.perf_counter()
        program.press(key)
        while not (lines_of_log(program) > before + 3 and VERDICT.search(program.screen.text())):
            if not program._chunk(20):
                raise SystemExit(f"the run has no end:\n{program.screen.text()}")
        return program.arrivals[-1][0] - began


# The verdict as the lowest line of the log, right above the pane's edge.
VERDICT = re.compile(r"(READY|NOT READY)[^\n]*\n.*info and up")


def lines_of_log(program):
    found = re.search(r"info and up, \d+ of (\d+)", program.screen.text())
    return int(found[1]) if found else 0


def curl(target, how):
    """The same calls with curl; seconds."""
    env = bare(target.folder)
    base = ["curl", "-sS", "--cacert", f"{target.folder}/ca.pem", "-o", "/dev/null"]
    values = target.values
    form = "&".join(
        f"{name}={value}"
        for name, value in (
            ("grant_type", "client_credentials"),
            ("client_id", values["HALO_CLIENT_ID"]),
            ("client_secret", values["HALO_CLIENT_SECRET"]),
            ("scope", "all"),
        )
    )
    token_url = f"{target.url}/auth/token?tenant={values['HALO_TENANT']}"
    urls = [f"{target.url}/api/{path}" for path in CALLS]
    began = time.perf_counter()
    subprocess.run([*base, f"{target.url}/api/authinfo"], check=True, env=env)
    asked = subprocess.run(
        [*base[:-2], "--data", form, token_url], check=True, env=env, capture_output=True, text=True
    )
    bearer = ["-H", f"Authorization: Bearer {json.loads(asked.stdout)['access_token']}"]
    if how == "one after the other":
        for url in urls:
            subprocess.run([*base, *bearer, url], check=True, env=env)
    else:
        outputs = [word for url in urls for word in ("-o", "/dev/null", url)]
        options = {"one connection": [], "at once": ["--parallel", "--parallel-max", "8", "--parallel-immediate"],
                   "at once, multiplexed": ["--parallel", "--parallel-max", "8"]}[how]
        # Some versions of curl draw a meter for parallel calls although they are told not to.
        subprocess.run([*base[:-2], *bearer, *options, *outputs], check=True, env=env, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


# What a healthy run asks with its token; measure() compares with what the program really asked.
CALLS = []


def measure(way, folder, samples, trips):
    targets = {port: Target(port, way.served, folder) for port in PORTS}
    way.trip(0)
    _, told = targets[8441].check()
    asked = [line["text"] for _, line in told if line["type"] == "log" and line["text"].startswith("GET ")]
    CALLS.extend(path for text in asked if (path := re.search(r"GET +/api/(\S+)", text)) and (path := path[1]) != "authinfo")
    print(f"A healthy run: 1 discovery, 1 token, {len(CALLS)} calls with the token.")
    rows, falls = [], {}
    for port, target in targets.items():
        kinds = {}
        for r in (0, *trips):
            way.trip(r / 1000)
            cold = [target.check() for _ in range(samples)]
            falls[port, r] = min(cold, key=lambda run: run[0])[1]
            inside = [target.interface() for _ in range(max(2, samples // 2))]
            kinds[r] = {
                "cold run": median([seconds for seconds, _ in cold]),
                "filled form": median([first for first, _, _ in inside]),
                "whole run again": median([again for _, again, _ in inside]),
                "one check again": median([one for _, _, one in inside]),
            }
            for how in ("one after the other", "one connection", "at once", "at once, multiplexed"):
                if "multiplexed" in how and port == 8441:
                    continue
                kinds[r][f"curl, {how}"] = median([curl(target, how) for _ in range(2 if r > 100 else 3)])
        for kind in kinds[0]:
            cells = [f"{(kinds[r][kind] - kinds[0][kind]) / r * 1000:.2f} r" for r in trips]
            budget = BUDGET.get(kind)
            worst = (kinds[trips[-1]][kind] - kinds[0][kind]) / trips[-1] * 1000
            row = [NAMES[port], kind, *cells, f"{kinds[0][kind] * 1000:.0f} ms"]
            rows.append([*row, f"{budget} r" if budget else "", verdict(worst, budget + 0.25) if budget else ""])
    head = ["protocol", "what", *(f"r = {r} ms" for r in trips), "at r = 0", "budget", ""]
    show("Round trips", head, rows)
    print("Each cell is (time at r - time at 0) / r: what the link costs, without what the machine costs.\n")
    for port in PORTS:
        for r in trips:
            waterfall(f"Cold run over {NAMES[port]}, r = {r} ms", falls[port, r], r / 1000)


def waterfall(title, told, r):
    """Draws when each check began and ended, in units of r."""
    start = next(at for at, line in told if line["type"] == "started")
    begun, ended = {}, {}
    for at, line in told:
        if line["type"] == "check_started":
            begun.setdefault(line["id"], at - start)
        elif line["type"] == "check" and line["id"] in begun:
            ended.setdefault(line["id"], at - start)
    print(f"{title}, one column a fifth of r")
    for check, at in begun.items():
        left, right = round(at / r * 5), round(ended.get(check, at) / r * 5)
        print(f"  {check:<20} {' ' * left}{'#' * max(1, right - left):<{36 - left}} {ended.get(check, at) / r:5.2f} r")
    print(flush=True)
