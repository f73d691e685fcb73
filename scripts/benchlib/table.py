"""Where things are, and tables as Markdown."""

import os
import platform
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("HALO_ONBOARD", os.path.join(ROOT, "target/release/halo-onboard"))


def machine():
    """One line that names the machine."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), model)
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, {compiler}; load {load}"


def show(title, head, rows):
    """Prints a table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(flush=True)


def verdict(value, budget):
    return "ok" if value <= budget else "MISSED"


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def bench_binary(name):
    """A binary of benches/, built as the program is."""
    build = subprocess.run(
        ["cargo", "bench", "--bench", name, "--no-run", "--message-format=json"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    import json

    for line in build.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == name:
            return message["executable"]
    raise SystemExit(f"benches/{name}.rs was not built")
