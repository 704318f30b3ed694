from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, strategies as st
from pydantic import BaseModel, ValidationError

from src.config import Config, IgnoredArea, MonitorSettings, SECRET_KEYS, parse_config
from src.errors import ConfigError, UserError

SHIPPED = (Path(__file__).resolve().parent.parent / "config" / "config.yaml").read_text(encoding="utf-8")

# What a lab wrote before there was this version: exactly the keys of the first description.
OLD_FILE = """
camera: {index: 1, backend: MSMF, width: 1920, height: 1080, fps: 15, source: null}
roi: {enabled: true, units: pixels, x: 100, y: 50, width: 800, height: 600}
image: {width: 256, height: 256}
capture: {interval_seconds: 2, jpg_quality: 90}
training:
  batch_size: 8
  epochs: 50
  learning_rate: 1e-3
  validation_split: 0.1
  seed: 7
  augment: {enabled: true, rotation: 0.02, translation: 0.02, contrast: 0.1, brightness: 0.1}
threshold: {percentile: 99.5}
scoring: {method: mean, topk_percent: 1.0, topk_min_pixels: 100}
heatmap_trigger: {enabled: yes, pixel_error_percentile: 99.9, blob_area_percentile: 99.5, connectivity: 8,
                  min_blob_area: 16}
monitor:
  frame_interval_seconds: 1.0
  consecutive_anomalies: 3
  alert_cooldown_seconds: 300
  heartbeat_seconds: 60
  camera_down_seconds: 30
  save_reconstruction: {enabled: true, heatmap: true}
  save_compare_image: true
  save_input_resized: false
  save_context: {enabled: true, pre_frames: 3, post_frames: 3}
notify:
  slack: {enabled: true, webhook_url: ""}
  email:
    enabled: true
    smtp_host: smtp.example.org
    smtp_port: 587
    smtp_user: lab
    smtp_password: ""
    from_addr: lab@example.org
    to_addrs: [anna@example.org, Ben Böhm <ben@example.org>]
    use_tls: true
paths: {data_normal_dir: data/normal, data_anomalies_dir: data/anomalies, model_dir: model, logs_dir: logs,
        reports_dir: reports, state_mode_file: state/mode.txt}
"""


def all_keys(section: type[BaseModel], prefix: str = "") -> set[str]:
    keys = set()
    for name, info in section.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            keys |= all_keys(info.annotation, f"{prefix}{name}.")
        else:
            keys.add(prefix + name)
    return keys


def keys_in(tree: dict, prefix: str = "") -> set[str]:
    keys = set()
    for name, value in tree.items():
        keys |= keys_in(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return keys


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "config.yaml")
    return str(caught.value)


def problems(text: str) -> list[str]:
    """The lines of the refusal that name a problem."""
    return [line.strip() for line in refusal(text).splitlines() if line.startswith("  ")]


def test_the_shipped_file_holds_the_defaults():
    assert parse_config(SHIPPED, "config.yaml") == Config()


def test_the_shipped_file_names_every_key_and_no_other():
    assert keys_in(yaml.safe_load(SHIPPED)) == all_keys(Config)


def test_the_shipped_file_is_plain_ascii_so_that_every_editor_keeps_it():
    assert SHIPPED.isascii() and "\t" not in SHIPPED


def test_every_key_has_a_meaning_and_every_section_a_sentence():
    def check(section):
        assert section.__doc__ and section.__doc__ != Config.__base__.__doc__
        for name, info in section.model_fields.items():
            if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
                check(info.annotation)
            else:
                assert info.description, f"{section.__name__}.{name}"
    check(Config)


def test_a_file_from_before_loads_unchanged():
    config = parse_config(OLD_FILE, "config.yaml")
    assert config.camera.backend == "MSMF"
    assert config.roi.width == 800
    assert config.training.learning_rate == 0.001
    assert config.notify.email.to_addrs == ("anna@example.org", "Ben Böhm <ben@example.org>")


@pytest.mark.parametrize("text", ["", "# nothing", "camera:\nroi:\nnotify: {slack: , email: }", "{}",
                                  "notify: {email: {smtp_host: , from_addr: , to_addrs: }}"])
def test_what_is_not_there_has_its_default(text):
    assert parse_config(text, "config.yaml") == Config()


def test_settings_cannot_be_changed_after_they_are_read():
    config = parse_config("", "config.yaml")
    with pytest.raises(ValidationError):
        config.monitor.frame_interval_seconds = 5
    hash(config)


def test_one_section_can_be_handed_around_alone():
    assert MonitorSettings(consecutive_anomalies=5).alert_cooldown_seconds == 300


def test_all_problems_are_named_at_once_with_line_key_value_and_what_is_allowed():
    text = "camera:\n  widht: 5\n  index: 1.5\nscoring:\n  topk_percent: 200\n  method: best\nmonitor: 5\n"
    assert refusal(text).startswith("config.yaml has 5 problems.")
    assert problems(text) == [
        "line 2, camera.widht: unknown key. Did you mean width?",
        "line 3, camera.index: found 1.5, expected a whole number at least 0 and at most 99 "
        "(0 is the first camera, 1 the second).",
        "line 5, scoring.topk_percent: found 200, expected a number above 0 and at most 100 "
        "(share of the highest pixels, percent).",
        'line 6, scoring.method: found "best", expected one of mean, topk '
        "(mean: of all pixels, topk: of the highest ones).",
        "line 7, monitor: found 5, expected a section with keys of its own (Watching).",
    ]


@pytest.mark.parametrize("text, expected", [
    ("cammera: {}", "line 1, cammera: unknown key. Did you mean camera?"),
    ("camera: {Width: 5}", "Did you mean width?"),
    ("camera: {zzz: 5}", "Known here: backend, fps, height, index, source, width."),
    ("camera: {index: '1'}", 'found "1", expected a whole number'),
    ("camera: {index: '1'}", "Remove the quotes."),
    ("threshold: {percentile: 99,5}", "unknown key"),
    ("threshold:\n  percentile: 99,5", "Write a point instead of the comma."),
    ("camera: {index: true}", "found true, expected a whole number"),
    ("camera: {index: -1}", "at least 0"),
    ("camera: {width: }", "found nothing, expected a whole number"),
    ("camera: {width: [1]}", "found a list"),
    ("camera: {width: {a: 1}}", "found keys of its own"),
    ("camera: {width: " + "9" * 400 + "}", "expected a whole number"),
    ("camera: {source: 5}", "expected text or null"),
    ("capture: {interval_seconds: .nan}", "found NaN"),
    ("capture: {interval_seconds: 1e999}", "found Infinity"),
    ("capture: {interval_seconds: 0}", "at least 0.05"),
    ("threshold: {percentile: 101}", "at most 100"),
    ("heatmap_trigger: {connectivity: 6}", "expected one of 4, 8"),
    ("heatmap_trigger: {enabled: maybe}", "expected true or false"),
    ("monitor: {expect_armed_after: 25:00}", "a time of day such as 19:00"),
    ("monitor: {expect_armed_after: 7}", "a time of day such as 19:00"),
    ("notify: {email: {from_addr: nobody}}", '"nobody" is no e-mail address'),
    ("notify: {email: {to_addrs: [a@b.c, 5]}}", "notify.email.to_addrs[1]: found 5"),
    ('notify: {email: {from_addr: "a@b.c\\nBcc: x@y.z"}}', "is no e-mail address"),
    ("notify: {email: {enabled: true, smtp_host: x}}", "these keys are empty: from_addr, to_addrs."),
    ("paths: {model_dir: ''}", "a folder or file name is missing"),
    ('paths: {model_dir: "C:\\temp"}', "single quotes"),
    ('camera: {source: "D:\\videos\\night.mp4"}', "single quotes"),
    ("paths: {model_dir: 5}", "found 5, expected text"),
    ("paths: {data_anomalies_dir: data/normal}", "paths.data_anomalies_dir: is the same folder"),
    ("camera: {width: 640}\ncamera: {height: 480}", "line 2, camera: stands here a second time"),
    ("- camera", "found a list, expected a section"),
    ("camera", 'found "camera", expected a section'),
    ("camera:\n\twidth: 5", "line 2: a tab is used"),
    ("1: 2", "line 1, 1: unknown key"),
])
def test_a_mistake_is_named_in_words(text, expected):
    assert expected in refusal(text)


