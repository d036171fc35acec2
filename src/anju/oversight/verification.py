"""Verification of log, books and draws: reads only, run by the auditor's button, ``./anju verify`` and the demonstration."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from anju.base.log.models import Checkpoint
from anju.base.log.sequencer import log_size
from anju.base.log.verify import verify_log
from anju.ledger import verify as books
from anju.offering.models import Draw, Subscription
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
    """A round against its own transcript, and the stored order against it."""
    name = f"批次 {row.batch.number} 第 {row.round} 轮"
    if hashlib.sha256(row.transcript.encode()).hexdigest() != row.transcript_sha256:
        return [f"{name}的记录与其摘要不符"]
    transcript = json.loads(row.transcript)
    found = [f"{name}：{what}不一致" for what, ok in checks(transcript, row.freeze_sha256) if not ok]
    if (transcript["entrants"], transcript["homes"]) != (row.entrants, row.homes):
        found.append(f"{name}：封存的名单与记录不一致")
    latest = (
        Draw.objects.filter(region=row.region, batch=row.batch)
        .order_by("-round")
        .values_list("round", flat=True)
        .first()
    )
    if row.round == latest and _stored_order(row, transcript["order"]) != transcript["order"]:
        found.append(f"{name}：库中的排序与记录不一致")
    return found


def _stored_order(row: Draw, order: list[str]) -> list[str]:
    """The draw numbers by their stored sort keys, those of the transcript alone."""
    rows = Subscription.objects.filter(region=row.region, batch=row.batch, draw_number__in=order).order_by("sort_key")
    return list(rows.values_list("draw_number", flat=True))
