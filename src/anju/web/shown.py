"""What the components show, worked out in Python, so that templates compute nothing: verdicts, clocks, gates, steps, history."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.urls import NoReverseMatch, reverse

from anju.base.acts import REGISTRY
from anju.base.acts.context import SHANGHAI
from anju.base.acts.models import Act, ActItem
from anju.base.calendar.days import working_days_between
from anju.base.calendar.models import WorkingDay
from anju.base.log.models import Leaf
from anju.base.papers.models import Paper
from anju.policy.verdict import TITLES, Outcome, Verdict
from anju.web import versions

TONES = {Outcome.PASS: "ok", Outcome.FAIL: "bad", Outcome.WAIVABLE: "waive", Outcome.UNKNOWN: "unk"}
# Those that block stand first.
VERDICT_ORDER = {"bad": 0, "unk": 1, "waive": 2, "ok": 3}
HISTORY_ROWS = 30
NEAR_DAYS = 2


@dataclass(frozen=True)
class ShownVerdict:
    """One line of a verdict list; ``actions`` are (title, address)."""

    tone: str
    title: str
    sentence: str
    clause: str
    measured: str
    limit: str
    evidence: str
    rule: str
    actions: Sequence[tuple[str, str]] = ()


def verdict_rows(
    found: Iterable[Verdict | Mapping[str, Any]], actions: Mapping[str, Sequence[tuple[str, str]]] | None = None
) -> list[ShownVerdict]:
    """Verdicts (or what ``as_dict`` made of them), those that block first; ``actions`` by rule, for what a person may do."""
    rows = []
    for item in found:
        v = item if isinstance(item, Verdict) else Verdict.from_dict(item)
        rows.append(
            ShownVerdict(
                TONES[v.outcome], TITLES[v.outcome], v.sentence, v.clause, v.measured, v.limit, versions.said(v.evidence), v.rule,
                tuple((actions or {}).get(v.rule, ())),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda r: VERDICT_ORDER[r.tone])


@dataclass(frozen=True)
class Clock:
    """A working-day clock; ``width`` is how much of the time has gone, in hundredths, None without a limit."""

    text: str
    tone: str
    shape: str
    width: int | None
    note: str = ""


class WorkingDays:
    """The working days around ``today`` that many clocks need: one query for all of them."""

    def __init__(self, today: date, days: Iterable[date | None]) -> None:
        wanted = [d for d in days if d] or [today]
        self.today = today
        lo, hi = min([today, *wanted]), max([today, *wanted])
        rows = WorkingDay.objects.filter(day__gt=lo, day__lte=hi, working=True).order_by("day")
        self._days = list(rows.values_list("day", flat=True))

    def left(self, due: date) -> int:
        """Working days from today to ``due``; negative when it is past."""
        return bisect_right(self._days, due) - bisect_right(self._days, self.today)


def clocks_of(things: Sequence[Any], today: date) -> list[Clock]:
    """The clocks of many tickets (or whatever has ``due_on``), in one query."""
    days = WorkingDays(today, [t.due_on for t in things])
    return [_clock_of_thing(t, days) for t in things]


def _clock_of_thing(thing: Any, days: WorkingDays) -> Clock:
    done, stopped_on = getattr(thing, "done_on", None), getattr(thing, "stopped_on", None)
    limit = getattr(thing, "limit_days", None)
    if done or stopped_on or thing.due_on is None:
        stopped = (getattr(thing, "stop_reason", "") or "停表") if stopped_on else ""
        return clock(thing.due_on, today=days.today, limit_days=limit, stopped=stopped, done=bool(done))
    return clock_of(days.left(thing.due_on), limit)


def clock(
    due_on: date | None, *, today: date, limit_days: int | None = None, stopped: str = "", done: bool = False
) -> Clock:
    """What a clock says on ``today``: working days left or over, amber when ``NEAR_DAYS`` or fewer are left."""
    if done:
        return Clock("已办结", "ok", "ok", None)
    if stopped:
        return Clock("停表", "unk", "dash", None, stopped)
    if due_on is None:
        return Clock("未定时限", "unk", "unk", None, "" if limit_days else "时限参数未设定")
    left = working_days_between(today, due_on)
    return clock_of(left, limit_days)


def clock_of(left: int, limit_days: int | None) -> Clock:
    """The clock with ``left`` working days to go (negative when over)."""
    if left < 0:
        return Clock(f"超 {-left} 个工作日", "bad", "over", 100)
    gone = max(0, min(100, 100 * (limit_days - left) // limit_days)) if limit_days else 50
    if left <= NEAR_DAYS:
        return Clock(f"剩 {left} 个工作日" if left else "今天到期", "near", "near", max(gone, 80))
    return Clock(f"剩 {left} 个工作日", "ok", "on", gone)


@dataclass(frozen=True)
class Gate:
    """The gauge of the 95 % gate; counts are homes."""

    taken: int
    held: int
    offered: int
    needed: int
    percent: str
    heading: str
    detail: str
    label: str
    line: str
    line_width: str
    stripes: Sequence[tuple[str, str]] = ()

    @property
    def free(self) -> int:
        """Homes that nobody chose."""
        return self.offered - self.taken - self.held


def gate(*, taken: int, held: int, offered: int, needed: int, percent: str = "95%") -> Gate:
    """The gauge: ``taken`` with the earnest money in, ``held`` chosen and awaiting it, the line at the integer threshold."""
    short = needed - taken
    heading = f"还差 {short} 套" if short > 0 else "已达标"
    share = f"{taken * 10_000 // offered / 100:.2f}%"
    detail = f"已锁定 {taken} / {offered} 套，{share}；门槛 {needed} 套"
    label = (
        f"{offered} 套中 {taken} 套已锁定，{held} 套待缴定金，{offered - taken - held} 套无人选；门槛 {needed} 套，"
        + (f"还差 {short} 套" if short > 0 else "已达标")
    )
    width = offered / 400
    return Gate(
        taken, held, offered, needed, percent, heading, detail, label, f"{min(needed, offered) - width:.2f}", f"{width:.2f}",
        _stripes(taken, held, offered),
    )  # fmt: skip


def _stripes(taken: int, held: int, offered: int) -> list[tuple[str, str]]:
    """The striped part: about one stripe in eighty of the whole, however many homes there are."""
    if not held:
        return []
    count = max(1, min(held, 80 * held // offered))
    step = held / count
    return [(f"{taken + i * step + step * 0.12:.2f}", f"{step * 0.76:.2f}") for i in range(count)]


@dataclass(frozen=True)
class Step:
    """One stage of a stepper: ``done``, ``now`` or ````."""

    title: str
    date: str = ""
    state: str = ""


def steps_of(titles: Sequence[str], current: int, dates: Mapping[int, date | str] | None = None) -> list[Step]:
    """Stages with the one that runs (its index; past the end, all are done) and dates under those that have one."""
    dates = dates or {}
    return [
        Step(title, _short(dates.get(i, "")), "done" if i < current else "now" if i == current else "")
        for i, title in enumerate(titles)
    ]


def _short(value: date | str) -> str:
    return value.strftime("%m-%d") if isinstance(value, date) else value


@dataclass(frozen=True)
class Entry:
    """One line of an object's history."""

    title: str
    clause: str
    when: str
    who: str
    digest: str
    seq: int | None
    happened: date | None
    facts: str = ""


