"""How a message leaves the house: an adapter named by ``settings.MESSAGE_GATEWAY`` (dotted path of a class).

An adapter is given the message's id and must send a message of the same id once, however often it is asked.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from anju.base.calendar.days import installation
from anju.base.calendar.models import Installation

DEFAULT = "anju.base.messages.gateway.FileGateway"


class NotSent(Exception):
    """The gateway did not take the message; it will be tried again."""


class Gateway(Protocol):
    """What an adapter offers."""

    def send(self, *, message_id: str, phone: str, text: str, template: str, at: datetime) -> None:
        """Send once per ``message_id``. Raises NotSent."""


def gateway() -> Gateway:
    """The configured adapter."""
    return import_string(getattr(settings, "MESSAGE_GATEWAY", DEFAULT))()


class FileGateway:
    """The demonstration's: one line of JSON per message and day under ``var/outbox``, readable by its owner only."""

    def send(self, *, message_id: str, phone: str, text: str, template: str, at: datetime) -> None:
        """Append the line unless the day's file has it. Raises NotSent in a real city, which needs a real gateway."""
        if installation().kind != Installation.DEMONSTRATION:
            raise NotSent("尚未配置短信网关（MESSAGE_GATEWAY），没有发送；请系统管理员配置")
        folder = Path(settings.VAR) / "outbox"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{at:%Y-%m-%d}.jsonl"
        line = json.dumps(
            {"id": message_id, "at": at.isoformat(), "to": phone, "template": template, "text": text},
            ensure_ascii=False,
        )
        if path.exists() and any(f'"{message_id}"' in old for old in path.read_text(encoding="utf-8").splitlines()):
            return
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(line + "\n")
