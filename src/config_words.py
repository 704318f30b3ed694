"""What is wrong with a settings file, in words."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

LONGEST_SHOWN = 60
RULE = "rule"


@dataclass(frozen=True)
class Problem:
    """line: line in the file, None when the key is not there. key: "camera.width". text: what is wrong."""

    line: int | None
    key: str
    text: str


def rule(text: str, *path: str) -> PydanticCustomError:
    """A rule of our own that is broken, to raise in a validator. path: the key below the section at hand."""
    return PydanticCustomError(RULE, "{text}", {"text": text, "path": path})


def problems_of(
    error: ValidationError, model: type[BaseModel], lines: Mapping[tuple, int]
) -> list[Problem]:
    """Every problem that pydantic found in a settings tree of the kind `model`.

    lines: the line of each key by its path, as `read_yaml` gives it.
    """
    return [_problem(detail, model, lines) for detail in error.errors(include_url=False)]


def line_of(path: tuple, lines: Mapping[tuple, int]) -> int | None:
    """The line of the key at `path`, or of the nearest section around it that is in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def dotted(path: Sequence) -> str:
    """("roi", "ignore", 0, "x") as "roi.ignore[0].x"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _problem(detail: dict, model: type[BaseModel], lines: Mapping[tuple, int]) -> Problem:
    path = tuple(detail["loc"])
    if detail["type"] == "extra_forbidden":
        text = _unknown(path, model)
    elif detail["type"] == RULE:
        path += detail["ctx"]["path"]
        text = detail["msg"]
    else:
        if detail["type"] == "missing":  # a pair with one number: name the pair
            path = path[:-1]
        text = f"found {_found(detail['input'])}, expected {_expected(path, model)}."
        text += _hint(detail["input"], detail["type"])
    return Problem(line_of(path, lines), dotted(path), text)


def _unknown(path: tuple, model: type[BaseModel]) -> str:
    known = sorted(_schema_of(path[:-1], model)["properties"])
    similar = difflib.get_close_matches(str(path[-1]).lower(), known, n=1)
    if similar:
        return f"unknown key. Did you mean {similar[0]}?"
    return f"unknown key. Known here: {', '.join(known)}."


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys of its own"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."


def _hint(value: object, kind: str) -> str:
    """How a number that was written as text can be mended."""
    if kind in ("int_type", "float_type") and isinstance(value, str):
        if re.fullmatch(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?", value, re.ASCII):
            return " Remove the quotes."
        if re.fullmatch(r"[-+]?\d+,\d+", value, re.ASCII):
            return " Write a point instead of the comma."
    return ""


def _expected(path: tuple, model: type[BaseModel]) -> str:
    schema = _schema_of(path, model)
    text = _allowed(schema)
    return f"{text} ({schema['description'].rstrip('.')})" if "description" in schema else text


def _schema_of(path: tuple, model: type[BaseModel]) -> dict:
    """The JSON schema of the key at `path`, as far down as it is described."""
    whole = _whole_schema(model)
    schema = whole
    for part in path:
        if isinstance(part, int):
            inner = schema.get("items") or dict(enumerate(schema.get("prefixItems", ()))).get(part)
        else:
            inner = schema.get("properties", {}).get(part)
        if inner is None:
            break
        schema = _resolved(inner, whole)
    return schema


@lru_cache
def _whole_schema(model: type[BaseModel]) -> dict:
    return model.model_json_schema()


def _resolved(schema: dict, whole: dict) -> dict:
    """`schema` with its reference followed, and without the "or nothing"."""
    if "anyOf" in schema:
        return {**schema, **schema["anyOf"][0], "optional": True}
    if "$ref" in schema:
        return whole["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _allowed(schema: dict) -> str:
    if "enum" in schema:
        text = "one of " + ", ".join(str(choice) for choice in schema["enum"])
    else:
        text = _KINDS[schema["type"]] + _range(schema)
    return text + " or null" if schema.get("optional") else text


_KINDS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a section with keys of its own",
}
_BOUNDS = (
    ("minimum", "at least"), ("exclusiveMinimum", "above"),
    ("maximum", "at most"), ("exclusiveMaximum", "below"),
)


def _range(schema: dict) -> str:
    bounds = [f"{words} {schema[name]:g}" for name, words in _BOUNDS if name in schema]
    return " " + " and ".join(bounds) if bounds else ""
