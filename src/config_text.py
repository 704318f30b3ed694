"""From the text of a settings file to checked settings, or to a list of everything that is wrong with it."""

from __future__ import annotations

from typing import Mapping, TypeVar

from pydantic import BaseModel, ValidationError

from src.config_words import Problem, dotted, problems_of
from src.errors import ConfigError
from src.redact import redact
from src.yaml_text import YamlError, YamlText, read_yaml

Settings = TypeVar("Settings", bound=BaseModel)


def parse(text: str, name: str, model: type[Settings], secret_keys: Mapping[tuple, str]) -> Settings:
    """The settings of the kind `model` that `text`, YAML, holds.

    name: what the file is called, for the error text.
    secret_keys: paths of keys that must stay empty, and the environment variable that is used instead.
    Raises ConfigError that lists all problems at once.
    """
    try:
        yaml = read_yaml(text)
    except YamlError as error:
        raise _refusal(name, [Problem(error.line, "", str(error))]) from error
    problems = [
        Problem(line, dotted(path), "stands here a second time. Delete one of the two.")
        for path, line in yaml.repeated
    ]
    problems += _take_out_secrets(yaml, secret_keys)
    settings = None
    try:
        settings = model.model_validate(yaml.value)
    except ValidationError as error:
        problems += problems_of(error, model, yaml.lines)
    if settings is None or problems:
        raise _refusal(name, problems)
    return settings


def _take_out_secrets(yaml: YamlText, secret_keys: Mapping[tuple, str]) -> list[Problem]:
    """Remove the keys that once held secrets; one that is filled in is a problem, and is not quoted."""
    problems = []
    for path, variable in secret_keys.items():
        section = yaml.value
        for part in path[:-1]:
            section = section.get(part) if isinstance(section, dict) else None
        if isinstance(section, dict) and section.pop(path[-1], None) not in (None, ""):
            problems.append(Problem(
                yaml.lines[path], dotted(path),
                f"secrets belong in the environment variable {variable}, not in this file. "
                'Set it there, and write "" here.'
            ))
    return problems


def _refusal(name: str, problems: list[Problem]) -> ConfigError:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = [f"{name} has {count}. Nothing was started."]
    for problem in sorted(problems, key=lambda problem: problem.line or 0):
        place = ", ".join(filter(None, (problem.line and f"line {problem.line}", problem.key)))
        lines.append(f"  {place}: {problem.text}" if place else f"  {problem.text}")
    lines.append("Correct this in a text editor, save, and start again.")
    # A secret may stand behind the wrong key by mistake.
    return ConfigError(redact("\n".join(lines), {}))
