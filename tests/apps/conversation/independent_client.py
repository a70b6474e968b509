"""The client of the original pair, on the plain socket module: loopmsg must converse with it, and no line of it is ours.

independent_client.py PORT MESSAGE...
"""

import socket
import sys


def main() -> int:
    port, messages = int(sys.argv[1]), sys.argv[2:]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        print("-->>" + connection.recv(1024).decode("utf-8"), flush=True)
        for message in messages:
            connection.send(message.encode("utf-8"))
            print("-->>" + connection.recv(1024).decode("utf-8"), flush=True)
        connection.send(b"exit")
    return 0


sys.exit(main())
