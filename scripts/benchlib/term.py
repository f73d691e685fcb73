"""A pseudo-terminal with a program on it, and a small model of what it shows."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import unicodedata


class Program:
    """A program on a terminal of its own."""

    def __init__(self, argv, width=80, height=24, env=None):
        self.output = b""
        self.arrivals = []
        self.screen = Screen(width, height)
        environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})}
        environment.pop("NO_COLOR", None)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.started = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(master)
            os.login_tty(slave)
            os.execvpe(argv[0], argv, environment)
        os.close(slave)
        self.master = master

    def read(self, seconds):
        """Reads what comes within so many seconds; gives it back."""
        until = time.perf_counter() + seconds
        got = b""
        while True:
            left = until - time.perf_counter()
            if left <= 0:
                return got
            chunk = self._chunk(left)
            if chunk is None:
                return got
            got += chunk

    def quiet(self, silence=0.25, limit=10.0):
        """Reads until nothing has come for a while; gives it back."""
        until = time.perf_counter() + limit
        got = b""
        while time.perf_counter() < until:
            chunk = self._chunk(silence)
            if not chunk:
                return got
            got += chunk
        return got

    def until(self, text, limit=20.0):
        """Reads until a text stands on the screen; the time at which it did."""
        until = time.perf_counter() + limit
        while text not in self.screen.text():
            if self._chunk(until - time.perf_counter()) is None or time.perf_counter() > until:
                raise SystemExit(f"{text!r} did not come; the screen:\n{self.screen.text()}")
        return time.perf_counter()

    def _chunk(self, seconds):
        ready, _, _ = select.select([self.master], [], [], max(0.0, seconds))
        if not ready:
            return b""
        try:
            chunk = os.read(self.master, 1 << 16)
        except OSError:
            return None
        if not chunk:
            return None
        self.arrivals.append((time.perf_counter(), len(chunk)))
        self.output += chunk
        self.screen.feed(chunk)
        return chunk

    def press(self, keys):
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def status(self, field):
        """A number of /proc/PID/status."""
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
        return None

    def switches(self):
        """Context switches of all threads."""
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/status") as status:
                total += sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
        return total

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def alive(self):
        return os.waitpid(self.pid, os.WNOHANG) == (0, 0)

    def end(self):
        """Ends it, and gives back what it used."""
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self.read(0.3)
        os.close(self.master)
        _, _, used = os.wait4(self.pid, 0)
        return used


SEQUENCE = re.compile(rb"\x1b\[([?>]?)([0-9;]*)([A-Za-z])|\x1b\][^\x07]*\x07|\x1b[()=>78c][B0]?|\x1b.")


class Screen:
    """Cells of character and style; knows the sequences that the program and crossterm write."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.x = self.y = 0
        self.style = "0"
        self.rest = b""
        self.clear()

    def clear(self):
        self.cells = [[(" ", "0")] * self.width for _ in range(self.height)]

    def text(self):
        return "\n".join("".join(symbol for symbol, _ in row).rstrip() for row in self.cells)

    def copy(self):
        return [list(row) for row in self.cells]

    def feed(self, data):
        data = self.rest + data
        self.rest = b""
        at = 0
        while at < len(data):
            byte = data[at]
            if byte == 0x1B:
                found = SEQUENCE.match(data, at)
                if not found:
                    self.rest = data[at:]
                    return
                self._sequence(found)
                at = found.end()
            elif byte < 0x20:
                self._control(byte)
                at += 1
            else:
                length = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                if at + length > len(data):
                    self.rest = data[at:]
                    return
                self._put(data[at : at + length].decode("utf-8", "replace"))
                at += length

    def _control(self, byte):
        if byte == 0x0D:
            self.x = 0
        elif byte == 0x0A:
            self.y = min(self.y + 1, self.height - 1)
        elif byte == 0x08:
            self.x = max(self.x - 1, 0)

    def _put(self, character):
        if unicodedata.combining(character):
            return
        wide = unicodedata.east_asian_width(character) in "WF"
        if self.x < self.width:
            self.cells[self.y][self.x] = (character, self.style)
        if wide and self.x + 1 < self.width:
            self.cells[self.y][self.x + 1] = ("", self.style)
        self.x = min(self.x + (2 if wide else 1), self.width)

    def _sequence(self, found):
        private, parameters, final = found.group(1), found.group(2), found.group(3)
        if final is None:
            return
        numbers = [int(number) if number else 0 for number in (parameters or b"").split(b";")]
        count = max(1, numbers[0])
        final = final.decode()
        if private:
            if final == "h" and 1049 in numbers:
                self.clear()
        elif final in "Hf":
            self.y = min(count, self.height) - 1
            self.x = min(max(1, numbers[1] if len(numbers) > 1 else 1), self.width) - 1
        elif final == "A":
            self.y = max(0, self.y - count)
        elif final == "B":
            self.y = min(self.height - 1, self.y + count)
        elif final == "C":
            self.x = min(self.width - 1, self.x + count)
        elif final == "D":
            self.x = max(0, min(self.x, self.width - 1) - count)
        elif final == "G":
            self.x = min(count, self.width) - 1
        elif final == "d":
            self.y = min(count, self.height) - 1
        elif final == "J":
            self.clear()
        elif final == "K":
            self._blank(self.x, self.width)
        elif final == "X":
            self._blank(self.x, min(self.width, self.x + count))
        elif final == "m":
            self.style = Style.after(self.style, numbers)

    def _blank(self, start, end):
        for x in range(start, end):
            self.cells[self.y][x] = (" ", self.style)


