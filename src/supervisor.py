"""Watches the watchman: starts the monitor, and starts it again when it crashes or hangs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Sequence

from src.clock import Clock
from src.config import NotifySettings
from src.heartbeat_file import HeartbeatFile
from src.restart_policy import STOPPED, USER_CAN_FIX_IT, HangWatch, RestartPolicy
from src.status import Status, StatusFile
from src.windows import without_middleman

GAVE_UP = 3
# When even the network is down, it goes on trying for so long; after that the messages wait for the next
# start.
LAST_WORDS_SECONDS = 3600.0


@dataclass(frozen=True)
class SupervisorSettings:
    """When the supervisor steps in.

    first_seconds: patience until the monitor's first sign of life; hung_seconds: from then on.
    settled_seconds: a monitor that ends sooner was not really watching, whatever the heartbeat file says:
        it may be the sign of another one.
    most_restarts within within_seconds, then it is given up. goodbye_seconds: time to end after Ctrl+C.
    """

    first_seconds: float = 180.0
    hung_seconds: float = 60.0
    settled_seconds: float = 10.0
    most_restarts: int = 5
    within_seconds: float = 900.0
    poll_seconds: float = 1.0
    goodbye_seconds: float = 20.0


@dataclass(frozen=True)
class _End:
    exit_code: int
    was_alive: bool
    reason: str


class Supervisor:
    """Runs `command` until it ends as it should, or is given up.

    say: shows a line to the user. on_event: writes to the log. announce: tells people through every channel
    that the monitor ended so many times, in so many minutes, the last time for this reason.
    """

    def __init__(
        self,
        command: Sequence[str],
        state_dir: Path,
        clock: Clock,
        say: Callable[[str], None],
        on_event: Callable[..., None],
        announce: Callable[[int, int, str], None],
        settings: SupervisorSettings = SupervisorSettings(),
    ) -> None:
        self._command = list(command)
        self._heartbeat = HeartbeatFile(state_dir)
        self._status_file = StatusFile(state_dir)
        self._clock = clock
        self._say = say
        self._on_event = on_event
        self._announce = announce
        self._settings = settings

    def run(self) -> int:
        """The exit code: the monitor's own when it ended as it should, 3 when it was given up."""
        policy = RestartPolicy(self._settings.most_restarts, self._settings.within_seconds)
        while True:
            end = self._run_once()
            following = policy.update(end.exit_code, end.was_alive, self._clock.monotonic())
            if following.kind == "stop":
                return end.exit_code
            if following.kind == "give_up":
                self._give_up(end, times=policy.recent_restarts + 1)
                return GAVE_UP
            self._say(
                f"The monitor has ended: {end.reason}. It is started again in {following.wait_seconds:.0f} s."
            )
            self._log("monitor_restarted", end)
            self._not_watching(f"the monitor has ended and is being started again: {end.reason}")
            self._clock.sleep(following.wait_seconds)

    def _run_once(self) -> _End:
        settings = self._settings
        stamp_before = self._heartbeat.stamp()
        hang = HangWatch(
            settings.first_seconds, settings.hung_seconds, longest_step_seconds=5 * settings.poll_seconds
        )
        began = self._clock.monotonic()
        try:
            child = _start(self._command)
        except OSError as error:
            return _End(GAVE_UP, True, f"it could not be started ({error.strerror})")
        try:
            while (exit_code := _ended(child, settings.poll_seconds)) is None:
                if hang.update(self._sign(stamp_before), self._clock.monotonic()):
                    child.kill()
                    child.wait()
                    return _End(GAVE_UP, True, f"it gave no sign of life for {hang.patience_seconds:.0f} s")
        except KeyboardInterrupt:
            self._say_goodbye(child)
            return _End(STOPPED, True, "stopped by the user")
        settled = self._clock.monotonic() - began >= settings.settled_seconds
        return _End(exit_code, settled and self._sign(stamp_before) is not None, _in_words(exit_code))

    def _sign(self, stamp_before: int | None) -> int | None:
        """The newest sign of life of this run; one from an earlier run does not count."""
        stamp = self._heartbeat.stamp()
        return None if stamp == stamp_before else stamp

    def _say_goodbye(self, child: subprocess.Popen[bytes]) -> None:
        _interrupt(child)
        try:
            child.wait(self._settings.goodbye_seconds)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            child.kill()
            child.wait()
            self._not_watching("it was closed by force: it did not end by itself")

    def _give_up(self, end: _End, times: int) -> None:
        self._say(
            f"THE MONITOR HAS FAILED AND NOBODY IS WATCHING: {end.reason}. "
            "Double-click run_health_check.bat: it names what is wrong."
        )
        self._log("monitor_given_up", end)
        self._not_watching(f"the monitor has failed: {end.reason}")
        self._announce(times, int(self._settings.within_seconds // 60), end.reason)

    def _log(self, event: str, end: _End) -> None:
        with contextlib.suppress(OSError):  # a full disk must not end the watch
            self._on_event(event, text=end.reason, exit_code=end.exit_code)

    def _not_watching(self, reason: str) -> None:
        """A monitor that was killed cannot say so itself."""
        now = self._clock.now()
        status = Status(
            mode="",
            not_watching_because=reason,
            since=now,
            last_picture_at=None,
            score_ratio=None,
            incident_id=None,
            incident_since=None,
            model="",
            pid=os.getpid(),
        )
        with contextlib.suppress(OSError):  # a full disk must not end the watch
            self._status_file.update(status, now, self._clock.monotonic())


def announce_failure(
    settings: NotifySettings,
    environment: Mapping[str, str],
    state_dir: Path,
    clock: Clock,
    on_event: Callable[..., None],
    times: int,
    minutes: int,
    reason: str,
) -> None:
    """Tell people through every channel, and the dead man's switch, that the monitor has been given up.

    environment: where the secrets are, os.environ. Returns when all is delivered, refused, or an hour has
        passed.
    """
    # Imported only now: all through the night the supervisor does without what sends messages, and stays
    # small.
    from src.dead_man_switch import DeadManSwitch
    from src.messages import crash_loop
    from src.notify import channels_from, secret
    from src.outbox import Outbox
    from src.outbox_folder import OutboxFolder

    text = crash_loop(times, minutes, reason)
    outbox = Outbox(
        OutboxFolder(state_dir / "outbox"), channels_from(settings, environment).channels, clock, on_event
    )
    outbox.queue(text)
    switch = DeadManSwitch(secret("HEARTBEAT_URL", environment), on_event)
    switch.start()
    switch.fail(text.subject)
    outbox.start()
    give_up_seconds = clock.monotonic() + LAST_WORDS_SECONDS
    while any(outbox.waiting().values()) and clock.monotonic() < give_up_seconds:
        clock.sleep(0.2)
    outbox.close()
    switch.close(patience_seconds=10.0)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # Outside Windows the monitor gets a session of its own, so that Ctrl+C reaches it once: from
    # `_interrupt`.
    direct = without_middleman(sys.executable, sys._base_executable, os.environ)
    return subprocess.Popen(command, start_new_session=sys.platform != "win32", **direct)


def _interrupt(child: subprocess.Popen[bytes]) -> None:
    # On Windows everything in the console window has got the Ctrl+C already.
    if sys.platform != "win32":
        child.send_signal(signal.SIGINT)


def _ended(child: subprocess.Popen[bytes], wait_seconds: float) -> int | None:
    """The exit code, None while it still runs after `wait_seconds`."""
    try:
        return child.wait(wait_seconds)
    except subprocess.TimeoutExpired:
        return None


def _in_words(exit_code: int) -> str:
    if exit_code == USER_CAN_FIX_IT:
        return "something has to be put right first, the window of the monitor says what"
    if exit_code == GAVE_UP:
        return "a fault in the program, details in logs/crash.txt"
    return f"it was ended from outside or crashed (exit code {exit_code})"
