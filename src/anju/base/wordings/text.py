"""Putting values into a wording: names in braces out of a whitelist, and nothing else; no value is ever read as a wording."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anju.base.regions import city_of
from anju.base.wordings.kinds import KINDS, MESSAGE, WordingKind
from anju.base.wordings.models import Wording

TEXT_MAX = {MESSAGE: 300}
PAPER_MAX = 2_000
_NAME = re.compile(r"\{([^{}]*)\}")
_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]?")
# A message ends by saying what to do now, or that nothing need be done.
NEXT_STEP = ("请", "不用", "无需")


@dataclass(frozen=True)
class Said:
    """A text as it goes out, and the version it is of (None: the built-in one)."""

    text: str
    version: UUID | None


def faults(kind: WordingKind, text: str) -> list[str]:
    """What is wrong with a wording, in sentences that name the place; empty where it may be used."""
    found = []
    most = TEXT_MAX.get(kind.kind, PAPER_MAX)
    if not text.strip():
        return ["内容是空的；请填写"]
    if len(text) > most:
        found.append(f"内容有 {len(text)} 个字，超过上限 {most} 个字；请删减")
    known = "、".join(f"{{{name}}}" for name in kind.placeholders) or "没有"
    for match in _NAME.finditer(text):
        if match.group(1) not in kind.placeholders:
            found.append(f"第 {match.start() + 1} 个字处的「{match.group(0)}」不是可用的占位；可用的有：{known}")
    stray = re.search(r"[{}]", _NAME.sub(lambda m: "　" * len(m.group(0)), text))
    if stray:
        found.append(
            f"第 {stray.start() + 1} 个字处的「{stray.group(0)}」没有配对；占位应写成{{名称}}，可用的有：{known}"
        )
    if kind.kind == MESSAGE and not ends_with_next_step(text):
        found.append("最后一句没有说下一步；请在末尾写明请对方做什么，或现在不用做什么")
    return found


def ends_with_next_step(text: str) -> bool:
    """Whether the last sentence says what to do."""
    sentences = [one.strip() for one in _SENTENCE.findall(text) if one.strip()]
    return bool(sentences) and any(word in sentences[-1] for word in NEXT_STEP)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values, each put in once: braces within a value stay what they are. Raises KeyError for a missing one."""
    return _NAME.sub(lambda match: str(values[match.group(1)]), text)


def in_force(code: str, region: str, on: date) -> Wording | None:
    """The version of a day: the region's own, else its city's; of several the latest."""
    rows = Wording.objects.filter(
        code=code, state=Wording.RELEASED, valid_from__lte=on, owner_region__in={region, city_of(region)}
    ).order_by("-valid_from")
    found = list(rows)
    return next((row for row in found if row.owner_region == region), found[0] if found else None)


def say(code: str, *, region: str, on: date, values: Mapping[str, str]) -> Said:
    """The text of a day with its values. Raises KeyError for an unregistered text or a missing value: faults of the program."""
    return wording_of(code, region=region, on=on)(values)


class wording_of:
    """The wording of a day, read once, to be filled many times."""

    def __init__(self, code: str, *, region: str, on: date) -> None:
        self.kind = KINDS[code]
        self.row = in_force(code, region, on)

    def __call__(self, values: Mapping[str, str]) -> Said:
        missing = set(self.kind.placeholders) - set(values)
        if missing:
            raise KeyError(f"wording {self.kind.code}: no value for {'、'.join(sorted(missing))}")
        if self.row is None:
            return Said(fill(self.kind.default, values), None)
        return Said(fill(self.row.text, values), self.row.id)
