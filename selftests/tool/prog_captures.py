#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Captures of all kinds, into the folder that is named: prog_captures.py FOLDER"""
import struct
import sys

DEST = bytes([2, 0, 0, 0, 0, 2])
SOURCE = bytes([2, 0, 0, 0, 0, 1])


def eth(ethertype, payload, dest=DEST):
    return dest + SOURCE + struct.pack(">H", ethertype) + payload


def ip4(proto, payload):
    return struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(payload), 0, 0, 64, proto, 0,
                       0x0a000001, 0x0a800001) + payload


def ip6(proto, payload):
    address = bytes([0xfd]) + bytes(14)
    return struct.pack(">IHBB", 6 << 28, len(payload), proto, 64) + address + b"\1" + \
        address + b"\2" + payload


def udp(length):
    return struct.pack(">HHHH", 1024, 9999, 8 + length, 0) + b"u" * length


def tcp(length):
    return struct.pack(">HHIIBBHHH", 1024, 80, 1, 1, 0x50, 0x10, 1024, 0, 0) + b"t" * length


def pcap(frames, magic=0xa1b2c3d4, end="<", link=1, snap=65535):
    out = struct.pack(end + "IHHiIII", magic, 2, 4, 0, 0, snap, link)
    for i, frame in enumerate(frames):
        out += struct.pack(end + "IIII", i, 0, min(len(frame), snap), len(frame)) + frame[:snap]
    return out


def pcapng(frames, end="<"):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        length = struct.pack(end + "I", 12 + len(body))
        return struct.pack(end + "I", kind) + length + body + length

    out = block(0x0a0d0d0a, struct.pack(end + "IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack(end + "HHI", 1, 0, 65535))
    for i, frame in enumerate(frames):
        out += block(6, struct.pack(end + "IIIII", 0, 0, i, len(frame), len(frame)) + frame)
    return out


# 2 of IPv4, 2 of IPv6, 1 with a VLAN tag, 1 of ARP
MIX = [
    eth(0x0800, ip4(17, udp(18))), eth(0x0800, ip4(6, tcp(1400))),
    eth(0x8100, struct.pack(">HH", 42, 0x0800) + ip4(17, udp(100))),
    eth(0x86dd, ip6(17, udp(50))), eth(0x86dd, ip6(6, tcp(300))),
    eth(0x0806, bytes(46), b"\xff" * 6),
]
JUMBO = eth(0x0800, ip4(17, udp(8900)))
RUNT = b"runt"

FILES = {
    "mix.pcap": pcap(MIX),
    "nanosecond.pcap": pcap(MIX, magic=0xa1b23c4d),
    "swapped.pcap": pcap(MIX, end=">"),
    "mix.pcapng": pcapng(MIX),
    "swapped.pcapng": pcapng(MIX, end=">"),
    "truncated.pcap": pcap(MIX)[:-20],
    "snap.pcap": pcap(MIX, snap=100),
    "jumbo.pcap": pcap(MIX + [JUMBO]),
    "runts.pcap": pcap([RUNT] + MIX + [RUNT]),
    "only_runts.pcap": pcap([RUNT] * 3),
    "zero.pcap": pcap([]),
    "cooked.pcap": pcap(MIX, link=113),
    "header.pcap": pcap(MIX)[:10],
    "nothing.pcap": b"",
    "text.pcap": b"this is no capture, but a text\n" * 8,
}

for name, data in FILES.items():
    with open(sys.argv[1] + "/" + name, "wb") as f:
        f.write(data)
