"""Taking a port before anything heavy is imported, so that a taken one is said at once."""

from __future__ import annotations

import socket


def listen(port: int) -> socket.socket:
    """A listening socket on this machine only; 0 takes any free port.

    `OSError` where the port is taken.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening
