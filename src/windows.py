"""What only Windows needs: the console window, sleep, the runtime library, names of cameras.

Everything here does nothing on other systems. `kernel32` is the Windows library of that name; tests hand in
their own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Mapping

STANDARD_INPUT = -10
QUICK_EDIT, EXTENDED_FLAGS = 0x0040, 0x0080
STAY_IN_FORCE, SYSTEM_REQUIRED = 0x80000000, 0x00000001
CLOSING = {2: "its window was closed", 5: "the user logged off", 6: "the PC is shutting down"}
# Windows ends a program about 5 s after its window was closed, whatever it is doing.
LAST_SECONDS = 4.5
DIRECT_SHOW, MEDIA_FOUNDATION = 700, 1400   # OpenCV's numbers
_BACKENDS = {"DSHOW": DIRECT_SHOW, "MSMF": MEDIA_FOUNDATION}


def _kernel32() -> Any:
    """The library itself, None on other systems."""
    return ctypes.WinDLL("kernel32") if sys.platform == "win32" else None


@contextmanager
def no_quick_edit(kernel32: Any = None) -> Iterator[None]:
    """While inside, a click into the console window does not freeze the program."""
    kernel32 = kernel32 or _kernel32()
    mode = ctypes.c_uint32()
    handle = None
    if kernel32 is not None:
        kernel32.GetStdHandle.restype = ctypes.c_void_p
        handle = ctypes.c_void_p(kernel32.GetStdHandle(STANDARD_INPUT))
    # Zero: no console, for example when the input comes from a file.
    if handle is None or not kernel32.GetConsoleMode(handle, ctypes.byref(mode)):
        yield
        return
    kernel32.SetConsoleMode(handle, (mode.value | EXTENDED_FLAGS) & ~QUICK_EDIT)
    try:
        yield
    finally:
        kernel32.SetConsoleMode(handle, mode.value | EXTENDED_FLAGS)


@contextmanager
def keep_awake(kernel32: Any = None) -> Iterator[None]:
    """While inside, this PC does not go to sleep by itself; the screen may still go dark.

    Belongs to the thread that enters. A closed lid and a person who chooses "Sleep" are stronger.
    """
    kernel32 = kernel32 or _kernel32()
    if kernel32 is None:
        yield
        return
    kernel32.SetThreadExecutionState(ctypes.c_uint32(STAY_IN_FORCE | SYSTEM_REQUIRED))
    try:
        yield
    finally:
        kernel32.SetThreadExecutionState(ctypes.c_uint32(STAY_IN_FORCE))


@contextmanager
def calm_closing(
    on_close: Callable[[str], None],
    kernel32: Any = None,
    interrupt: Callable[[], None] = lambda: signal.raise_signal(signal.SIGINT),
    last_seconds: float = LAST_SECONDS,
) -> Iterator[None]:
    """While inside, closing the console window, logging off and shutting down end the block like Ctrl+C.

    on_close: is told why, in words, from another thread, before the KeyboardInterrupt. Windows gives the
    block `last_seconds` to finish. It may announce log-off and shutdown to no program that can show windows,
    such as one with OpenCV: a PC that is restarted at night is noticed through HEARTBEAT_URL.
    """
    kernel32 = kernel32 or _kernel32()
    if kernel32 is None:
        yield
        return
    asked, finished = threading.Event(), threading.Event()

    def handle(event: int) -> bool:
        if event not in CLOSING:
            return False
        # A log-off is followed by a shutdown: a second interruption would cut the good-bye short.
        if not asked.is_set():
            asked.set()
            try:
                on_close(CLOSING[event])
            except OSError:
                pass  # the window may be gone already
            interrupt()
        # When this returns, Windows ends the program.
        finished.wait(last_seconds)
        return True

    function_type = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
    handler = function_type(ctypes.c_int, ctypes.c_uint32)(handle)
    kernel32.SetConsoleCtrlHandler(handler, True)
    try:
        yield
    finally:
        finished.set()
        kernel32.SetConsoleCtrlHandler(handler, False)


def without_middleman(python: str, made_from: str, variables: Mapping[str, str]) -> dict[str, object]:
    """What subprocess.Popen needs beside the command, to start the `python` of a .venv.

    On Windows that python.exe only starts the real one (made_from), and takes it along when the console window is
    closed, before it has said good-bye. Starting the real one as multiprocessing does avoids that.
    variables: the environment of the new program.
    """
    if sys.platform != "win32":
        return {"env": dict(variables)}
    return {"executable": made_from, "env": {**variables, "__PYVENV_LAUNCHER__": python}}


def add_runtime_folder() -> None:
    """Let Windows find what the package msvc-runtime holds; to be called before TensorFlow is loaded."""
    if sys.platform == "win32":
        os.add_dll_directory(sys.prefix)


def camera_names(backend: str) -> dict[int, str]:
    """The names of the connected cameras by index, as Windows tells them; empty on other systems.

    backend: DSHOW, MSMF (they count differently) or another word, for which nothing is known.
    """
    if sys.platform != "win32" or backend not in _BACKENDS:
        return {}
    from cv2_enumerate_cameras import enumerate_cameras

    return {camera.index: camera.name for camera in enumerate_cameras(_BACKENDS[backend])}
