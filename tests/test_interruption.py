from __future__ import annotations

import signal

import pytest

from src.interruption import GOODBYE_SECONDS, one_interruption


@pytest.fixture(autouse=True)
def signals_as_in_a_script():
    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_a_second_interruption_does_not_disturb_the_good_bye(clock, first, second):
    said = []
    with one_interruption(clock):
        try:
            signal.raise_signal(first)
        except KeyboardInterrupt:
            for _ in range(3):
                signal.raise_signal(second)
                said.append("good-bye")
                clock.advance(1)
    assert said == ["good-bye"] * 3


def test_a_good_bye_that_takes_too_long_can_be_interrupted(clock):
    with one_interruption(clock):
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            clock.advance(GOODBYE_SECONDS)


def test_afterwards_the_signals_are_as_before(clock):
    with one_interruption(clock):
        pass
    assert signal.getsignal(signal.SIGINT) is signal.getsignal(signal.SIGTERM) is signal.default_int_handler


def test_what_somebody_else_handles_is_left_alone(clock):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with one_interruption(clock):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
