"""What all tests share."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from src.clock import VirtualClock
from src.redact import SECRET_NAMES

# The same inputs every time, so that a red test stays red. A longer search: FUZZ_EXAMPLES=10000.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def no_secrets_of_this_pc(monkeypatch):
    """A test never reaches the lab's real Slack or mail server."""
    for name in SECRET_NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> VirtualClock:
    """A quarter past three at night, in winter time of central Europe."""
    return VirtualClock(datetime(2026, 11, 23, 3, 15, 2, tzinfo=timezone(timedelta(hours=1))))


def pytest_configure(config):
    config.addinivalue_line("markers", "tensorflow: loads TensorFlow and takes more than a few seconds")
