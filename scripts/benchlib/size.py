"""The binary by crate."""

import os
import re
import subprocess

from .table import PROGRAM, ROOT, show, verdict


def run():
    size = os.path.getsize(PROGRAM)
    linked = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True)
    libraries = [line.split()[0] for line in linked.stdout.splitlines() if line.strip()]
    print(f"\n{size:,} bytes ({size / 1e6:.2f} MB; budget 8 MB: {verdict(size, 8_000_000)}). Linked: {', '.join(libraries) or 'nothing'}")
    for line in subprocess.run(["size", "-A", "-d", PROGRAM], capture_output=True, text=True).stdout.splitlines():
        if re.match(r"\.(text|rodata|eh_frame|gcc_except_table|data\.rel\.ro|rela\.dyn|data)\s", line):
            print("  ", " ".join(line.split()[:2]))
    bloat = subprocess.run(
        ["cargo", "bloat", "--release", "--crates", "-n", "40"],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "CARGO_PROFILE_RELEASE_STRIP": "false", "CARGO_TARGET_DIR": f"{ROOT}/target/bloat"},
    )
    rows = [re.split(r"\s+", line.strip(), maxsplit=3) for line in bloat.stdout.splitlines() if re.match(r"\s*[0-9.]+%", line)]
    show("Code by crate (cargo bloat)", ["of the file", "of .text", "size", "crate"], [row[:4] for row in rows])
