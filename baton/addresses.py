"""Loopback addresses for processes to meet at."""

from __future__ import annotations

import socket

_HOST = "127.0.0.1"


def free_address() -> str:
    """Return an address whose port nobody has now."""
    with socket.socket() as trial:
        trial.bind((_HOST, 0))
        return loopback(trial.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether somebody could listen there now; never for what is no port."""
    if port > 65535:
        return False
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((_HOST, port))
        except OSError:
            return False
    return True


def loopback(port: int) -> str:
    """Write the address of a port of this machine."""
    return f"http://{_HOST}:{port}"


def reached(host: str, port: int) -> str:
    """Write the address at which this machine reaches what listens on `host`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        return loopback(port)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
