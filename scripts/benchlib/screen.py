"""Start, frames, bytes to the terminal, and doing nothing."""

import os
import re
import subprocess
import tempfile
import time

from . import term
from .table import PROGRAM, bench_binary, median, show, verdict

SIZE = (100, 30)


def start(samples=25):
    """From the start of the process to the last byte of its first frame."""
    bare = bench_binary("bare")
    taken = {"bare ratatui": [], "halo-onboard": []}
    cpu = {name: [] for name in taken}
    sizes = {}
    for _ in range(samples):
        for name, command in (("bare ratatui", [bare]), ("halo-onboard", [PROGRAM])):
            program = term.Program(command, *SIZE, env=environment())
            program.quiet(0.15)
            taken[name].append(program.arrivals[-1][0] - program.started)
            sizes[name] = (len(program.arrivals), len(program.output))
            used = program.end()
            cpu[name].append(used.ru_utime + used.ru_stime)
    base = median(taken["bare ratatui"])
    rows = [
        [
            name,
            f"{median(times) * 1000:.1f} ms",
            f"{min(times) * 1000:.1f} ms",
            f"{median(times) / base:.2f}",
            f"{median(cpu[name]) * 1000:.1f} ms",
            *sizes[name],
        ]
        for name, times in taken.items()
    ]
    ratio = median(taken["halo-onboard"]) / base
    rows.append(["budget", "", "", f"2.00 ({verdict(ratio, 2.0)})", "", "", ""])
    show("Process start to the first painted frame", ["program", "median", "least", "ratio", "CPU", "writes", "bytes"], rows)


def environment():
    """Nothing of this machine's settings."""
    folder = tempfile.mkdtemp(prefix="halo-bench-")
    return {"HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}


def frame():
    """Instructions under callgrind; the same everywhere, whatever else the machine does."""
    binary = bench_binary("frame")

    def count(width, height, frames, lines, keys):
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary]
        done = subprocess.run(
            [*command, *map(str, (width, height, frames, lines)), keys], capture_output=True, text=True, check=True
        )
        told = re.search(r"first (\d+) then (\d+)", done.stdout)
        return int(re.search(r"Collected : (\d+)", done.stderr)[1]), int(told[1]), int(told[2])

    def each(width, height, lines, keys, frames=40):
        none, few, many = (count(width, height, n, lines, keys) for n in (0, frames, 2 * frames))
        # The run against the simulator before the frames varies a little; two differences show by how much.
        return (many[0] - few[0]) / frames, none[1], (many[2] - few[2]) / frames

    rows = []
    for width, height in ((80, 24), (200, 60)):
        for what, keys in (("nothing changed", "-"), ("selection moved", "jk")):
            instructions, first, bytes_each = each(width, height, 20, keys)
            rows.append([f"{width}x{height}", what, f"{instructions / 1e6:.2f} M", f"{bytes_each:.0f}", first])
    show("One frame", ["size", "what", "instructions", "bytes", "bytes of the first frame"], rows)
    few, many = (each(120, 40, lines, "z" + "-" * 1000)[0] for lines in (100, 10_000))
    show(
        "The log on the whole screen, 120x40",
        ["lines in the log", "instructions of a frame"],
        [["100", f"{few / 1e6:.2f} M"], ["10,000", f"{many / 1e6:.2f} M"], ["ratio", f"{many / few:.2f} (budget 1: {verdict(many / few, 1.05)})"]],
    )


def keys():
    """Bytes to the terminal, beside the least that the changed cells need."""
    rows = []
    for width, height in ((80, 24), (100, 30), (200, 60)):
        program = term.Program([PROGRAM, "--demo=app-invoices"], width, height, environment())
        program.quiet(0.4)
        program.press("\x12")
        program.quiet(0.8)
        moved, least = [], []
        for key in "kkkkjjjjjj" if height > 24 else "jjjjkkkk":
            sent, minimal = pressed(program, key)
            if sent:
                moved.append(sent)
                least.append(minimal)
        ratio = sum(moved) / sum(least)
        rows.append([f"{width}x{height}", "selection moved", f"{sum(moved) / len(moved):.0f}", f"{sum(least) / len(least):.0f}", f"{ratio:.2f}", "1.10", verdict(ratio, 1.1)])
        program.end()
        program = term.Program([PROGRAM], width, height, environment())
        program.quiet(0.4)
        program.press("\x1bOR")
        program.quiet(0.4)
        typed = [pressed(program, key)[0] for key in "https://acme.halopsa.com"]
        rows.append([f"{width}x{height}", "character typed (median)", f"{median(typed)}", "1", "", "4", verdict(median(typed), 4)])
        rows.append([f"{width}x{height}", "character typed (most)", f"{max(typed)}", "", "", "", ""])
        program.end()
    show("Bytes to the terminal", ["size", "what", "bytes", "minimal patch", "ratio", "budget", ""], rows)


