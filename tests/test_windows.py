"""What is asked of Windows, with a stand-in for it. That Windows understands is shown in tests/windows."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest

from src.windows import (
    EXTENDED_FLAGS, QUICK_EDIT, STAY_IN_FORCE, SYSTEM_REQUIRED, add_runtime_folder, calm_closing, camera_names,
    keep_awake, no_quick_edit, without_middleman,
)


class Function:
    """A function of a Windows library: may be given a restype, remembers its calls."""

    def __init__(self, answer: Callable[..., object]) -> None:
        self.answer = answer
        self.calls: list[tuple[object, ...]] = []

    def __call__(self, *arguments: object) -> object:
        self.calls.append(arguments)
        return self.answer(*arguments)


class Kernel32:
    """Stands in for the library: a console with a mode, sleep, and a handler for the closing of the window."""

    def __init__(self, mode: int | None) -> None:
        self.mode = mode
        self.handlers: list[object] = []
        self.GetStdHandle = Function(lambda number: 7)
        self.GetConsoleMode = Function(self._tell_mode)
        self.SetConsoleMode = Function(self._set_mode)
        self.SetThreadExecutionState = Function(lambda flags: 1)
        self.SetConsoleCtrlHandler = Function(self._set_handler)

    def _tell_mode(self, handle: object, mode: object) -> int:
        if self.mode is None:
            return 0
        mode._obj.value = self.mode
        return 1

    def _set_mode(self, handle: object, mode: int) -> int:
        self.mode = mode
        return 1

    def _set_handler(self, handler: object, add: bool) -> int:
        self.handlers.append(handler) if add else self.handlers.remove(handler)
        return 1


def test_a_click_into_the_window_does_not_freeze_the_monitor():
    console = Kernel32(mode=0x01F7)
    with no_quick_edit(console):
        assert console.mode & QUICK_EDIT == 0
        assert console.mode & EXTENDED_FLAGS
        assert console.mode & 0x0007 == 0x0007
    assert console.mode == 0x01F7


def test_without_a_console_nothing_is_changed():
    console = Kernel32(mode=None)
    with no_quick_edit(console):
        pass
    assert console.SetConsoleMode.calls == []


def test_the_pc_is_kept_awake_and_may_sleep_again_also_after_an_error():
    kernel32 = Kernel32(mode=None)
    with pytest.raises(ZeroDivisionError), keep_awake(kernel32):
        1 / 0
    asked = [flags.value for (flags,) in kernel32.SetThreadExecutionState.calls]
    assert asked == [STAY_IN_FORCE | SYSTEM_REQUIRED, STAY_IN_FORCE]


@pytest.mark.parametrize("event, reason", [(2, "window was closed"), (5, "logged off"), (6, "shutting down")])
def test_closing_the_window_leaves_time_for_a_last_notice(event, reason):
    kernel32, said, asked_to_stop, order = Kernel32(mode=None), [], threading.Event(), []

    def windows_closes_the_console(handler: Callable[[int], int]) -> None:
        handler(event)
        order.append("ended by Windows")

    with calm_closing(said.append, kernel32, asked_to_stop.set):
        (handler,) = kernel32.handlers
        closing = threading.Thread(target=windows_closes_the_console, args=(handler,))
        closing.start()
        assert asked_to_stop.wait(5)
        order.append("last notice sent")
    closing.join(5)
    assert reason in said[0]
    assert order == ["last notice sent", "ended by Windows"]
    assert kernel32.handlers == []


def test_a_log_off_and_the_shutdown_after_it_interrupt_once():
    kernel32, said, interruptions = Kernel32(mode=None), [], []
    with calm_closing(said.append, kernel32, lambda: interruptions.append(1), last_seconds=0.01):
        assert kernel32.handlers[0](5) == 1 and kernel32.handlers[0](6) == 1
    assert said == ["the user logged off"] and interruptions == [1]


def test_a_window_that_is_gone_already_does_not_keep_the_last_notice_from_being_sent():
    def nowhere_to_print(reason: str) -> None:
        raise OSError(6, "the handle is invalid")

    kernel32, interruptions = Kernel32(mode=None), []
    with calm_closing(nowhere_to_print, kernel32, lambda: interruptions.append(1), last_seconds=0.01):
        assert kernel32.handlers[0](2) == 1
    assert interruptions == [1]


def test_a_block_that_does_not_finish_is_not_waited_for_longer_than_windows_would():
    kernel32 = Kernel32(mode=None)
    with calm_closing(lambda reason: None, kernel32, lambda: None, last_seconds=0.01):
        assert kernel32.handlers[0](2) == 1


def test_ctrl_c_is_left_to_python():
    kernel32, said = Kernel32(mode=None), []
    with calm_closing(said.append, kernel32, lambda: None):
        assert kernel32.handlers[0](0) == 0
    assert said == []


@pytest.mark.skipif(sys.platform == "win32", reason="shows what happens elsewhere")
def test_on_other_systems_nothing_happens():
    with no_quick_edit(), keep_awake(), calm_closing(pytest.fail):
        add_runtime_folder()
    assert camera_names("DSHOW") == {}


@pytest.mark.skipif(sys.platform == "win32", reason="shows what happens elsewhere")
def test_on_other_systems_the_python_of_a_venv_is_started_as_it_is():
    assert without_middleman("venv/python", "base/python", {"A": "1"}) == {"env": {"A": "1"}}
