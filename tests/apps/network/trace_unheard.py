"""A trace that nobody reads harms nothing: standard error is a pipe without a reader, and both sides converse as usual.

trace_unheard.py --server COMMAND --client COMMAND

Each COMMAND starts loopmsg and may hold more than a program. Prints each check with its count; exits with 1 when one fails.
"""

import os
import re
import signal
import subprocess
import sys

from support.check import WAIT_S, Failure, check_all, commands, require
from support.program import CLIENT_TRANSCRIPT, ON_WINDOWS, SERVER_TRANSCRIPT

CONVERSATIONS = 3


def talk(client: list, port: str, form: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            client + ["talk", f"127.0.0.1:{port}", f"--trace={form}", "hello,im client"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=writer,
            timeout=WAIT_S,
            check=False,
        )
    finally:
        os.close(writer)
    require("the client's exit code", ended.returncode, 0)
    require("what the client printed", ended.stdout.decode("utf-8").replace("\r\n", "\n"), CLIENT_TRANSCRIPT)


def check(server_command: list, client: list, form: str) -> None:
    server = subprocess.Popen(
        server_command + ["serve", "127.0.0.1:0", f"--trace={form}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if ON_WINDOWS else 0,
    )
    try:
        port = None
        while port is None:
            line = server.stderr.readline().decode("utf-8")
            if line == "":
                raise Failure("the server never printed where it listens")
            port = re.match(r"listening on 127\.0\.0\.1:(\d+)", line)
        server.stderr.close()
        for _ in range(CONVERSATIONS):
            talk(client, port.group(1), form)
        server.send_signal(signal.CTRL_BREAK_EVENT if ON_WINDOWS else signal.SIGINT)
        require("the server's exit code", server.wait(WAIT_S), 0)
        printed = re.sub(r"127\.0\.0\.1:\d+", "PEER", server.stdout.read().decode("utf-8").replace("\r\n", "\n"))
    finally:
        if server.poll() is None:
            server.kill()
            server.wait(WAIT_S)
        server.stdout.close()
    first, rest = SERVER_TRANSCRIPT.split("\n", 1)
    lines = printed.splitlines()
    require("the server's first line", lines[0], first)
    require("what the server printed besides", sorted(lines[1:]), sorted(rest.splitlines() * CONVERSATIONS))
    print(f"  {CONVERSATIONS} conversations whose trace could not be written were as usual", flush=True)


def a_text_that_nobody_reads_harms_no_conversation(options) -> None:
    check(options.server, options.client, "text")


def json_that_nobody_reads_harms_no_conversation(options) -> None:
    check(options.server, options.client, "json")


if __name__ == "__main__":
    CHECKS = [a_text_that_nobody_reads_harms_no_conversation, json_that_nobody_reads_harms_no_conversation]
    sys.exit(check_all(CHECKS, commands("A trace whose standard error nobody reads.", "server", "client")))
