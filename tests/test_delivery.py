"""A message, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given, strategies as st

from src.delivery import Message, wait_seconds


@given(picture=st.none() | st.binary(max_size=300), text=st.text(max_size=200))
def test_a_message_survives_the_way_through_a_file(picture, text):
    message = Message(
        message_id="1",
        subject="s",
        text=text,
        picture=picture,
        created_at=datetime(2026, 11, 23, 3, 15, tzinfo=timezone.utc),
    )
    assert Message.model_validate_json(message.model_dump_json(indent=1)) == message


@pytest.mark.parametrize("rubbish", ["", "{", "null", "[]", '{"message_id": "1"}', '"\\ud800"'])
def test_rubbish_is_no_message(rubbish):
    with pytest.raises(ValueError):
        Message.model_validate_json(rubbish)


def test_the_wait_doubles_from_5_seconds_to_15_minutes():
    assert [round(wait_seconds(failures, 0.0)) for failures in range(1, 11)] == [
        5,
        10,
        20,
        40,
        80,
        160,
        320,
        640,
        720,
        720,
    ]
    assert wait_seconds(10_000, 1.0) == 900


@given(failures=st.integers(1, 10**9), chance=st.floats(0, 1))
def test_the_wait_is_never_shorter_than_5_seconds_nor_longer_than_15_minutes(failures, chance):
    assert 5.0 <= wait_seconds(failures, chance) <= 900.0