def latency(samples=200):
    """From a key to the first byte of the frame that it changes, beside a bare program that counts keys. The two take turns,
    so that what else the machine does meets both. The CPU time is what the kernel counted for all threads."""
    width, height = 80, 24
    programs = {
        "bare ratatui": term.Program([bench_binary("bare")], width, height, environment()),
        "halo-onboard": term.Program([PROGRAM, "--demo=app-invoices"], width, height, environment()),
    }
    for program in programs.values():
        program.quiet(0.5)
    programs["halo-onboard"].press("\x12")
    programs["halo-onboard"].quiet(1.5)
    taken = {name: [] for name in programs}
    cpu = {name: 0 for name in programs}
    for sample in range(samples):
        for name, program in programs.items():
            before, known = run_time_ns(program), len(program.arrivals)
            began = time.perf_counter()
            program.press("kj"[sample % 2])
            # No two frames are nearer than 33 ms: the next key comes after that.
            program.read(0.05)
            if len(program.arrivals) > known:
                taken[name].append(program.arrivals[known][0] - began)
                cpu[name] += run_time_ns(program) - before
    for program in programs.values():
        program.end()
    rows = []
    for name, times in taken.items():
        rows.append([name, len(times), *(f"{value * 1000:.2f} ms" for value in (median(times), min(times))), f"{cpu[name] / len(times) / 1e6:.2f} ms"])
    bare, own = taken.values()
    ratios = [median(own) / median(bare), min(own) / min(bare), cpu["halo-onboard"] / len(own) / (cpu["bare ratatui"] / len(bare))]
    rows.append(["ratio", "", *(f"{ratio:.2f}" for ratio in ratios)])
    show(f"A key to the first byte of its frame, {width}x{height}", ["program", "keys", "median", "least", "CPU of a key"], rows)


def run_time_ns(program):
    """Nanoseconds that the threads of a program have run."""
    folder = f"/proc/{program.pid}/task"
    total = 0
    for task in os.listdir(folder):
        with open(f"{folder}/{task}/schedstat") as stat:
            total += int(stat.read().split()[0])
    return total


def pressed(program, key):
    """Bytes that a key brings, and the least that would do."""
    before, cursor, style = program.screen.copy(), (program.screen.x, program.screen.y), program.screen.style
    program.press(key)
    sent = program.quiet(0.12)
    return len(sent), term.least(before, program.screen.cells, cursor, style)


def idle(seconds=60):
    """What happens while nothing happens."""
    rows = []
    for name, command, keys, cool in (
        ("first screen", [PROGRAM], "", 0),
        ("after a run", [PROGRAM, "--demo=app-invoices"], "\x12", 0),
        # Its connections close after a minute.
        ("a minute after a run", [PROGRAM, "--demo=app-invoices"], "\x12", 65),
        ("bare ratatui", [bench_binary("bare")], "", 0),
    ):
        program = term.Program(command, *SIZE, env=environment())
        program.quiet(0.5)
        if keys:
            program.press(keys)
            program.quiet(1.0)
            time.sleep(1.5)
            program.read(0.1)
            program.read(cool)
        memory = program.status("VmRSS") / 1024
        anonymous = program.status("RssAnon") / 1024
        switches, cpu = program.switches(), cpu_of(program)
        output = program.read(seconds)
        rows.append([name, len(output), max(0, program.switches() - switches), f"{(cpu_of(program) - cpu) * 1000:.0f} ms", program.status("Threads"), f"{memory:.1f} MB", f"{anonymous:.1f} MB"])
        program.end()
    show(f"{seconds} s of doing nothing (budget 0 bytes, 0 wake-ups; 10 MB at the first screen)", ["where", "bytes", "context switches", "CPU", "threads", "resident", "of it not file-backed"], rows)


def cpu_of(program):
    with open(f"/proc/{program.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
