"""YAML as people write it by hand: values together with the lines they stand on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

INTEGER = re.compile(r"[-+]?[0-9][0-9_]*")
# Unlike YAML 1.1, 1e-3 is a number here, and 19:00 and 2026-11-23 are plain text.
DECIMAL = re.compile(
    r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
TRUE, FALSE = ("yes", "true", "on"), ("no", "false", "off")
QUOTES = ("'", '"')
NULL = ("", "~", "null", "Null", "NULL")
TAG = "tag:yaml.org,2002:"


class YamlError(Exception):
    """The text is no YAML that can be used. Its text says why in plain words.

    line: counted from 1.
    """

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.line = line


@dataclass
class YamlText:
    """value: dicts, lists, texts, numbers, True, False, None.

    lines: line number, counted from 1, of each key or list entry, by its path: ("camera", "width").
    repeated: paths of keys that stand there more than once, with the line of the later one.
    """

    value: object = None
    lines: dict[tuple, int] = field(default_factory=dict)
    repeated: list[tuple[tuple, int]] = field(default_factory=list)


def read_yaml(text: str) -> YamlText:
    """The content of `text`; None when it is empty. Raises YamlError when it cannot be understood."""
    read = YamlText()
    try:
        node = _Loader(text).get_single_node()
        if node is not None:
            read.value = _value(node, (), read)
    except yaml.MarkedYAMLError as error:
        opened = _line_of_an_open_quotation_mark(text, error)
        if opened is not None:
            raise YamlError(NEVER_CLOSED, opened) from error
        raise YamlError(_in_words(error), _line(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError("a character that is no text is found here. Delete it.", line) from error
    except RecursionError as error:
        raise YamlError("too many brackets or levels inside each other.", 1) from error
    return read


class _Loader(yaml.SafeLoader):
    # Only plain words are told apart here; _plain turns them into values.
    yaml_implicit_resolvers: dict = {}

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=mark)
        return super().compose_node(parent, index)


def _value(node: yaml.Node, path: tuple, read: YamlText) -> object:
    if node.tag not in (TAG + "str", TAG + "seq", TAG + "map"):
        raise yaml.MarkedYAMLError(problem="tag", problem_mark=node.start_mark)
    if isinstance(node, yaml.ScalarNode):
        return _plain(node.value) if node.style is None else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_entry(item, (*path, index), item, read) for index, item in enumerate(node.value)]
    mapping: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="key", problem_mark=key_node.start_mark)
        key = key_node.value
        if key in mapping:
            read.repeated.append(((*path, key), key_node.start_mark.line + 1))
        mapping[key] = _entry(value_node, (*path, key), key_node, read)
    return mapping


def _entry(node: yaml.Node, path: tuple, place: yaml.Node, read: YamlText) -> object:
    read.lines[path] = place.start_mark.line + 1
    return _value(node, path, read)


def _plain(word: str) -> object:
    """What a word without quotes means."""
    if word in NULL:
        return None
    if word.lower() in TRUE:
        return True
    if word.lower() in FALSE:
        return False
    try:
        if INTEGER.fullmatch(word):
            return int(word.replace("_", ""))
        if DECIMAL.fullmatch(word):
            return float(re.sub(r"^([-+]?)\.(?=[iInN])", r"\1", word.replace("_", "")))
    except ValueError:
        pass  # thousands of digits: no number that anybody means
    return word


def _line_of_an_open_quotation_mark(text: str, error: yaml.MarkedYAMLError) -> int | None:
    """Where the text in quotes begins that the line with the error closed by mistake, None when there is none."""
    lines = {mark.line for mark in (error.problem_mark, error.context_mark) if mark is not None}
    try:
        for token in yaml.scan(text):
            if isinstance(token, yaml.ScalarToken) and token.style in QUOTES:
                if token.start_mark.line < token.end_mark.line and token.end_mark.line in lines:
                    return token.start_mark.line + 1
    except yaml.MarkedYAMLError:
        pass  # what is wrong is known already
    return None


def _line(error: yaml.MarkedYAMLError) -> int:
    # For an open quotation mark or bracket the place where it was opened helps more than the end of the file.
    opened = error.context_mark if error.problem and "end of stream" in error.problem else None
    mark = opened or error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


NEVER_CLOSED = "a quotation mark or bracket that opens here is never closed."
_SENTENCES = (
    ("alias", "an asterisk (*) at the start has a special meaning in YAML. Put the text in quotes."),
    ("tag", "an exclamation mark (!) at the start has a special meaning in YAML. Put the text in quotes."),
    ("'\\t'", "a tab is used. Indent with spaces only."),
    ("escape", "in double quotes a backslash (\\) has a special meaning. Use single quotes ('C:\\folder') "
               "or forward slashes (C:/folder)."),
    ("end of stream", NEVER_CLOSED),
    ("mapping values are not allowed", "a colon is not expected here. Check the quotes, and the "
                                       "indentation of this line and the one above."),
    ("single document", "the file holds more than one document. Delete the line with --- ."),
)


def _in_words(error: yaml.MarkedYAMLError) -> str:
    reason = f"{error.context} {error.problem}"
    for sign, sentence in _SENTENCES:
        if sign in reason:
            return sentence
    return (
        'this line, or the one above it, is not written as "key: value". Check colon, quotes and indentation.'
    )
