"""Watch mode against a Halo that flaps: does anything grow?"""

import itertools
import os
import signal
import subprocess
import threading
import time

from . import screen, term
from .link import end_with_parent
from .table import PROGRAM, show

ADDRESS = "127.0.0.1:8460"
# One after the other, each for some seconds; None is a Halo that is down.
SCENARIOS = ["app-invoices", None, "server-error", "role-invoices", "flaky", "token-401", None, "rate-limit", "stall", "no-team", "html-200", "wrong-secret"]
STAY = 17


class Halo:
    """A simulated Halo that turns into another every few seconds."""

    def __init__(self):
        self.turns = 0
        self.process = None
        self._turn(SCENARIOS[0])
        threading.Thread(target=self._live, daemon=True).start()

    def _live(self):
        for scenario in itertools.cycle(SCENARIOS[1:] + SCENARIOS[:1]):
            time.sleep(STAY)
            self._turn(scenario)
            self.turns += 1

    def _turn(self, scenario):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.communicate()
            self.process = None
        if scenario:
            command = [PROGRAM, "simulate", "--scenario", scenario, "--listen", ADDRESS]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **screen.environment()}, preexec_fn=end_with_parent)
            lines = [self.process.stdout.readline() for _ in range(5)]
            if not hasattr(self, "values"):
                self.values = dict(line.strip().split("=", 1) for line in lines if "=" in line)


def run(seconds=3600):
    halo = Halo()
    options = ["--url", halo.values["HALO_URL"], "--tenant", halo.values["HALO_TENANT"], "--client-id", halo.values["HALO_CLIENT_ID"]]
    env = {**screen.environment(), "HALO_CLIENT_SECRET": halo.values["HALO_CLIENT_SECRET"]}
    subjects = {
        "interface, w": term.Program([PROGRAM, *options], 100, 30, env),
        "check --watch 1": term.Program([PROGRAM, "check", "--watch", "1", *options], 100, 30, env),
    }
    interface = subjects["interface, w"]
    interface.quiet(0.5)
    interface.press("\x1bOS")  # F4: the checks
    interface.press("\x12")
    interface.quiet(2.0)
    interface.press("w")
    began, rows, every = time.monotonic(), [], max(5, seconds // 12)
    pressed = 0
    due = began + min(30, every)
    while time.monotonic() - began < seconds:
        for program in subjects.values():
            program.read(0.5)
            program.output, program.arrivals = program.output[-4000:], program.arrivals[-10:]
            if not program.alive():
                raise SystemExit(f"a program ended after {time.monotonic() - began:.0f} s:\n{program.screen.text()}")
        if "watch has ended" in interface.screen.text() and time.monotonic() - pressed > 20:
            interface.press("\x1b")
            interface.quiet(0.2)
            interface.press("w")
            pressed = time.monotonic()
        if time.monotonic() >= due:
            due += every
            sample(rows, subjects, time.monotonic() - began, halo.turns)
            print(rows[-2], rows[-1], flush=True)
    sample(rows, subjects, time.monotonic() - began, halo.turns)
    rows.sort(key=lambda row: row[0])
    show(f"Watch mode for {seconds} s", ["what", "after", "turns of Halo", "resident", "not file-backed", "threads", "descriptors", "CPU"], rows)
    for program in subjects.values():
        program.end()


def sample(rows, subjects, after, turns):
    for name, program in subjects.items():
        rows.append([name, f"{after:.0f} s", turns, f"{program.status('VmRSS') / 1024:.1f} MB", f"{program.status('RssAnon') / 1024:.1f} MB", program.status("Threads"), program.descriptors(), f"{screen.cpu_of(program):.1f} s"])
