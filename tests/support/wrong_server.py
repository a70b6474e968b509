"""Servers that go wrong in one known place, on the plain socket module: `loopmsg bench` must find the error there and nowhere else.

They implement the protocol themselves (greeting, framings, the original reply); no line of them is ours.
"""

import contextlib
import dataclasses
import socket
import threading
import typing

GREETING = b"hello,im server"
AFTER_NEXT = object()  # in place of bytes to send: first take the next message, which then goes unanswered
CLOSE = object()  # in place of bytes to send: close the connection


@dataclasses.dataclass
class Script:
    """How a server speaks, and where it goes wrong: for message MESSAGE of connection CONNECTION, ANSWER turns the right answer into a list of
    bytes (each sent by itself), AFTER_NEXT and CLOSE. Both count from 0; None stands for every message, or every connection."""

    framing: str = "raw"
    size: int = 64  # of each message, under raw
    greeting: bytes = b""
    connection: typing.Optional[int] = None
    message: typing.Optional[int] = None
    answer: typing.Callable[[bytes], list] = lambda right: [right]


# Greets correctly; the last byte of every answer before its line ending is wrong.
WRONG_ENDS = Script(framing="auto", greeting=GREETING, answer=lambda right: [right[:-2] + b"?\n"])


@dataclasses.dataclass
class Place:
    """Where an answer went wrong: `got` was sent at `offset` instead of `expected`, None where nothing more was due."""

    connection: int
    message: int
    offset: int
    expected: typing.Optional[int]
    got: int


def first_difference(right: bytes, sent: bytes) -> int:
    """The offset of the first byte of SENT that differs from RIGHT; the length of RIGHT if the wrong byte follows it."""
    return next((i for i, (one, other) in enumerate(zip(right, sent)) if one != other), min(len(right), len(sent)))


def next_message(stream: typing.BinaryIO, script: Script) -> bytes:
    """What the next message is on the wire; b"" at the end of the stream."""
    if script.framing == "raw":
        return stream.read(script.size)
    if script.framing == "length":
        count = stream.read(4)
        return count + stream.read(int.from_bytes(count, "big")) if len(count) == 4 else b""
    return stream.readline()


def right_answer(message: bytes, script: Script) -> bytes:
    if script.framing == "raw":
        return message
    if script.framing == "length":
        text = b"loop_msg:" + message[4:] + b"!"
        return len(text).to_bytes(4, "big") + text
    return b"loop_msg:" + message[:-1] + b"!\n"


class WrongServer:
    """Listens on a free port of 127.0.0.1 and follows its script in a thread for each connection."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.accepted = 0
        self.heard = []  # by connection, all that it said
        self.places = []
        self.is_closing = False
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            if self.is_closing:
                connection.close()
                return
            self.heard.append(bytearray())
            thread = threading.Thread(target=self.converse, args=(connection, self.accepted))
            self.accepted += 1
            self.threads.append(thread)
            thread.start()

    def converse(self, connection: socket.socket, number: int) -> None:
        connection.settimeout(60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as stream, contextlib.suppress(ConnectionError):
            connection.sendall(self.script.greeting)
            index = 0
            while True:
                message = next_message(stream, self.script)
                if not message:
                    return
                self.heard[number] += message
                right = right_answer(message, self.script)
                if not self.is_here(number, index):
                    connection.sendall(right)
                elif not self.go_wrong(connection, stream, number, index, right):
                    return
                index += 1

    def is_here(self, number: int, index: int) -> bool:
        return self.script.connection in (None, number) and self.script.message in (None, index)

    def go_wrong(self, connection: socket.socket, stream: typing.BinaryIO, number: int, index: int, right: bytes) -> bool:
        """Follows the script; false if that ends the connection."""
        pieces = self.script.answer(right)
        sent = b"".join(piece for piece in pieces if isinstance(piece, bytes))
        offset = first_difference(right, sent)
        if offset < len(sent):
            expected = right[offset] if offset < len(right) else None
            self.places.append(Place(number, index, offset, expected, sent[offset]))
        for piece in pieces:
            if piece is AFTER_NEXT:
                next_message(stream, self.script)
            elif piece is CLOSE:
                return False
            else:
                connection.sendall(piece)
        return True

    def close(self) -> None:
        """Every connection must be closed by its peer, or be about to be."""
        self.is_closing = True
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the thread that accepts, on every system
        for thread in self.threads:
            thread.join(60)
        self.listener.close()

    def __enter__(self) -> "WrongServer":
        return self

    def __exit__(self, *_) -> None:
        self.close()