@dataclass(frozen=True)
class History:
    """An object's acts, newest first."""

    rows: list[Entry] = field(default_factory=list)
    more: bool = False


def history(obj: models.Model, *, limit: int = HISTORY_ROWS) -> History:
    """The acts on an object, alone or as an item of a bulk act. Four queries, whatever the length. Staff only."""
    bulk = ActItem.objects.filter(object_id=obj.pk).values("act")
    acts = Act.objects.filter(models.Q(object_id=obj.pk) | models.Q(id__in=bulk)).order_by("-id")[: limit + 1]
    return entries(list(acts), limit)


def entries(acts: Sequence[Act], limit: int) -> History:
    """Acts as lines, with the actors' names and the numbers of their leaves."""
    shown = acts[:limit]
    names = names_of(row.account for row in shown)
    leaves = dict(Leaf.objects.filter(act__in=[row.id for row in shown]).values_list("act", "seq")) if shown else {}
    return History([_entry(row, names, leaves) for row in shown], len(acts) > limit)


def _entry(row: Act, names: Mapping[UUID | None, str], leaves: Mapping[UUID, int]) -> Entry:
    known = REGISTRY.get(row.name)
    at = row.recorded_at.astimezone(SHANGHAI)
    return Entry(
        title=known.title if known else row.name, clause=row.clause, when=f"{at:%Y-%m-%d %H:%M}",
        who=names.get(row.account, "系统") if row.account else "系统", digest=bytes(row.leaf).hex()[:10] if row.leaf else "",
        seq=leaves.get(row.id), happened=row.happened_on if row.happened_on != at.date() else None,
    )  # fmt: skip


def names_of(accounts: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Names of accounts, in one query."""
    wanted = {a for a in accounts if a}
    return dict(get_user_model()._default_manager.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


@dataclass(frozen=True)
class PaperRow:
    """A paper and where its files are."""

    paper: Paper
    files: list[tuple[str, str]]
    url: str = ""


def papers(obj: models.Model) -> list[PaperRow]:
    """The papers of an object, newest first."""
    rows = Paper.objects.filter(object_id=obj.pk).order_by("-issued_at", "id")
    return [PaperRow(row, _files(row), _page("front:paper", row.pk)) for row in rows]


def _files(row: Paper) -> list[tuple[str, str]]:
    found = []
    for title, key in (("Word", row.docx_id), ("PDF", row.pdf_id), ("签署扫描件", row.scan_id)):
        url = file_url(key) if key else ""
        if url:
            found.append((title, url))
    return found


def file_url(evidence_id: UUID) -> str:
    """Where a kept file is opened; empty while the front door has no such page."""
    return _page("front:file", evidence_id)


def _page(name: str, key: UUID) -> str:
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""


def words(value: Any) -> str:
    """A value of a log entry or a JSON column as words."""
    if value is None:
        return "未知"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
