"""备注与通话: the section of a thing's page where staff write for each other. No party sees it, nor that it is there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from anju.base.notes.acts import view_power
from anju.base.notes.models import Note
from anju.web import shown
from anju.web.forms import ActForm

POWER = "base.add_note"
ROWS = 50
TONES = {"reached": "ok", "later": "near", "no_answer": "unk", "busy": "unk", "wrong_number": "bad", "declined": "bad"}


class NoteForm(ActForm):
    """One note or one call."""

    kind = forms.ChoiceField(label="记什么", choices=Note.KINDS)
    text = forms.CharField(label="内容", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    called = forms.CharField(label="通话对方", max_length=60, required=False, help_text="通话必填，如“申请人本人”")
    phone = forms.CharField(label="电话号码", max_length=20, required=False, help_text="只留遮盖后的号码")
    outcome = forms.ChoiceField(
        label="通话结果", choices=[("", "请选择"), *Note.OUTCOMES], required=False, help_text="通话必选"
    )
    next_step = forms.CharField(label="下一步", max_length=200, required=False)
    next_on = forms.DateField(
        label="哪天办", required=False, widget=forms.DateInput, help_text="填了会出现在本岗位的工作台"
    )


@dataclass(frozen=True)
class Line:
    """One note as shown."""

    row: Note
    who: str
    tone: str
    corrected: bool
    correct_url: str


def section(request: HttpRequest, obj: models.Model | None) -> dict[str, Any] | None:
    """What the section shows; None for parties, for posts that see nothing of notes, and where the thing has none of its own."""
    actor = request.anju  # type: ignore[attr-defined]
    if (
        obj is None
        or actor is None
        or actor.is_party
        or not isinstance(obj.pk, UUID)
        or view_power(type(obj)) not in actor.powers
    ):
        return None
    rows = list(Note.objects.filter(object_id=obj.pk, object_kind=obj._meta.label_lower).order_by("-id")[: ROWS + 1])
    may = POWER in actor.powers and getattr(obj, "region", actor.region)[:4] == actor.region[:4]
    url = _address(obj) if may else ""
    if not rows and not url:
        return None
    names = shown.names_of(row.account for row in rows)
    replaced = {row.corrects_id for row in rows if row.corrects_id}
    return {
        "lines": [
            Line(
                row, names.get(row.account, "—"), TONES.get(row.outcome, "info"), row.id in replaced,
                f"{url}?corrects={row.id}" if url else "",
            )
            for row in rows[:ROWS]
        ],
        "more": len(rows) > ROWS, "url": url,
    }  # fmt: skip


def _address(obj: models.Model) -> str:
    try:
        return reverse("front:note", args=[obj._meta.label_lower, obj.pk])
    except NoReverseMatch:
        return ""
