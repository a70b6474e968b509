"""A bad line between two network namespaces: loses, damages, doubles, delays and reorders what the system's own TCP sends.

bad_line.py DESCRIPTOR SEED, as bad_network.py starts it

DESCRIPTOR is an open TUN device of the client's namespace. This process runs in the server's, and makes the other device there. A TUN device
is a network interface whose cable ends in a program: the program reads what the system sends as IP packets, and what it writes arrives. So the
faults need only /dev/net/tun from the kernel. netem, the queueing discipline for this purpose, is a module that many kernels lack.

Reads one JSON object per line from standard input, sets what it names, and answers each with a line of counts. Ends with its input.
"""

import fcntl
import heapq
import json
import os
import random
import select
import socket
import struct
import sys
import time

SERVER_ADDRESSES = ("192.0.2.1", "2001:db8::1")  # for documentation (RFC 5737, RFC 3849): in no real network
CLIENT_ADDRESSES = ("192.0.2.2", "2001:db8::2")
PACKET_SIZE_MAX = 65536
TCP = 6

# linux/if_tun.h, linux/sockios.h, linux/if.h
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x8913, 0x8914, 0x8916, 0x891C
IFF_UP = 0x1


def interface_start(name: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        (flags,) = struct.unpack_from("16xH", fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sH14x", name, 0)))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", name, flags | IFF_UP))


def interface_set_addresses(name: bytes, addresses: tuple) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for request, address in ((SIOCSIFADDR, addresses[0]), (SIOCSIFNETMASK, "255.255.255.0")):
            fcntl.ioctl(control, request, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(address)))
    interface_start(name)
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
            address = socket.inet_pton(socket.AF_INET6, addresses[1])
            fcntl.ioctl(control, SIOCSIFADDR, struct.pack("=16sIi", address, 64, socket.if_nametoindex(name.decode())))
    except OSError:
        pass  # a system without IPv6: who wants to speak it finds out


def device_open(addresses: tuple) -> int:
    """A TUN device of the caller's namespace, up, and the loopback interface as well. Gone with its last descriptor."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"line", IFF_TUN | IFF_NO_PI))
        interface_set_addresses(b"line", addresses)
        interface_start(b"lo")
    except OSError:
        os.close(device)
        raise
    os.set_blocking(device, False)
    return device


def tcp_offset(packet: bytes) -> int:
    """Where TCP's header begins; 0 if it is not TCP. Skips no IP extensions: no packet here has them."""
    if packet[0] >> 4 == 4 and packet[9] == TCP:
        return (packet[0] & 15) * 4
    return 40 if packet[0] >> 4 == 6 and packet[6] == TCP else 0


def bit_forge(packet: bytearray) -> bool:
    """Flips the lowest bit of the last byte that TCP carries and makes its checksum right again (RFC 1624), so that only
    who knows the bytes can see it. False if the packet carries none."""
    header = tcp_offset(packet)
    if header == 0 or len(packet) <= header + (packet[header + 12] >> 4) * 4:
        return False
    last = len(packet) - 1
    even = last - (last - header) % 2

    def word() -> int:
        return packet[even] << 8 | (packet[even + 1] if even + 1 < len(packet) else 0)

    before = word()
    packet[last] ^= 1
    total = (~(packet[header + 16] << 8 | packet[header + 17]) & 0xFFFF) + (~before & 0xFFFF) + word()
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into(">H", packet, header + 16, ~total & 0xFFFF)
    return True


class Line:
    """Two devices, and the packets under way between them."""

    def __init__(self, devices: tuple, seed: int) -> None:
        self.devices = devices
        self.random = random.Random(seed)
        # Probabilities; times in ms; `forge` is the number of packets to the client to forge.
        self.faults = {"drop": 0, "damage": 0, "duplicate": 0, "delay": 0, "delay_ms": 0, "base_ms": 0, "dead": False, "forge": 0}
        names = ("came", "passed", "dropped", "dropped_dead", "damaged", "duplicated", "delayed", "reordered", "forged")
        self.counts = dict.fromkeys(names, 0)
        self.on_the_way = []  # (when due, number, to which device, packet), the next one first
        self.newest = [0, 0]  # by device, of what it was given

    def happens(self, fault: str) -> bool:
        return self.random.random() < self.faults[fault]

    def take(self, target: int, packet: bytearray) -> None:
        """Decides what happens to a packet."""
        self.counts["came"] += 1
        if self.faults["dead"]:
            self.counts["dropped_dead"] += 1
            return
        if self.happens("drop"):
            self.counts["dropped"] += 1
            return
        if self.happens("damage"):
            self.counts["damaged"] += 1
            packet[self.random.randrange(len(packet))] ^= 1 << self.random.randrange(8)
        if target == 1 and self.faults["forge"] > 0 and bit_forge(packet):
            self.counts["forged"] += 1
            self.faults["forge"] -= 1
        self.send_off(target, packet, self.counts["came"])
        if self.happens("duplicate"):
            self.counts["duplicated"] += 1
            self.send_off(target, packet, self.counts["came"])

    def send_off(self, target: int, packet: bytes, number: int) -> None:
        delay_ms = self.faults["base_ms"]
        if self.happens("delay"):
            self.counts["delayed"] += 1
            delay_ms += self.random.uniform(0, self.faults["delay_ms"])
        heapq.heappush(self.on_the_way, (time.monotonic() + delay_ms / 1000, number, target, bytes(packet)))

    def deliver(self) -> None:
        """Delivers what is due."""
        while self.on_the_way and self.on_the_way[0][0] <= time.monotonic():
            _, number, target, packet = heapq.heappop(self.on_the_way)
            if self.faults["dead"]:
                self.counts["dropped_dead"] += 1
                continue
            self.counts["passed"] += 1
            if number < self.newest[target]:
                self.counts["reordered"] += 1  # one that came later has overtaken it
            self.newest[target] = max(number, self.newest[target])
            try:
                os.write(self.devices[target], packet)
            except OSError:
                pass  # damaged so that it is no IP packet any more, or the device is full: lost like others

    def collect(self) -> None:
        for source, device in enumerate(self.devices):
            for _ in range(64):  # a share of each
                try:
                    packet = os.read(device, PACKET_SIZE_MAX)
                except BlockingIOError:
                    break
                self.take(1 - source, bytearray(packet))

    def wait(self) -> bool:
        """Waits for a packet, until one is due, or for a line of input, and answers that; false at the end of input."""
        timeout_s = max(0, self.on_the_way[0][0] - time.monotonic()) if self.on_the_way else None
        readable, _, _ = select.select([*self.devices, 0], [], [], timeout_s)
        if 0 not in readable:
            return True
        line = sys.stdin.readline()
        if not line:
            return False
        self.faults.update(json.loads(line))
        print(json.dumps(self.counts), flush=True)
        return True


def main() -> None:
    line = Line((device_open(SERVER_ADDRESSES), int(sys.argv[1])), int(sys.argv[2]))
    print("ready", flush=True)
    while line.wait():
        line.collect()
        line.deliver()


if __name__ == "__main__":
    main()
