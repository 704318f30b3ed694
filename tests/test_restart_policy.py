from __future__ import annotations

import pytest

from src.restart_policy import HangWatch, Next, RestartPolicy

CRASH, KILLED, ACCESS_VIOLATION = 3, -9, 0xC0000005


def policy() -> RestartPolicy:
    return RestartPolicy(most=5, within_seconds=900)


@pytest.mark.parametrize("exit_code", [CRASH, KILLED, ACCESS_VIOLATION])
def test_a_crash_is_restarted_soon(exit_code):
    assert policy().update(exit_code, was_alive=True, now_seconds=0) == Next("restart", 2.0)


@pytest.mark.parametrize("exit_code, was_alive", [(0, True), (0, False), (1, False), (2, False)])
def test_an_end_that_the_user_sees_is_an_end(exit_code, was_alive):
    assert policy().update(exit_code, was_alive, now_seconds=0) == Next("stop")


def test_what_the_user_could_fix_is_tried_again_at_night_and_then_said_aloud():
    nightly = policy()
    assert nightly.update(1, was_alive=True, now_seconds=10_000).kind == "restart"
    assert nightly.update(1, was_alive=False, now_seconds=10_003) == Next("give_up")


def test_five_restarts_in_a_quarter_of_an_hour_and_no_more():
    crashing, now, waits = policy(), 0.0, []
    while (following := crashing.update(CRASH, was_alive=True, now_seconds=now)).kind == "restart":
        waits.append(following.wait_seconds)
        now += following.wait_seconds + 10
    assert waits == [2, 6, 18, 54, 162]
    assert following == Next("give_up")


def test_restarts_long_ago_are_forgotten():
    hourly = policy()
    assert [hourly.update(CRASH, True, 3600.0 * hour) for hour in range(20)] == [Next("restart", 2.0)] * 20


def hung_at(signs: str, step_seconds: float = 10.0) -> list[int]:
    """Indices at which it is taken for hung; the same letter again means no new sign, "-" none at all yet."""
    watch = HangWatch(first_seconds=100, limit_seconds=30, longest_step_seconds=20)
    return [
        index
        for index, sign in enumerate(signs)
        if watch.update(None if sign == "-" else sign, now_seconds=index * step_seconds)
    ]


def test_a_program_that_gives_signs_does_not_hang():
    assert hung_at("abcdefghijkl") == []


def test_a_program_without_a_new_sign_for_the_limit_hangs():
    assert hung_at("abcccccc")[0] == 5


def test_loading_may_take_longer_than_the_limit():
    assert hung_at("------abc") == []
    assert hung_at("-" * 12)[0] == 10


def test_a_pc_that_slept_does_not_make_it_hang():
    watch = HangWatch(first_seconds=100, limit_seconds=60, longest_step_seconds=10)
    assert not watch.update("a", now_seconds=0)
    assert not watch.update("a", now_seconds=28_800)
    assert not watch.update("b", now_seconds=28_805)
