"""Children that never outlive the process that started them, even when it is killed outright (on Linux)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def with_this_process() -> Callable[[], None] | None:
    """Return what a new child runs before its program, so that the kernel kills it when this process dies.

    The kernel watches the thread that starts the child: start it from one that lasts.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def in_the_child() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died before the kernel was told
            os._exit(1)

    return in_the_child
