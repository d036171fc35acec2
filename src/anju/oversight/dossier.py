"""The decision dossier (决策卷宗) of a project: every act, verdict, paper and resolution, in the order they were recorded."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from anju.base.acts import REGISTRY
from anju.base.acts.models import Act, ActFacts, ActItem, Refusal
from anju.base.log.models import Leaf
from anju.base.papers.models import Paper
from anju.base.regions import Placed
from anju.negotiation.models import AcquirerDecision
from anju.parties.models import Resolution
from anju.purchase.models import SpecialDecision
from anju.reserve.models import Project
from anju.web.shown import names_of, words

MOST = 1_000
TITLES = {"act": "办理", "refusal": "不予办理", "paper": "文书", "resolution": "决议"}


@dataclass(frozen=True)
class Line:
    """One event of the dossier."""

    kind: str
    at: datetime
    title: str
    clause: str = ""
    who: str = ""
    happened: date | None = None
    seq: int | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    sentence: str = ""
    act: UUID | None = None

    @property
    def kind_title(self) -> str:
        """What it is, in words."""
        return TITLES[self.kind]


@dataclass(frozen=True)
class Dossier:
    """``more``: the oldest ``MOST`` are shown, and there are others."""

    project: Project
    lines: list[Line]
    more: bool


def dossier(project: Project) -> Dossier:
    """Everything recorded about a project, oldest first."""
    ids = objects_of(project)
    rows = _acts(project, ids)
    lines = [*rows, *_refusals(project, ids), *_papers(project, ids), *_resolutions(project)]
    lines.sort(key=lambda line: (line.at, line.kind != "act"))
    return Dossier(project, lines[:MOST], len(lines) > MOST)


def objects_of(project: Project) -> set[UUID]:
    """The project, and every row of any room that belongs to it, directly or through one that does."""
    found: dict[type[models.Model], set[UUID]] = {Project: {project.id}}
    pending = _placed()
    for _ in range(3):  # project → batch → draw, gate → special decision: no chain is longer
        for model in pending:
            for key in model._meta.local_fields:
                owner = key.related_model
                if isinstance(owner, type) and found.get(owner) and not _is_other(model):
                    rows = model._base_manager.filter(region=project.region, **{f"{key.name}__in": found[owner]})
                    found.setdefault(model, set()).update(rows.values_list("pk", flat=True))
    return {key for keys in found.values() for key in keys}


def _placed() -> list[type[models.Model]]:
    """Tables with a project's events: not the parts of a document that never has an act of its own, nor the households'."""
    skip = {"reserve.screening", "reserve.building", "reserve.otherspace", "negotiation.letterunit", "offering.batchunit",
            "offering.subscription", "purchase.agreementunit", "pricing.unitprice", "reserve.stockunit"}  # fmt: skip
    return [
        m
        for m in apps.get_models()
        if issubclass(m, Placed) and m._meta.label_lower not in skip and m._meta.app_label != "base"
    ]


def _is_other(model: type[models.Model]) -> bool:
    return model is Project or model._meta.app_label == "needs"


def _acts(project: Project, ids: Iterable[UUID]) -> list[Line]:
    """Acts on these objects, and bulk acts that name the project or one of them as an item."""
    keys = list(ids)
    bulk = ActItem.objects.filter(region=project.region, object_id__in=keys).values("act")
    acts = list(
        Act.objects.filter(Q(object_id__in=keys) | Q(id__in=bulk), region=project.region).order_by("id")[: MOST + 1]
    )
    facts = {row.act: row.facts for row in ActFacts.objects.filter(act__in=[a.id for a in acts])}
    leaves = dict(Leaf.objects.filter(act__in=[a.id for a in acts]).values_list("act", "seq"))
    names = names_of(a.account for a in acts)
    return [_act(row, facts.get(row.id), leaves.get(row.id), names) for row in acts]


def _act(row: Act, facts: str | None, seq: int | None, names: Mapping[Any, str]) -> Line:
    known = REGISTRY.get(row.name)
    body = json.loads(facts) if facts else {}
    verdicts = body.pop("verdicts", [])
    happened = row.happened_on if row.happened_on != row.recorded_at.date() else None
    return Line(
        kind="act",
        at=row.recorded_at,
        title=known.title if known else row.name,
        clause=row.clause,
        who=names.get(row.account, "") if row.account else "系统",
        happened=happened,
        seq=seq,
        facts=[(name, words(value)[:300]) for name, value in body.items()],
        verdicts=verdicts,
        sentence="" if facts is not None else "内容已依法删除",
        act=row.id,
    )


def _refusals(project: Project, ids: Iterable[UUID]) -> list[Line]:
    rows = list(Refusal.objects.filter(region=project.region, object_id__in=list(ids)).order_by("id")[:MOST])
    names = names_of(r.account for r in rows)
    return [
        Line(
            "refusal", r.refused_at, REGISTRY[r.name].title if r.name in REGISTRY else r.name, r.clause,
            names.get(r.account, "") if r.account else "系统", verdicts=r.verdicts, sentence=r.sentence,
        )
        for r in rows
    ]  # fmt: skip


def _papers(project: Project, ids: Iterable[UUID]) -> list[Line]:
    rows = Paper.objects.filter(region=project.region, object_id__in=list(ids)).order_by("issued_at", "id")
    return [
        Line(
            "paper",
            r.issued_at,
            f"{r.title} {r.number}",
            sentence=f"签署于 {r.signed_on}" if r.signed_on else "未回传签署件",
        )
        for r in rows
    ]


def _resolutions(project: Project) -> list[Line]:
    """Resolutions of a task force and the acquirer's own decisions that the project rests on."""
    wanted = SpecialDecision.objects.filter(region=project.region, project=project).values("resolution")
    rows = Resolution.objects.filter(id__in=wanted, adopted_at__isnull=False).select_related("body")
    found = [
        Line("resolution", r.adopted_at, f"{r.title}（{r.number}）", "4.1", r.body.name, r.decided_on,
             sentence=f"赞成 {r.votes_for}、反对 {r.votes_against}：{r.minutes[:300]}")
        for r in rows if r.adopted_at
    ]  # fmt: skip
    for d in AcquirerDecision.objects.filter(region=project.region, object_id=project.id).order_by("id"):
        at = Act.objects.filter(object_id=d.id).order_by("id").values_list("recorded_at", flat=True).first()
        if at:
            sentence = f"党组织前置研究 {d.studied_on}，决策 {d.decided_on}" + ("" if d.checker else "，待复核")
            found.append(
                Line(
                    "resolution", at, f"{d.subject}（{d.number}）", "3.5-1", "收购主体", d.decided_on, sentence=sentence
                )
            )
    return found
