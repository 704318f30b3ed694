"""The real monitor, real servers and a real network camera, and everything that goes wrong with them.

A short version of `python scripts/launch.py soak`.
"""

from __future__ import annotations

import pytest

from soak.bad_inputs import bad_inputs
from soak.camera_faults import FAULTS, camera_faults
from soak.full_disk import full_disk
from soak.kill_rounds import kill_rounds
from soak.long_day import long_day
from soak.one_at_a_time import no_secret_leaves, second_monitor
from soak.schedule import Episode

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
HURRIED = 15.0


def assert_held(proofs):
    skipped = [proof.skipped for proof in proofs if proof.skipped]
    assert [proof for proof in proofs if proof.faults] == []
    if len(skipped) == len(proofs):
        pytest.skip(skipped[0])


def test_every_alert_arrives_although_the_monitor_is_killed_and_the_servers_misbehave(tmp_path):
    assert_held(kill_rounds(tmp_path, rounds=3))


def test_a_camera_that_fails_is_named_in_time_and_so_is_its_recovery(tmp_path):
    chosen = [fault for fault in FAULTS if fault.name in ("killed in mid-stream", "frozen", "black")]
    assert_held(camera_faults(tmp_path, chosen, HURRIED))


def test_a_full_disk_does_not_silence_the_alert(tmp_path):
    assert_held(full_disk(tmp_path, HURRIED))


def test_of_two_monitors_at_once_the_second_leaves(tmp_path):
    assert_held([second_monitor(tmp_path)])


def test_no_secret_is_in_what_a_crash_a_lost_camera_and_a_support_bundle_leave_behind(tmp_path):
    assert_held([no_secret_leaves(tmp_path)])


def test_no_bad_input_shows_the_user_a_traceback_or_loses_anything(tmp_path):
    assert_held(bad_inputs(tmp_path, count=400))


def test_a_day_with_troubles_leaves_no_leak_untold_and_a_truthful_page(tmp_path):
    plan = [
        Episode("leak", 10, 50),
        Episode("bad pictures", 60, 64),
        Episode("camera gone", 75, 120),
        Episode("clock back", 230, 260),
        Episode("asleep", 262, 862),
        Episode("mode OFF", 264, 290),
    ]
    assert_held(long_day(tmp_path, seconds=400, plan=plan))
