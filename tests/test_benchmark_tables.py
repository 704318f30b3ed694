from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from benchmarks.cost import Cost, Machine
from benchmarks.frame_cost import FrameCost
from benchmarks.hardships import HardResult
from benchmarks.metrics import FoundFrom
from benchmarks.monitor_cost import MonitorCost
from benchmarks.real_scenes import Figure
from benchmarks.rigs import BenignResult, DryResult, KindResult, NightResult, RigResult, Shares
from benchmarks.tables import Report, as_markdown, table

REPORT = Report(datetime(2026, 11, 23, 22, 50, tzinfo=timezone.utc), Machine("some processor", 2, 3.2),
                quick=False)
OURS = RigResult(
    rig="rig_a", way="ours", training="500 pictures", training_seconds=88.4, normal_pictures=400,
    leak_pictures=280,
    false_share={"noon2": 0.0, "night2": 0.025}, auroc=0.9712, found_without_false=Shares(0.883, 0.972),
    found_own_threshold=Shares(0.8, 0.9),
    kinds={"pale_spill": KindResult(FoundFrom(0.0922, 0.0478), FoundFrom(None, 3.03))},
    benign={"camera_nudge": BenignResult(20, 0.0, 1.0)},
    nights={"night_dark": NightResult(600, 3, 0, False, 0.1614, 33.0)},
    normal_in_order=DryResult(400, 4, 0, 3))
THEIRS = replace(OURS, way="MOG2", nights={"night_dark": NightResult(600, 500, 2, True, None, None)})


def lines_of(report: Report, first_cell: str) -> list[str]:
    return [line for line in as_markdown(report).splitlines() if line.startswith(f"| {first_cell} |")]


def test_a_table_has_a_line_under_its_header():
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_a_rig_shows_all_ways_side_by_side():
    report = replace(REPORT, rigs=(OURS, THEIRS))
    assert lines_of(report, "ours") == [
        "| ours | 500 pictures, 88 s | 0.0 % | 2.5 % | 0.971 | 88.3 / 97.2 % | 80.0 / 90.0 % |"]
    assert lines_of(report, "pale_spill") == [
        "| pale_spill | 0.10 | 0.092 (0.048) | 0.092 (0.048) |",
        "| pale_spill | 0.10 | not found | not found |"]
    assert lines_of(report, "night_dark") == [
        "| night_dark | no false alert, below 0.2 % | 0 false (3 of 600 flagged); at 0.161 %, after 33 s "
        "| 2 false (500 of 600 flagged), alarm still on when the leak began; leak not reported |"]
    assert lines_of(report, "camera_nudge") == ["| camera_nudge | named as moved | 0 / 100 % | 0 / 100 % |"]
    assert lines_of(report, "test/normal") == [
        "| test/normal | no alert | 0 alerts, 3 times new light | 0 alerts, 3 times new light |"]


def test_a_rig_without_aims_is_shown_without_them():
    other = replace(OURS, rig="rig_c", kinds={"new_leak": OURS.kinds["pale_spill"]})
    assert lines_of(replace(REPORT, rigs=(other,)), "new_leak")[0] == "| new_leak |  | 0.092 (0.048) |"


def test_what_a_way_was_not_asked_is_a_dash():
    figures = (Figure("roofcam_aug", "dry morning", "no alert", "ours", "0 alerts"),
               Figure("roofcam_aug", "rain", "", "ours", "2"),
               Figure("roofcam_aug", "rain", "", "MOG2", "no alert"))
    assert as_markdown(replace(REPORT, real=figures)).endswith(
        "| scene | what | aim | ours | MOG2 |\n| --- | --- | --- | --- | --- |\n"
        "| roofcam_aug | dry morning | no alert | 0 alerts | - |\n| roofcam_aug | rain |  | 2 | no alert |\n")


def test_cost_is_compared_with_the_reference_and_says_what_could_not_be_measured():
    monitor = MonitorCost(1.42, 30.0, None, 0.0312)
    cost = Cost("500 pictures", 88.4, FrameCost(100, 12.34, 20.0, 61.7), monitor)
    page = as_markdown(replace(REPORT, cost=cost))
    assert "| verdict compared with that | at most a third | 0.20 |" in page
    assert "| monitor process: most memory | at most 250 MB | not measured on this system |" in page
    assert "| 3.1 % |" in page


def test_the_page_says_that_the_machine_was_shared():
    page = as_markdown(REPORT)
    assert "2 cores (some processor) that other work shared, 3.2 programs wanting to run" in page


def test_a_quick_look_warns_of_its_figures():
    assert "the figures mean nothing" in as_markdown(replace(REPORT, quick=True))
    assert "the figures mean nothing" not in as_markdown(REPORT)


def test_every_hardship_of_a_rig_is_one_line():
    hard = HardResult("out of focus", replace(OURS, nights={**OURS.nights, "dawn": THEIRS.nights["night_dark"]}))
    assert lines_of(replace(REPORT, hardships=(hard,)), "out of focus") == [
        "| out of focus | rig_a | 500 pictures | 0.971 | 88.3 / 97.2 % | 80.0 / 90.0 % | 4 of 400 | 2 (503) "
        "| 0.161 / not reported |"]
