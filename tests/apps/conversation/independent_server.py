"""The server of the original pair, on the plain socket module: loopmsg must converse with it, and no line of it is ours.

independent_server.py CONVERSATIONS

Listens on a free port of 127.0.0.1, which it prints on standard error, and ends after CONVERSATIONS of them. Like the original, it waits
one second before each answer.
"""

import socket
import sys
import threading
import time


def converse(connection: socket.socket, peer: tuple) -> None:
    name = f"{peer[0]}:{peer[1]}"
    print(f"Accept new connection from {name}...", flush=True)
    with connection:
        connection.send(b"hello,im server")
        while True:
            data = connection.recv(1024)
            time.sleep(1)
            if not data or data == b"exit":
                break
            message = data.decode("utf-8")
            print(f"-->>{message}!", flush=True)
            connection.send(f"loop_msg:{message}!".encode("utf-8"))
    print(f"Connection from {name} closed", flush=True)


def main() -> int:
    with socket.socket() as listener:
        listener.settimeout(60)
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        print("waiting for connection...", flush=True)
        print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
        threads = []
        for _ in range(int(sys.argv[1])):
            connection, peer = listener.accept()
            connection.settimeout(60)
            thread = threading.Thread(target=converse, args=(connection, peer))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
    return 0


sys.exit(main())
