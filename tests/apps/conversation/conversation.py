"""Conversations of the real program with peers that share no code with it, and with itself.

conversation.py --server COMMAND --client COMMAND

Each COMMAND starts loopmsg and may hold more than a program: --server "build/loopmsg" --client "cmake/wine-run build-windows/loopmsg.exe"
lets a Linux server speak with a Windows client. Prints each check with its transcripts; exits with 1 when one fails.
"""

import os
import shutil
import sys

from support.check import Failure, check_all, commands, expect
from support.program import CLIENT_TRANSCRIPT, SERVER_TRANSCRIPT, Server, run, run_text, with_server

FOLDER = os.path.dirname(os.path.abspath(__file__))


def python(script: str, *arguments: str) -> list:
    return [sys.executable, os.path.join(FOLDER, script), *arguments]


def serve_answers_an_independent_client(options) -> None:
    def converse(server: Server, port: str) -> None:
        expect("client", run_text(python("independent_client.py", port, "hello,im client")), CLIENT_TRANSCRIPT)
        server.wait_for("output", "closed\n")
        server.interrupt()
        expect("server", server.transcript(), SERVER_TRANSCRIPT)

    with_server(options.server + ["serve", "127.0.0.1:0"], converse)


def talk_converses_with_an_independent_server(options) -> None:
    def converse(server: Server, port: str) -> None:
        command = options.client + ["talk", f"127.0.0.1:{port}", "hello,im client"]
        expect("client", run_text(command), CLIENT_TRANSCRIPT)
        if server.wait() != 0:
            raise Failure(f"the independent server failed: {server.texts}")
        expect("server", server.transcript(), SERVER_TRANSCRIPT)

    with_server(python("independent_server.py", "1"), converse)


def serve_answers_nc(options) -> None:
    nc = shutil.which("nc")
    if nc is None:
        print("  skipped: there is no nc on this machine")
        return

    def converse(server: Server, port: str) -> None:
        answer = run([nc, options.host, port], b"hello\r\nworld\r\nexit\r\n")
        expect("nc", answer.decode("utf-8"), "hello,im serverloop_msg:hello!\r\nloop_msg:world!\r\n")
        server.wait_for("output", "closed\n")
        server.interrupt()
        expect("server", server.transcript(), SERVER_TRANSCRIPT.replace("-->>hello,im client!", "-->>hello!\n-->>world!"))

    with_server(options.server + ["serve", f"{options.host}:0"], converse)


def serve_answers_talk_under_every_framing(options) -> None:
    for framing in ("auto", "chunk", "line", "length"):

        def converse(server: Server, port: str) -> None:
            command = options.client + ["talk", "--framing", framing, f"{options.host}:{port}", "hello,im client"]
            expect(f"client ({framing})", run_text(command), CLIENT_TRANSCRIPT)
            server.wait_for("output", "closed\n")
            server.interrupt()
            expect(f"server ({framing})", server.transcript(), SERVER_TRANSCRIPT)

        with_server(options.server + ["serve", "--framing", framing, f"{options.host}:0"], converse)


def raw_bytes_come_back(options) -> None:
    data = bytes((i ^ (i >> 8) ^ (i >> 16)) & 255 for i in range(1 << 20))

    def converse(server: Server, port: str) -> None:
        expect("what came back", run(options.client + ["talk", "--framing", "raw", f"{options.host}:{port}"], data), data)
        server.interrupt()

    with_server(options.server + ["serve", "--framing", "raw", "--quiet", f"{options.host}:0"], converse)


if __name__ == "__main__":
    CHECKS = [
        serve_answers_an_independent_client,
        talk_converses_with_an_independent_server,
        serve_answers_nc,
        serve_answers_talk_under_every_framing,
        raw_bytes_come_back,
    ]
    sys.exit(check_all(CHECKS, commands("Conversations of the real program with independent peers and with itself.", "server", "client")))
