"""How long the program takes to build, by crate: CPU time, which other work on the machine does not lengthen much."""

import collections
import json
import os
import resource
import subprocess
import tempfile
import time

from .table import ROOT, show

SHOWN = 20


def run(release=False):
    """A build from nothing by `cargo`, with the sources of all crates in the registry already."""
    command = ["build", "--release"] if release else ["build"]
    with tempfile.TemporaryDirectory(prefix="halo-build-") as folder:
        log = os.path.join(folder, "crates")
        environment = {
            **os.environ,
            "CARGO_TARGET_DIR": os.path.join(folder, "target"),
            "RUSTC_WRAPPER": os.path.join(os.path.dirname(os.path.abspath(__file__)), "rustc_cpu_time"),
            "HALO_BUILD_LOG": log,
        }
        began, before = time.monotonic(), children()
        subprocess.run(["cargo", *command, "--locked"], cwd=ROOT, env=environment, check=True)
        wall, cpu = time.monotonic() - began, children() - before
        crates = collections.Counter()
        with open(log) as lines:
            for line in map(json.loads, lines):
                crates[line["crate"]] += line["cpu"]
    others = cpu - sum(crates.values())
    rows = [[name, f"{seconds:.1f} s", f"{100 * seconds / cpu:.0f} %"] for name, seconds in crates.most_common(SHOWN)]
    rest = sum(crates.values()) - sum(seconds for _, seconds in crates.most_common(SHOWN))
    rows.append([f"{max(0, len(crates) - SHOWN)} others", f"{rest:.1f} s", f"{100 * rest / cpu:.0f} %"])
    rows.append(["build scripts as they run (C and assembly of ring), cargo", f"{others:.1f} s", f"{100 * others / cpu:.0f} %"])
    rows.append(["all", f"{cpu:.1f} s", f"{wall:.0f} s by the clock"])
    show(f"cargo {' '.join(command)} from nothing, CPU time", ["crate", "CPU", "share"], rows)


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

