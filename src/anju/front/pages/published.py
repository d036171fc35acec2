"""What a publication's body holds and how it is shown, whatever room wrote it. All keys are optional.

``paragraphs`` [text]; ``facts`` [[label, value]]; ``tables`` [{title, header, rows}]; ``homes`` [{label, …}]; ``transcript`` (of a draw:
the text as hashed, or its JSON) with ``transcript_sha256``; ``apply_until`` (ISO day or instant); the keys of ``bodies.FACTS``.
A home: ``label``, and any of ``title building stairwell floor room rooms gross_cm2 tenure amount_fen earnest_fen orientation state``, or
words of its own as label: value.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from anju.base import numbers
from anju.base.acts.context import SHANGHAI
from anju.base.notices.acts import PUBLISHED
from anju.base.publication.models import Publication
from anju.front.pages import bodies
from anju.web import shown

KINDS: dict[str, str] = {
    "announcement": "房源公告", "draw_list": "名单封存", "draw_plan": "摇号安排", "draw": "摇号结果", "gate": "锁定结果",
    "qualified": "资格公示",
    "notice": "通知公示", "paper": "公文", "survey": "需求问卷",
}  # fmt: skip
# Found by their code or shown on a page of their own; not in the list of news.
NOT_NEWS = ("paper", "checkpoint", "survey", *PUBLISHED.values())
NEAR_DAYS = 5
TENURES = {"sale": "配售", "rent": "配租"}


@dataclass(frozen=True)
class Home:
    """One home of an announcement."""

    label: str
    title: str
    tenure: str
    area: str
    rooms: str
    amount: str
    earnest: str
    state: str
    facts: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """A publication as its page shows it."""

    row: Publication
    kind: str
    region: str
    paragraphs: list[str]
    facts: list[tuple[str, str]]
    tables: list[dict[str, Any]]
    homes: list[Home]
    until: datetime | None
    tone: str
    word: str
    number: str
    by: str
    gate: shown.Gate | None = None

    @property
    def mark(self) -> str:
        """The shape of its chip: ● while it runs, never ✓, which means passed."""
        return {"ok": "on", "unk": "dash"}.get(self.tone, "")

    @property
    def url(self) -> str:
        """Its page."""
        return f"/portal/{'draws' if self.row.kind == 'draw' else 'news/' + self.row.kind}/{self.row.region}/{self.row.slug}/"


def shown_of(row: Publication, *, now: datetime, region: str) -> Shown:
    """The publication, ready to show at ``now``."""
    body: Mapping[str, Any] = row.body
    until = _instant(body.get("apply_until") or row.until)
    tone, word = _state(row, until, now)
    return Shown(
        row, KINDS.get(row.kind, "公示"), region, bodies.paragraphs_of(row.kind, body), bodies.facts_of(body), bodies.tables_of(body),
        homes_of(body), until, tone, word, str(body.get("paper") or body.get("number", "")),
        str(body.get("acquirer") or body.get("by", "")),
        _gate(body) if row.kind == "gate" else None,
    )  # fmt: skip


def _instant(value: Any) -> datetime | None:
    """The end of a day, or the instant itself, in Asia/Shanghai."""
    if not value:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59))
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def _state(row: Publication, until: datetime | None, now: datetime) -> tuple[str, str]:
    ends = "申请" if row.kind == "announcement" else "公示"
    if until is None:
        return "info", KINDS.get(row.kind, "公示")
    if until < now:
        return "unk", f"{ends}已截止"
    if (until - now).days < NEAR_DAYS:
        return "near", "快要截止"
    return ("ok", "受理中") if row.kind == "announcement" else ("info", "公示中")


def homes_of(body: Mapping[str, Any]) -> list[Home]:
    """The homes of an announcement; where ``homes`` is a count, there are none to list."""
    found = body.get("homes")
    return [_home(h) for h in found] if isinstance(found, list) else []


def _gate(body: Mapping[str, Any]) -> shown.Gate | None:
    if not all(isinstance(body.get(key), int) for key in ("taken", "offered", "needed")) or not body["offered"]:
        return None
    percent = f"{body['ratio']}%" if body.get("ratio") else "95%"
    return shown.gate(taken=body["taken"], held=0, offered=body["offered"], needed=body["needed"], percent=percent)


def _home(home: Any) -> Home:
    if not isinstance(home, Mapping):
        return Home(str(home), str(home), "", "", "", "", "", "")
    tenure = TENURES.get(str(home.get("tenure", "")), str(home.get("tenure", "")))
    amount = home.get("amount_fen")
    gross, earnest = home.get("gross_cm2"), home.get("earnest_fen")
    rooms = home.get("rooms")
    known = {"label", "title", "tenure", "amount_fen", "gross_cm2", "earnest_fen", "rooms", "state", "unit", "unit_id"}
    return Home(
        label=str(home.get("label") or home.get("title") or ""), title=str(home.get("title") or _place(home)), tenure=tenure,
        area=numbers.m2(gross) if isinstance(gross, int) else "", rooms=f"{rooms} 室" if isinstance(rooms, int) else str(rooms or ""),
        amount=(numbers.yuan(amount) + ("/月" if tenure == "配租" else "")) if isinstance(amount, int) else "",
        earnest=numbers.yuan(earnest) if isinstance(earnest, int) else "", state=str(home.get("state") or ""),
        facts=[(PLACE.get(str(k), str(k)), _words(k, v)) for k, v in home.items() if k not in known and v not in (None, "")],
    )  # fmt: skip


PLACE = {
    "building": "楼栋", "stairwell": "单元", "floor": "楼层", "floors": "总层数", "room": "房号", "orientation": "朝向",
    "programme": "类别",
    "inner_cm2": "套内面积", "reserved": "优先选房组",
}  # fmt: skip
PROGRAMMES = {"sale": "配售型保障性住房", "affordable_rental": "保障性租赁住房", "public_rental": "公租房"}


def _words(key: str, value: Any) -> str:
    if key == "programme":
        return PROGRAMMES.get(value, str(value))
    return numbers.m2(value) if key == "inner_cm2" and isinstance(value, int) else shown.words(value)


def _place(home: Mapping[str, Any]) -> str:
    """Where a home is, as far as it was published: 3 号楼 1 单元 904 室; its label where no more is known."""
    parts = [
        f"{home['building']} 号楼" if home.get("building") else "",
        f"{home['stairwell']} 单元" if home.get("stairwell") else "",
    ]
    parts.append(f"{home['room']} 室" if home.get("room") else str(home.get("label", "")))
    return " ".join(p for p in parts if p)


def transcript_text(row: Publication) -> str:
    """The transcript exactly as it was hashed: sorted keys, no spaces, one LF at the end (docs/draw-transcript.md)."""
    found = row.body.get("transcript") or ""
    if isinstance(found, str):
        return found
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
