"""Writing a note or a call down, from a thing's page and back to it."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from anju.base.notes import acts
from anju.base.notes.models import Note
from anju.parties.access import page
from anju.web.context import came_from
from anju.web.forms import act_form_page
from anju.web.notes import NoteForm


@page(power="base.add_note")
def note(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    """The form. What it is about is 404 where the post does not see it."""
    thing = _thing(request, kind, key)
    actor = request.anju  # type: ignore[attr-defined]
    back = _back(request)
    old = _corrected(request, key)
    return act_form_page(
        request, title="记一条更正" if old else "记备注或通话", act=acts.add_note, form_class=NoteForm, verb="记下",
        fixed={"object_kind": kind, "object_id": key, "corrects_id": old.id if old else None, "url": urlsplit(back).path},
        back=back, done=lambda _: f"{back}#notes", region=getattr(thing, "region", actor.region), said="已记下。",
        facts=[("关于", acts.label(thing)), *([("更正的那条", old.text)] if old else [])],
        explain="内部使用，当事人看不到；记下后不能改，有误就再记一条更正。", initial={"kind": old.kind if old else Note.NOTE},
        context={"came_from": back}, template="front/note.html",
    )  # fmt: skip


def _thing(request: HttpRequest, kind: str, key: UUID) -> Any:
    actor = request.anju  # type: ignore[attr-defined]
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError) as error:
        raise Http404("没有这种事项") from error
    if actor.is_party or acts.view_power(model) not in actor.powers:
        raise PermissionDenied("当前岗位不能查看这件事项，也就不能给它记备注。")
    found = model._default_manager.filter(pk=key).first()
    if found is None:
        raise Http404("没有这件事项，或它不在您的管辖范围内")
    return found


def _back(request: HttpRequest) -> str:
    """The page that led here, kept over the form's own posts; a path of this site only."""
    typed = request.POST.get("back", "")
    if typed.startswith("/") and not typed.startswith("//") and "\\" not in typed:
        return typed
    return came_from(request).split("#")[0]


def _corrected(request: HttpRequest, key: UUID) -> Note | None:
    try:
        wanted = UUID(request.GET.get("corrects", ""))
    except ValueError:
        return None
    return Note.objects.filter(object_id=key, pk=wanted).first()
