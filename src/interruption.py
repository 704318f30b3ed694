"""Ctrl+C, and being asked to end by another program: once is enough."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from src.clock import Clock

SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last one is of Windows
# A program needs less than this to say good-bye. One that still runs then may be interrupted again.
GOODBYE_SECONDS = 20.0


@contextmanager
def one_interruption(clock: Clock) -> Iterator[None]:
    """While inside, an impatient second Ctrl+C does not cut short what the first one has begun.

    Handles the signals for which Python would raise a KeyboardInterrupt. Belongs to the main thread.
    """
    deaf_until_seconds = clock.monotonic()

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal deaf_until_seconds
        if clock.monotonic() >= deaf_until_seconds:
            deaf_until_seconds = clock.monotonic() + GOODBYE_SECONDS
            raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    handled = [number for number in numbers if signal.getsignal(number) is signal.default_int_handler]
    for number in handled:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, signal.default_int_handler)
