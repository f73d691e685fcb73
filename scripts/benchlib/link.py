"""A link of a chosen round trip: two network namespaces with a TUN device each, and a process that carries every packet
from one to the other half a round trip later. Unlike a delaying proxy it delays TCP's own handshake too. Needs root."""

import ctypes
import fcntl
import heapq
import os
import select
import socket
import struct
import subprocess
import time

HERE, THERE = "10.77.0.1", "10.77.0.2"
_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def isolate():
    """This process gets a network of its own."""
    if _libc.unshare(_NEWNET) != 0:
        raise SystemExit(f"no network namespace ({os.strerror(ctypes.get_errno())}): run as root")
    run("ip link set lo up")


def tun(address, peer):
    """A TUN device of this namespace."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH14x", b"halo0", 0x0001 | 0x1000))
    run(f"ip addr add {address} peer {peer} dev halo0")
    run("ip link set halo0 mtu 1400 up")
    return device


def end_with_parent():
    """Asks the kernel to end this process with its parent."""
    _libc.prctl(1, 9)


def child():
    """Forks; the child ends with its parent."""
    pid = os.fork()
    if pid == 0:
        end_with_parent()
    return pid


def run(command):
    subprocess.run(command.split(), check=True)


class Link:
    """Starts `serve` in the other namespace; it gets no argument and may start processes. Gives what it returned."""

    def __init__(self, serve):
        isolate()
        here = tun(HERE, THERE)
        ours, theirs = socket.socketpair()
        self.other = child()
        if self.other == 0:
            isolate()
            there = tun(THERE, HERE)
            socket.send_fds(theirs, [repr(serve()).encode()], [there])
            theirs.recv(1)
            os._exit(0)
        told, (there,), _, _ = socket.recv_fds(ours, 65536, 1)
        self.served = eval(told.decode())  # noqa: S307 - our own process said it
        self.ours = ours
        control, self.control = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.carrier = child()
        if self.carrier == 0:
            os.nice(-10)
            carry(here, there, control)
        os.close(here)
        os.close(there)

    def trip(self, seconds):
        """Sets the round trip."""
        self.control.send(struct.pack("d", seconds / 2))
        time.sleep(0.05)

    def end(self):
        for child in (self.carrier, self.other):
            os.kill(child, 9)
            os.waitpid(child, 0)


def carry(here, there, control):
    """Carries packets for ever."""
    delay, late, order = 0.0, [], 0
    while True:
        now = time.perf_counter()
        while late and late[0][0] <= now:
            _, _, to, packet = heapq.heappop(late)
            try:
                os.write(to, packet)
            except OSError:
                pass
        wait = max(0.0, late[0][0] - time.perf_counter()) if late else None
        # The last stretch is waited for awake: a sleep ends late by more than it matters at small round trips.
        ready, _, _ = select.select([here, there, control], [], [], wait - 0.0003 if wait and wait > 0.0003 else (0 if late else None))
        for source in ready:
            if source is control:
                (delay,) = struct.unpack("d", control.recv(8))
                continue
            try:
                packet = os.read(source, 2048)
            except BlockingIOError:
                continue
            order += 1
            heapq.heappush(late, (time.perf_counter() + delay, order, there if source == here else here, packet))
