#!/usr/bin/env python3
"""What an idle connection costs in the server's own memory. Linux.

    idle_memory.py BUILD_DIRECTORY [--connections 10000] [--framing auto]

Connects, lets the server greet every connection, holds them all, and divides the growth of the server's private memory (RssAnon in
/proc/PID/status) by their number. The kernel's own socket memory is not included.
"""
import argparse
import os
import resource
import signal
import socket
import subprocess
import sys

GREETING = {"auto": b"hello,im server", "line": b"hello,im server\n", "raw": b""}


def private_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--connections", type=int, default=10000)
    parser.add_argument("--framing", choices=sorted(GREETING), default="auto")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = subprocess.Popen([os.path.join(options.build, "loopmsg"), "serve", "127.0.0.1:0", "-q", "--framing", options.framing],
                              stderr=subprocess.PIPE, text=True)
    port = int(server.stderr.readline().strip().rsplit(":", 1)[-1])
    greeting = GREETING[options.framing]

    def connect():
        peer = socket.create_connection(("127.0.0.1", port), timeout=30)
        if not greeting:
            peer.sendall(b"x")
        expected = greeting or b"x"
        got = b""
        while len(got) < len(expected):
            got += peer.recv(len(expected) - len(got)) or sys.exit("the server closed early")
        return peer

    peers = [connect() for _ in range(100)]  # what the first connections cost once is not theirs alone
    before = private_kib(server.pid)
    peers += [connect() for _ in range(options.connections)]
    after = private_kib(server.pid)
    print(f"{options.connections} idle connections, {options.framing}: {before} KiB before, {after} KiB after,"
          f" {(after - before) * 1024 / options.connections:.0f} bytes each")
    server.send_signal(signal.SIGINT)
    for peer in peers:
        peer.close()
    sys.exit(server.wait(timeout=30))


if __name__ == "__main__":
    main()
