"""Prints free loopback ports, and remembers whose they are.

    free-ports.py COUNT OWNER_DIRECTORY    that many ports, claimed for OWNER
    free-ports.py --prefer PORT            PORT where it is free, else nothing

Ports are taken from below the range that the system uses for outgoing
connections: a broker that is restarted must find its port again, and no
passing connection may have taken it in between. Claims lie in a directory for
all processes of this user, so that brokers which start at the same time, or
are down for a moment, keep their ports. A claim ends with its owner directory.
"""

import fcntl
import os
import random
import socket
import sys
import tempfile
from pathlib import Path

LOWEST, HIGHEST = 15000, 32000


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def claim(count, owner):
    claims = Path(tempfile.gettempdir()) / f"herald-kafka-ports-{os.getuid()}"
    claims.mkdir(mode=0o700, exist_ok=True)
    ports = []
    with open(claims / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for port in random.sample(range(LOWEST, HIGHEST), HIGHEST - LOWEST):
            note = claims / str(port)
            if note.exists() and os.path.isdir(note.read_text(encoding="utf-8")):
                continue
            if not is_free(port):
                continue
            note.write_text(owner, encoding="utf-8")
            ports.append(port)
            if len(ports) == count:
                return ports
    sys.exit(f"free-ports: no {count} free ports between {LOWEST} and {HIGHEST}")


if sys.argv[1] == "--prefer":
    if is_free(int(sys.argv[2])):
        print(sys.argv[2])
else:
    print(*claim(int(sys.argv[1]), os.path.abspath(sys.argv[2])))
