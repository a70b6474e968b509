"""Clients that overload and abuse a server, on the plain socket module."""

import contextlib
import os
import selectors
import socket
import struct
import threading
import time

from overload_support import MEBI
from support.check import WAIT_S, require, require_that

GREETING = b"hello,im server"


def connect(port: str) -> socket.socket:
    peer = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    peer.settimeout(WAIT_S)
    peer.connect(("127.0.0.1", int(port)))
    return peer


def receive(peer: socket.socket, expected: bytes) -> None:
    got = b""
    while len(got) < len(expected):
        more = peer.recv(len(expected) - len(got))
        if not more:
            break
        got += more
    require("what the server sent", got, expected)


def receive_end(peer: socket.socket) -> None:
    """Reads only the end, however it comes."""
    with peer, contextlib.suppress(ConnectionError):
        receive(peer, b"")
        require("what the server sent at the end", peer.recv(1), b"")


def reset(peer: socket.socket) -> None:
    """Closes it so that the other end gets a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("HH" if os.name == "nt" else "ii", 1, 0))
    peer.close()


def connect_many(port: str, count: int, batch: int = 500) -> list:
    """Connections that have been greeted."""
    peers = []
    while len(peers) < count:
        fresh = [connect(port) for _ in range(min(batch, count - len(peers)))]
        for peer in fresh:
            receive(peer, GREETING)
        peers += fresh
    return peers


class Flooder(threading.Thread):
    """Sends HEAD and then UNIT again and again, up to that many bytes or until the connection ends. Reads nothing."""

    def __init__(self, port: str, unit: bytes, size: int, head: bytes = b"") -> None:
        super().__init__()
        self.peer = connect(port)
        self.head = head
        self.size = size
        self.data = memoryview(unit * max(1, MEBI // len(unit)))
        self.sent = 0
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            self.peer.sendall(self.head)
            while self.sent < self.size:
                self.sent += self.peer.send(self.data[self.sent % len(self.data) :][: self.size - self.sent])

    def end(self) -> None:
        self.join(WAIT_S)
        require_that("a flooder ended", not self.is_alive())
        self.peer.close()


class Consumer(Flooder):
    """A flooder that compares what comes back: GREETING, and then all that it sent. It pauses at times, so that the server must keep what it
    cannot send."""

    PAUSES = 8

    def __init__(self, port: str, unit: bytes, size: int, greeting: bytes) -> None:
        super().__init__(port, unit, size)
        receive(self.peer, greeting)

    def pause(self) -> None:
        """Waits until sending stands still. On a busy machine it may only seem so, which does no harm."""
        seen = -1
        while seen != self.sent:
            seen = self.sent
            time.sleep(0.1)

    def read(self) -> None:
        """On the caller's thread."""
        buffer = memoryview(bytearray(MEBI))
        position = pauses = 0
        while position < self.size:
            if position >= self.size // self.PAUSES * pauses:
                pauses += 1
                self.pause()
            got = self.peer.recv_into(buffer)
            require_that(f"the stream continues after {position} of {self.size} bytes", got > 0)
            begin = 0
            while begin < got:
                at = (position + begin) % len(self.data)
                size = min(got - begin, len(self.data) - at)
                require_that(
                    f"{size} bytes from {position + begin} on came back right", buffer[begin : begin + size] == self.data[at : at + size]
                )
                begin += size
            position += got


class HalfOpen(threading.Thread):
    """Clients that send one byte per second of a message that never ends, until the server has ended them all."""

    BYTE_S = 1.0  # the pace is part of the experiment

    def __init__(self, port: str, count: int, head: bytes) -> None:
        super().__init__()
        self.peers = [connect(port) for _ in range(count)]
        self.ended = 0
        self.bytes = 0
        self.selector = selectors.DefaultSelector()
        for peer in self.peers:
            with contextlib.suppress(OSError):
                peer.sendall(head)
            peer.setblocking(False)
            self.selector.register(peer, selectors.EVENT_READ)
        self.start()

    def run(self) -> None:
        due = time.monotonic()
        end = due + WAIT_S
        while self.ended < len(self.peers) and time.monotonic() < end:
            for key, _ in self.selector.select(max(0.0, due - time.monotonic())):
                self.take(key.fileobj)
            if time.monotonic() >= due:
                due += self.BYTE_S
                for peer in [key.fileobj for key in self.selector.get_map().values()]:
                    with contextlib.suppress(OSError):
                        self.bytes += peer.send(b"x")

    def take(self, peer: socket.socket) -> None:
        """Reads the greeting, and closes at the end."""
        with contextlib.suppress(BlockingIOError):
            try:
                if peer.recv(4096):
                    return
            except ConnectionError:
                pass
            self.selector.unregister(peer)
            peer.close()
            self.ended += 1

    def end(self) -> None:
        self.join(2 * WAIT_S)
        require("half-open clients that were ended", self.ended, len(self.peers))
        self.selector.close()


class Storm(threading.Thread):
    """Connects, and resets at once, after a word or after the greeting, COUNT times or until the server is gone."""

    def __init__(self, port: str, count: int) -> None:
        super().__init__()
        self.port = port
        self.count = count
        self.connected = 0
        self.start()

    def run(self) -> None:
        for number in range(self.count):
            try:
                peer = connect(self.port)
            except OSError:
                return
            self.connected += 1
            with contextlib.suppress(OSError):
                if number % 3 == 1:
                    peer.sendall(b"hello")
                if number % 3 == 2:
                    peer.recv(4096)
            reset(peer)

    def end(self) -> None:
        self.join(2 * WAIT_S)
        require_that("a storm ended", not self.is_alive())