@pytest.mark.parametrize("text, expected", [
    ("{enabled: true, x: 0.5, width: 0.6}", "roi.width: x + width is 1.1"),
    ("{enabled: true, y: 0.5}", "roi.height: y + height is 1.5"),
    ("{enabled: true, x: 100, width: 300}", "For numbers in pixels write units: pixels."),
    ("{enabled: true, units: pixels, width: 0.5, height: 100}",
     "For shares of the picture write units: relative."),
    ("{ignore: [{x: 0}]}", "roi.ignore[0]: an area needs either x, y, width and height, or polygon."),
    ("{ignore: [{x: 0, y: 0, width: 1, height: 1, polygon: [[0, 0], [1, 0], [1, 1]]}]}", "either"),
    ("{ignore: [{polygon: [[0, 0], [1, 0]]}]}", "roi.ignore[0].polygon: a polygon needs at least 3 corners."),
    ("{ignore: [{polygon: [[0, 0], [1, 0], [1, 7]]}]}",
     "roi.ignore[0].polygon[2][1]: found 7, expected a number"),
    ("{ignore: [{polygon: [[0, 0], [1, 0], [1]]}]}", "roi.ignore[0].polygon[2]: found a list"),
    ("{ignore: [{x: 2, y: 0, width: 1, height: 1}]}", "roi.ignore[0].x: found 2"),
    ("{ignore: 5}", "roi.ignore: found 5, expected a list"),
])
def test_a_region_that_makes_no_sense_is_refused(text, expected):
    assert expected in refusal(f"roi: {text}")


@pytest.mark.parametrize("text", [
    "{enabled: true, x: 0.7, width: 0.3, y: 0.1, height: 0.9}",
    "{enabled: true, units: pixels, x: 0, y: 0, width: 1280, height: 720}",
    "{enabled: false, x: 300, y: 300, width: 400, height: 400}",
])
def test_a_region_that_makes_sense_is_taken(text):
    parse_config(f"roi: {text}", "config.yaml")


def test_ignored_areas_have_corners_whatever_their_shape():
    roi = parse_config(
        "roi: {ignore: [{x: 0.5, y: 0, width: 0.7, height: 1}, {polygon: [[0, 0], [1, 0], [1, 1]]}]}",
        "config.yaml",
    ).roi
    assert [area.corners for area in roi.ignore] == [
        ((0.5, 0), (1.0, 0), (1.0, 1), (0.5, 1)), ((0, 0), (1, 0), (1, 1))
    ]
    assert isinstance(roi.ignore[0], IgnoredArea)


@pytest.mark.parametrize("text, value", [
    ("19:00", time(19)), ("'7:05'", time(7, 5)), ("null", None), ("", None)
])
def test_the_time_by_which_the_monitor_should_watch(text, value):
    config = parse_config(f"monitor:\n  expect_armed_after: {text}", "config.yaml")
    assert config.monitor.expect_armed_after == value


@pytest.mark.parametrize("text, value", [
    ("a@b.c", ("a@b.c",)), ("a@b.c, d@e.f", ("a@b.c", "d@e.f")),
    ("[a@b.c]", ("a@b.c",)), ("", ()), ("[]", ()),
])
def test_one_receiver_needs_no_list(text, value):
    config = parse_config(f"notify:\n  email:\n    to_addrs: {text}", "config.yaml")
    assert config.notify.email.to_addrs == value


