"""文字模板: what messages and papers say; drafted by one post, tried on a real case, released by another."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anju.base.regions import city_of
from anju.base.wordings import acts
from anju.base.wordings.kinds import KINDS, TITLES, WordingKind
from anju.base.wordings.models import Wording
from anju.base.wordings.text import fill, in_force
from anju.parties.access import page
from anju.web.forms import ActForm, act_form_page
from anju.web.shown import names_of
from anju.web.things import act_links

CRUMBS = [("文字模板", "/wordings/")]


@page(power="base.withdraw_wording")
def index(request: HttpRequest) -> HttpResponse:
    """All texts that a post may word, with what is in force today."""
    actor = request.anju  # type: ignore[attr-defined]
    today = actor.context().today
    rows = [(kind, TITLES[kind.kind], in_force(kind.code, actor.region, today)) for kind in KINDS.values()]
    drafts = Wording.objects.filter(owner_region=actor.region, state=Wording.DRAFT).order_by("code", "id")
    waiting = [(d, KINDS[d.code].title) for d in drafts if d.code in KINDS]
    return render(request, "front/wordings.html", {"rows": rows, "drafts": waiting, "title": "文字模板"})


def _kind(code: str) -> WordingKind:
    if code not in KINDS:
        raise Http404("没有这种模板")
    return KINDS[code]


@page(power="base.withdraw_wording")
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """One text: its versions, and how the one that is looked at reads on a case."""
    actor, one = request.anju, _kind(code)  # type: ignore[attr-defined]
    versions = list(
        Wording.objects.filter(code=code, owner_region__in={actor.region, city_of(actor.region)}).order_by(
            "-valid_from", "-id"
        )
    )
    now = in_force(code, actor.region, actor.context().today)
    looked = _looked(request, versions) or now
    names = names_of([v.drafted_by for v in versions] + [v.released_by for v in versions])
    case, label, values = _case(request, one)
    draft = looked is not None and looked.state == Wording.DRAFT and looked.owner_region == actor.region
    own = draft and looked is not None and looked.drafted_by == actor.account.id
    query = f"?case={case or ''}&label={label}"
    links: list[tuple[Any, ...]] = [("起草新的一版", reverse("front:draft_wording", args=[code]), "base.draft_wording")]
    if draft and looked is not None:
        ready = bool(label)
        links = [
            ("发布", reverse("front:release_wording", args=[looked.id]) + query, "base.release_wording", ready and not own,
             "须由另一人发布" if own else "请先在下面选一个案件，看过效果再发布"),
            ("撤回草稿", reverse("front:withdraw_wording", args=[looked.id]), "base.withdraw_wording"), *links,
        ]  # fmt: skip
    text = looked.text if looked else one.default
    return render(request, "front/wording.html", {
        "k": one, "kind_title": TITLES[one.kind], "title": one.title, "crumbs": CRUMBS, "acts": act_links(request, links), "now": now,
        "versions": [(v, names.get(v.drafted_by), names.get(v.released_by)) for v in versions], "looked": looked, "text": text,
        "cases": one.cases(actor.region) if one.cases else [], "case": case, "preview": fill(text, values),
        "label": label, "placeholders": [(f"{{{name}}}", says, values[name]) for name, (says, _) in one.placeholders.items()],
    })  # fmt: skip


def _looked(request: HttpRequest, versions: list[Wording]) -> Wording | None:
    wanted = request.GET.get("version", "")
    return next((v for v in versions if str(v.id) == wanted), None)


def _case(request: HttpRequest, one: WordingKind) -> tuple[UUID | None, str, dict[str, str]]:
    """The chosen case, its label and the values: real ones where a case gives them, else the examples."""
    values = one.examples
    if one.cases is None or one.values is None:
        return None, "示例", values
    known = dict(one.cases(request.anju.region))  # type: ignore[attr-defined]
    try:
        key = UUID(request.GET.get("case", ""))
    except ValueError:
        return None, "" if known else "示例", values
    if key not in known:
        return None, "", values
    found = one.values(key)
    return key, known[key], {name: str(found.get(name, example)) for name, example in values.items()}


class DraftForm(ActForm):
    """A new version."""

    text = forms.CharField(label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    valid_from = forms.DateField(label="从哪天起用", widget=forms.DateInput)


@page(power="base.draft_wording")
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Draft a version."""
    one, actor = _kind(code), request.anju  # type: ignore[attr-defined]
    now = in_force(code, actor.region, actor.context().today)
    here = reverse("front:wording", args=[code])
    known = "、".join(f"{{{name}}}（{says}）" for name, (says, _) in one.placeholders.items())
    return act_form_page(
        request, title=f"起草：{one.title}", act=acts.draft_wording, form_class=DraftForm, fixed={"code": code}, clause=acts.CLAUSE,
        verb="存为草稿", back=here, done=lambda row: f"{here}?version={row.id}", initial={"text": now.text if now else one.default},
        facts=[("用在", one.title), ("可用的占位", known or "这一段没有占位，照原文印出")],
        explain="存为草稿后还不生效；由另一人在案件上看过效果后发布。", said="已存为草稿，请另一人预览后发布。",
    )  # fmt: skip


def _draft(request: HttpRequest, key: UUID) -> Wording:
    row = Wording.objects.filter(pk=key, owner_region=request.anju.region).first()  # type: ignore[attr-defined]
    if row is None or row.code not in KINDS:
        raise Http404("没有这份草稿")
    return row


@page(power="base.release_wording")
def release(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a draft in force."""
    row = _draft(request, key)
    one = KINDS[row.code]
    _, label, values = _case(request, one)
    here = reverse("front:wording", args=[row.code])
    return act_form_page(
        request, title=f"发布：{one.title}", act=acts.release_wording, fixed={"wording_id": row.id, "tried_on": label}, clause=acts.CLAUSE,
        verb="发布", back=f"{here}?version={row.id}", done=lambda _: here, irreversible=True,
        facts=[("从哪天起用", row.valid_from), ("预览的案件", label or "还没有选"), ("发出去是这样", fill(row.text, values))],
        said=f"已发布，{row.valid_from} 起用这一版。",
    )  # fmt: skip


@page(power="base.withdraw_wording")
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a draft back."""
    row = _draft(request, key)
    here = reverse("front:wording", args=[row.code])
    return act_form_page(
        request, title=f"撤回草稿：{KINDS[row.code].title}", act=acts.withdraw_wording, fixed={"wording_id": row.id}, clause=acts.CLAUSE,
        verb="撤回草稿", back=here, done=lambda _: here, facts=[("内容", row.text)], said="已撤回草稿。",
    )  # fmt: skip
