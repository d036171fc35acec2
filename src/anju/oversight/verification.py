"""Verification of log, books and draws: reads only, run by the auditor's button, ``./anju verify`` and the demonstration."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from anju.base.log.models import Checkpoint
from anju.base.log.sequencer import log_size
from anju.base.log.verify import verify_log
from anju.ledger import verify as books
from anju.offering.models import Choice, Draw, DrawHolder, DrawSource, Subscription
from anju.offering.sources import GAMES
from anju.offering.verify_draw import checks
from anju.reserve.reads import in_region

LOG, BOOKS, DRAWS = "日志", "账簿", "摇号"


@dataclass(frozen=True)
class Problem:
    """One thing that does not verify."""

    what: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.what}：{self.sentence}"


@dataclass
class Report:
    """``lines`` say what was checked, ``problems`` what does not stand; empty when all does."""

    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def verify_all(region: str) -> Report:
    """Verify everything that a post of ``region`` may see; the log is the city's, so it is whole only in the city's scope."""
    report = Report()
    if region.endswith("00"):
        _log(report)
    _books(report, region)
    _draws(report, region)
    return report


def _log(report: Report) -> None:
    found = verify_log()
    published = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    report.lines.append(f"日志：{log_size():,} 条逐条重算，前 {published:,} 条与已公布的根比对，{_count(found)}")
    report.problems += [Problem(LOG, p.sentence) for p in found]


def _books(report: Report, region: str) -> None:
    found = books.report(region)
    report.lines.append(found.line)
    report.problems += [Problem(BOOKS, f"「{p.book}」{p.sentence}") for p in found.problems]


def _draws(report: Report, region: str) -> None:
    rows = list(
        in_region(Draw.objects.filter(drawn_at__isnull=False).select_related("batch"), region).order_by("region", "id")
    )
    found = [problem for row in rows for problem in draw_problems(row)]
    report.lines.append(f"摇号：{len(rows)} 轮按公布的记录重算，{_count(found)}")
    report.problems += [Problem(DRAWS, sentence) for sentence in found]


def _count(found: list[Any]) -> str:
    return "全部相符" if not found else f"{len(found)} 处不符"


def draw_problems(row: Draw) -> list[str]:
    """A round against its own transcript: lists, holders, public values, and the stored order where it is the one in force."""
    name = f"批次 {row.batch.number} 第 {row.round} 轮"
    if hashlib.sha256(row.transcript.encode()).hexdigest() != row.transcript_sha256:
        return [f"{name}的记录与其摘要不符"]
    transcript = json.loads(row.transcript)
    found = [f"{name}：{what}不一致" for what, ok in checks(transcript, row.freeze_sha256) if not ok]
    if _told(transcript) != (row.batch.number, row.round, row.method):
        found.append(f"{name}：批次、轮次或排序方式与记录不一致")
    if (transcript["entrants"], transcript["homes"], transcript.get("basis", "")) != (
        row.entrants, row.homes, row.basis,
    ):  # fmt: skip
        found.append(f"{name}：封存的名单与记录不一致")
    found += [f"{name}：{sentence}" for sentence in [*_holders(row, transcript), *_sources(row, transcript)]]
    if _is_last_drawn(row) and _stored_order(row) != _order_in_force(row, transcript["order"]):
        found.append(f"{name}：库中的排序与记录不一致")
    return found


def _told(transcript: dict[str, Any]) -> tuple[str, int, str]:
    return transcript["batch"], transcript["round"], transcript["method"]


def _holders(row: Draw, transcript: dict[str, Any]) -> list[str]:
    """Who held a secret, its commitment, and what was revealed by T1; in the announced order."""
    stored = list(DrawHolder.objects.filter(region=row.region, draw=row).order_by("order"))
    told = [(h["holder"], h["commitment"], h["secret"]) for h in transcript.get("holders", [])]
    found = []
    if [(h.title, h.commitment, h.secret) for h in stored] != told:
        found.append("库中的密数持有人、摘要或密数与记录不一致")
    found += [
        f"「{h.title}」揭开密数的时间不在截止之前"
        for h in stored
        if h.secret and (h.revealed_at is None or row.reveal_until is None or h.revealed_at > row.reveal_until)
    ]
    return found


def _sources(row: Draw, transcript: dict[str, Any]) -> list[str]:
    """The public values: lottery, issue announced, issue drawn and numbers, each confirmed by a second person."""
    stored = list(DrawSource.objects.filter(region=row.region, draw=row).order_by("order"))
    told = [(s["game"], s["announced"], s["issue"], s["drums"]) for s in transcript.get("sources", [])]
    found = []
    if [(_title(s.game), s.issue, s.drawn_issue, [sorted(d) for d in s.drums or []]) for s in stored] != told:
        found.append("库中的公共随机值（彩种、期号、号码）与记录不一致")
    found += [f"公共随机值「{_title(s.game)}」没有两人录定" for s in stored if s.confirmed_by is None]
    return found


def _title(game: str) -> str:
    return GAMES[game].title if game in GAMES else game


def _is_last_drawn(row: Draw) -> bool:
    """A round that was opened later and is not drawn yet does not count."""
    rows = Draw.objects.filter(region=row.region, batch=row.batch, drawn_at__isnull=False)
    return rows.order_by("-round").values_list("round", flat=True).first() == row.round


def _order_in_force(row: Draw, order: list[str]) -> list[str]:
    """The transcript's; nobody's while it is drawn again, which ends once a home has been chosen by it."""
    running = Draw.objects.filter(region=row.region, batch=row.batch, drawn_at__isnull=True).exists()
    chosen = Choice.objects.filter(region=row.region, batch=row.batch).exists()
    return [] if running and not chosen else order


def _stored_order(row: Draw) -> list[str]:
    """The draw numbers of all who have a place, by their stored sort keys."""
    rows = Subscription.objects.filter(region=row.region, batch=row.batch).exclude(sort_key="").order_by("sort_key")
    return list(rows.values_list("draw_number", flat=True))
