"""What a publication's body holds and how it is shown, whatever room wrote it. All keys are optional.

``paragraphs`` [text]; ``facts`` [[label, value]]; ``tables`` [{title, header, rows}]; ``homes`` [{label, …}]; ``transcript`` (of a draw: the
text as hashed, or its JSON) with ``transcript_sha256``; ``number`` (文号); ``by`` (who publishes); ``apply_until`` (ISO day or instant).
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
from anju.base.publication.models import Publication
from anju.web import shown

KINDS: dict[str, str] = {
    "announcement": "房源公告", "qualified": "资格公示", "draw": "摇号结果", "gate": "锁定结果", "choice": "选房结果", "call": "征集公告",
    "notice": "通知公示", "waiting_list": "轮候公示", "assessment": "考核公示", "paper": "公文",
}  # fmt: skip
# Found by their code or shown on a page of their own; not in the list of news.
NOT_NEWS = ("paper", "checkpoint")
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
        row, KINDS.get(row.kind, "公示"), region, [str(p) for p in body.get("paragraphs", [])],
        [(str(label), shown.words(value)) for label, value in body.get("facts", [])], [_table(t) for t in body.get("tables", [])],
        [_home(h) for h in body.get("homes", [])], until, tone, word, str(body.get("number", "")), str(body.get("by", "")),
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


def _table(table: Mapping[str, Any]) -> dict[str, Any]:
    rows = [[shown.words(cell) if cell is not None else "—" for cell in row] for row in table.get("rows", [])]
    return {"title": table.get("title", ""), "header": [str(h) for h in table.get("header", [])], "rows": rows}


def _home(home: Any) -> Home:
    if not isinstance(home, Mapping):
        return Home(str(home), str(home), "", "", "", "", "", "")
    tenure = TENURES.get(str(home.get("tenure", "")), str(home.get("tenure", "")))
    amount = home.get("amount_fen")
    gross, earnest = home.get("gross_cm2"), home.get("earnest_fen")
    rooms = home.get("rooms")
    known = {"label", "title", "tenure", "amount_fen", "gross_cm2", "earnest_fen", "rooms", "state", "unit"}
    return Home(
        label=str(home.get("label") or home.get("title") or ""), title=str(home.get("title") or _place(home)), tenure=tenure,
        area=numbers.m2(gross) if isinstance(gross, int) else "", rooms=f"{rooms} 室" if isinstance(rooms, int) else str(rooms or ""),
        amount=(numbers.yuan(amount) + ("/月" if tenure == "配租" else "")) if isinstance(amount, int) else "",
        earnest=numbers.yuan(earnest) if isinstance(earnest, int) else "", state=str(home.get("state", "")),
        facts=[(PLACE.get(k, k), shown.words(v)) for k, v in home.items() if k not in known],
    )  # fmt: skip


PLACE = {
    "building": "楼栋",
    "stairwell": "单元",
    "floor": "楼层",
    "room": "房号",
    "orientation": "朝向",
    "inner_cm2": "套内面积",
}


def _place(home: Mapping[str, Any]) -> str:
    parts = [
        f"{home['building']} 号楼" if home.get("building") else "",
        f"{home['stairwell']} 单元" if home.get("stairwell") else "",
    ]
    return " ".join(p for p in [*parts, f"{home['room']} 室" if home.get("room") else ""] if p) or str(
        home.get("label", "")
    )


def transcript_text(row: Publication) -> str:
    """The transcript exactly as it was hashed: sorted keys, no spaces, one LF at the end (docs/draw-transcript.md)."""
    found = row.body.get("transcript") or ""
    if isinstance(found, str):
        return found
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
