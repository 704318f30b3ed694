"""Texts without secrets, for everything that is kept or shown."""

from __future__ import annotations

import re
from typing import Mapping

SECRET_NAMES = ("SLACK_WEBHOOK_URL", "SLACK_BOT_TOKEN", "SMTP_PASSWORD", "ALERT_URLS", "HEARTBEAT_URL")
HIDDEN = "***"
# user:password@ in any address; a Slack webhook's path and a Slack token are secrets by themselves.
_PATTERNS = (
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    re.compile(r"(?<=/services/)[^\s'\")]+"),
    re.compile(r"xox[a-z]-[\w-]+"),
)


def redact(text: str, environment: Mapping[str, str]) -> str:
    """`text` with every secret replaced by ***.

    environment: where the secrets are (os.environ); their values are looked for word by word, since an
    exception may quote only the path of an address.
    """
    for secret in _secret_parts(environment):
        text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


def _secret_parts(environment: Mapping[str, str]) -> list[str]:
    """The values that must not be seen, longest first; of an address also what follows the host."""
    parts: set[str] = set()
    for name in SECRET_NAMES:
        value = environment.get(name, "").strip()
        for word in {value, *value.replace(",", " ").split()}:
            parts.add(word)
            _, _, rest = word.partition("://")
            _, _, path = rest.partition("/")
            if len(path) >= 6:
                parts.add(path)
    return sorted(parts - {""}, key=len, reverse=True)