class Style:
    """A style as text: the parameters that set it from nothing, in a fixed order."""

    GROUPS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "crossed"}
    ENDS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("crossed",)}

    @staticmethod
    def after(style, numbers):
        parts = dict(part.split("=") for part in style.split(",") if "=" in part)
        at = 0
        while at < len(numbers):
            number = numbers[at]
            if number == 0:
                parts = {}
            elif number in Style.GROUPS:
                parts[Style.GROUPS[number]] = str(number)
            elif number in Style.ENDS:
                for name in Style.ENDS[number]:
                    parts.pop(name, None)
            elif number in (38, 48):
                length = 3 if numbers[at + 1 : at + 2] == [5] else 5
                parts["fg" if number == 38 else "bg"] = ";".join(map(str, numbers[at : at + length]))
                at += length - 1
            elif number in (39, 49):
                parts.pop("fg" if number == 39 else "bg", None)
            elif 30 <= number <= 37 or 90 <= number <= 97:
                parts["fg"] = str(number)
            elif 40 <= number <= 47 or 100 <= number <= 107:
                parts["bg"] = str(number)
            at += 1
        return ",".join(f"{name}={value}" for name, value in sorted(parts.items())) or "0"

    @staticmethod
    def cost(before, after):
        """Bytes of the shortest sequence from one style to another: all anew, or only what differs."""
        if before == after:
            return 0
        split = lambda style: dict(part.split("=") for part in style.split(",") if "=" in part)
        old, new = split(before), split(after)
        if not new:
            return 3
        anew = len("\x1b[;" + ";".join(new.values()) + "m")
        off = {"bold": "22", "dim": "22", "italic": "23", "underline": "24", "reverse": "27", "crossed": "29"}
        ends = {off.get(name, "39" if name == "fg" else "49") for name in old if name not in new}
        if "22" in ends and ("bold" in new or "dim" in new):
            return anew
        sets = [value for name, value in new.items() if old.get(name) != value]
        return min(anew, len("\x1b[" + ";".join([*ends, *sets]) + "m"))


def least(before, after, cursor, style="0"):
    """Bytes of the minimal patch: the changed cells in order of rows, with the cheapest way and style before each run."""
    x, y = cursor
    total = 0
    for row, (old, new) in enumerate(zip(before, after)):
        for column, (was, now) in enumerate(zip(old, new)):
            if was == now:
                continue
            if (x, y) != (column, row):
                total += way((x, y), (column, row), new)
            total += Style.cost(style, now[1]) + len(now[0].encode())
            style = now[1]
            x, y = column + 1, row
    return total


def way(start, to, row):
    """Bytes of the cheapest move."""
    (x, y), (column, line) = start, to
    absolute = len(f"\x1b[{line + 1};{column + 1}H")
    down = 0 if line == y else min(len(f"\x1b[{abs(line - y)}A"), abs(line - y) if line > y else 99)
    if abs(line - y) == 1:
        down = min(down, 3)
    if column == x:
        over = 0
    else:
        over = min(
            len(f"\x1b[{abs(column - x)}C") - (1 if abs(column - x) == 1 else 0),
            len(f"\x1b[{column + 1}G"),
            (x - column) if x > column else 99,
            1 if column == 0 else 99,
            1 + column if column < 6 else 99,
            len("".join(symbol for symbol, _ in row[x:column]).encode()) if x < column else 99,
        )
    return min(absolute, down + over)
