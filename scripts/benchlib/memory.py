"""Memory after servers that send without end."""

import http.server
import json
import os
import subprocess
import threading
import zlib

from . import screen, term
from .table import PROGRAM, show, verdict

# 1 MB on the wire becomes 1 GB.
def _bomb():
    squeeze = zlib.compressobj(9, wbits=31)
    return b"".join(squeeze.compress(b" " * (1 << 20)) for _ in range(1024)) + squeeze.flush()


BOMB = _bomb()


def run():
    rows = []
    for what in ("nothing", "bomb at discovery", "bomb at the token", "bombs at every probe", "100 MB at every probe", "endless at every probe"):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(what))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        options = ["--url", url, "--tenant", "acme", "--client-id", "an-id"]
        env = {**screen.environment(), "HALO_CLIENT_SECRET": "not-a-real-secret-of-any-length"}
        # It goes on watching, so that its own memory can be read once it has reported.
        command = [PROGRAM, "check", "--watch", "600", "--format", "jsonl", *options]
        check = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **env}, text=True)
        report = next(json.loads(line) for line in check.stdout if '"type":"report"' in line)
        with open(f"/proc/{check.pid}/status") as status:
            used = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
        check.terminate()
        check.communicate()
        program = term.Program([PROGRAM, *options], 100, 30, env)
        program.quiet(0.5)
        first = program.status("VmRSS") / 1024
        for _ in range(3):
            program.press("\x12")
            program.quiet(1.5, 20)
        most = program.status("VmHWM") / 1024
        program.end()
        server.shutdown()
        codes = sorted({check["code"] for check in report["checks"] if check["status"] == "failed"})
        rows.append([what, f"{used:.1f} MB", f"{first:.1f} MB", f"{most:.1f} MB", verdict(max(used, most), 25), ", ".join(codes)])
    show("Most resident memory (budget 25 MB whatever the servers send)", ["server sends", "check", "interface at first", "interface, three runs", "", "codes"], rows)


def handler(what):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            if what == "bomb at the token":
                return self.bomb()
            self.json({"access_token": "abcdefgh", "token_type": "Bearer", "expires_in": 3600, "scope": "all"})

        def do_GET(self):
            if self.path.startswith("/api/authinfo"):
                if what == "bomb at discovery":
                    return self.bomb()
                return self.json({"auth_url": f"http://{self.headers['Host']}/auth", "tenant_id": "acme"})
            if what == "bombs at every probe":
                return self.bomb()
            if what.startswith(("100 MB", "endless")):
                return self.flood(100 if what.startswith("100") else 1 << 20)
            self.json([])

        def json(self, value):
            self.reply(json.dumps(value).encode())

        def bomb(self):
            self.reply(BOMB, [("Content-Encoding", "gzip")])

        def reply(self, body, headers=()):
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                for header in headers:
                    self.send_header(*header)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def flood(self, megabytes):
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(megabytes << 20))
                self.end_headers()
                self.wfile.write(b'[{"a":"')
                for _ in range(megabytes):
                    self.wfile.write(b"x" * (1 << 20))
            except OSError:
                self.close_connection = True

    return Handler