@pytest.mark.parametrize("text, value", [("''", None), ("null", None), ("rtsp://cam/1", "rtsp://cam/1")])
def test_the_source_may_be_empty(text, value):
    assert parse_config(f"camera: {{source: {text}}}", "config.yaml").camera.source == value


SECRET = "https://hooks.slack.com/services/T000/B000/SECRETSECRET"


@pytest.mark.parametrize("path, variable", SECRET_KEYS.items())
@pytest.mark.parametrize("value", [SECRET, "SECRETSECRET", "{a: SECRETSECRET}", "12345"])
def test_a_secret_in_the_file_is_refused_and_never_repeated(path, variable, value):
    text = "notify:\n" + f"  {path[1]}:\n" + f"    {path[2]}: {value}\n"
    message = refusal(text)
    assert f"line 3, {'.'.join(path)}: secrets belong in the environment variable {variable}" in message
    assert "SECRETSECRET" not in message and "12345" not in message


@pytest.mark.parametrize("text", [
    f"notify: {{slack: {{webhok_url: '{SECRET}'}}}}",
    f"notify: {{slack: '{SECRET}'}}",
    f"camera: {{backend: '{SECRET}'}}",
    f"notify: {{slack: {{webhook_url: '{SECRET}, webhook_url: 5}}}}",
    "camera: {backend: 'rtsp://user:SECRETSECRET@camera/1'}",
    "camera: {backend: xoxb-1234-SECRETSECRET}",
])
def test_a_secret_behind_the_wrong_key_is_not_repeated_either(text):
    assert "SECRETSECRET" not in refusal(text)


@pytest.mark.parametrize("value", ['""', "null", "''", ""])
def test_an_empty_secret_key_of_an_old_file_is_tolerated(value):
    text = f"notify:\n  slack:\n    webhook_url: {value}\n  email:\n    smtp_password: {value}\n"
    assert parse_config(text, "config.yaml") == Config()


LINES = SHIPPED.splitlines()
WORDS = ["5", "-1", "1e999", ".nan", "''", '"', "[", "{", "}", "]", ":", "- ", "*a", "&a", "!!int x",
         "\t", "null", "~", "|", ">", "%", "@", "`", "? ", "<<:", "---", "...", "\x00", "\ud800", "\u2028",
         "9" * 5000, "true", "[" * 300, "{x: 1}", "[[0,0],[1]]", "ä", "19:00", "2026-99-99", "0x",
         "camera:", "roi:", "\\", "#"]


CHANGE = st.tuples(
    st.integers(0, len(LINES) - 1), st.floats(0, 1), st.sampled_from(WORDS) | st.text(max_size=4)
)


@given(st.lists(CHANGE, min_size=1, max_size=6))
def test_no_change_to_the_shipped_file_fails_without_words(changes):
    lines = list(LINES)
    for number, place, word in changes:
        at = int(place * len(lines[number]))
        lines[number] = lines[number][:at] + word + lines[number][at + len(word) // 2:]
    try:
        parse_config("\n".join(lines), "config.yaml")
    except UserError as error:
        assert re.match(r"config\.yaml has \d+ problems?\.", str(error))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(all_keys(Config))) | st.text(max_size=5), VALUES, max_size=4))
def test_no_value_behind_any_key_fails_without_words(values):
    tree: dict = {}
    for key, value in values.items():
        section = tree
        for part in key.split(".")[:-1]:
            section = section.setdefault(part, {})
            if not isinstance(section, dict):
                return
        section[key.split(".")[-1]] = value
    try:
        parse_config(yaml.safe_dump(tree, allow_unicode=True), "config.yaml")
    except UserError:
        pass


@given(st.text(st.sampled_from("ab:[]{}-#'\"\\ \n\t!&*?|>%@,0.e~<\r")))
def test_no_text_fails_without_words(text):
    try:
        parse_config(text, "config.yaml")
    except UserError:
        pass
