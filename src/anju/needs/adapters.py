"""How a department is asked by a machine: adapters by item, named in ``settings.VERIFICATION_ADAPTERS``; none is built in for a real one.

``VERIFICATION_ADAPTERS = {"property": {"class": "anju.needs.adapters.HttpJson", "url": "https://…", "timeout": 10}}``
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib import error, request

from django.conf import settings
from django.utils.module_loading import import_string

from anju.needs.models import RESULTS

ANSWER_MAX = 4 * 1024 * 1024
RESULT_CODES = frozenset(code for code, _ in RESULTS)


class NoAnswer(Exception):
    """The department did not answer, or not in a form that can be read; the sentence is for the clerk. It is asked again."""


@dataclass(frozen=True)
class Question:
    """One question: ``key`` comes back with the answer; ``said`` is what the household says, in words."""

    key: str
    item: str
    name: str
    document: str
    said: str


@dataclass(frozen=True)
class Answer:
    """One answer: ``result`` same, differs or missing; ``value`` what the department's records say, in words."""

    key: str
    result: str
    value: str = ""


class Adapter(Protocol):
    """What an adapter offers. Asking the same key twice must answer the same."""

    def ask(self, questions: Sequence[Question]) -> Sequence[Answer]:
        """Answer the questions. Raises NoAnswer."""


def adapter(item: str) -> Adapter | None:
    """The configured adapter of an item; None where the department has no interface."""
    given: Mapping[str, Any] | None = getattr(settings, "VERIFICATION_ADAPTERS", {}).get(item)
    if given is None:
        return None
    options = {key: value for key, value in given.items() if key != "class"}
    found: Adapter = import_string(given["class"])(**options)
    return found


def answers_of(body: bytes, asked: Sequence[Question]) -> list[Answer]:
    """Answers from JSON: a list of {key, result, value}. Raises NoAnswer for another form, a key not asked, or one that is missing."""
    try:
        rows = json.loads(body)
        found = {row["key"]: Answer(str(row["key"]), str(row["result"]), str(row.get("value") or "")) for row in rows}
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise NoAnswer("部门接口的回复读不懂，没有采用") from fault
    wanted = {question.key for question in asked}
    if set(found) != wanted or not {answer.result for answer in found.values()} <= RESULT_CODES:
        raise NoAnswer("部门接口的回复与所问的不是同一批，或结果不在一致、不一致、缺失之内，没有采用")
    return list(found.values())


class HttpJson:
    """Questions as JSON by POST; ``timeout`` in seconds. The address is the administrator's, never a user's."""

    def __init__(self, url: str, timeout: int = 10, token: str = "") -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("VERIFICATION_ADAPTERS: url must be http or https")
        self.url, self.timeout, self.token = url, timeout, token

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """One request for all. Raises NoAnswer."""
        body = json.dumps([asdict(question) for question in questions], ensure_ascii=False).encode()
        head = {"Content-Type": "application/json; charset=utf-8"}
        if self.token:
            head["Authorization"] = f"Bearer {self.token}"
        try:
            with request.urlopen(request.Request(self.url, body, head), timeout=self.timeout) as answer:
                return answers_of(answer.read(ANSWER_MAX), questions)
        except (error.URLError, TimeoutError, OSError) as fault:
            raise NoAnswer(f"部门接口 {self.timeout} 秒内没有接通或没有回复") from fault


class FileDrop:
    """Questions laid as a file in a folder, the answers fetched from another: for a department behind a gap."""

    def __init__(self, out: str, back: str) -> None:
        self.out, self.back = Path(out), Path(back)

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Lay the questions once; answer where the answers have come. Raises NoAnswer while they have not."""
        name = f"{questions[0].key}.json"
        self.out.mkdir(parents=True, exist_ok=True, mode=0o700)
        laid = self.out / name
        if not laid.exists():
            laid.write_text(json.dumps([asdict(q) for q in questions], ensure_ascii=False), encoding="utf-8")
        came = self.back / name
        if not came.exists():
            raise NoAnswer("部门还没有放回答复文件")
        return answers_of(came.read_bytes()[:ANSWER_MAX], questions)
