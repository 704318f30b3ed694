"""What is aimed at, in words for the tables. Nothing is tuned or judged by these."""

from __future__ import annotations

BLOCKS = {
    "noon2": "at most 1 %", "evening2": "at most 1 %",
    "sunset_noceil": "at most 3 %", "night2": "at most 3 %",
}
AUROC = {"rig_a": "at least 0.97", "rig_b": "at least 0.96"}
FOUND_WITHOUT_FALSE = "at least 88 / 97 %"
# Percent of the picture from which on a kind is to be found.
KINDS = {
    "tray_puddle_blue": "0.05", "bench_spill_violet": "0.05", "far_floor_spill": "0.05",
    "fitting_drop": "0.10",
    "stack_streak_green": "0.10", "tube_spray": "0.07", "pale_spill": "0.10",
    "tray_puddle_green": "0.03", "shelf_drip_blue": "0.03", "bench_spill_yellow": "0.10",
    "hose_splash": "0.10",
    "pump_leak_violet": "0.15",
}
BENIGN = {
    "ceil_switch": "at most 10 % flagged", "arm_shadow_0": "at most 10 % flagged",
    "camera_nudge": "named as moved", "pen": "rightly flagged", "notebook": "rightly flagged",
    "glove": "rightly flagged", "bottle_moved": "rightly flagged",
}
NIGHTS = {
    ("rig_a", "evening_ceil_on"): "0.05", ("rig_a", "dawn_pale"): "0.05", ("rig_a", "night_dark"): "0.2",
    ("rig_b", "evening_ceil_on"): "0.10", ("rig_b", "afternoon_clouds"): "0.10",
    ("rig_b", "night_dark"): "0.2",
}
NORMAL_IN_ORDER = "no alert"
VERDICT, RATIO = "at most 15 ms", "at most a third"
TRAINING = "at most 180 s"
MEMORY, FIRST_VERDICT, CORE_SHARE = "at most 250 MB", "at most 2 s", "under 4 %"
