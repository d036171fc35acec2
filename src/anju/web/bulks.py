"""Bulk acts of a list: what is picked is shown once more and confirmed, then done in one act; a refusal changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anju.base.acts import Refused
from anju.web.columns import Col, lines_of, today_of

BULK_MAX = 1_000


@dataclass(frozen=True)
class Bulk:
    """One thing to do with many rows: ``run(request, ids)`` calls a bulk act and answers with a sentence, a count or None."""

    title: str
    power: str
    run: Callable[[HttpRequest, list[UUID]], Any]
    explain: str = ""
    danger: bool = False


def bulk_page(
    request: HttpRequest,
    allowed: Sequence[Bulk],
    rows: models.QuerySet[Any],
    *,
    title: str,
    columns: Sequence[Col],
    shell: str,
) -> HttpResponse:
    """First POST: the confirm page. Second: the act, then back to the list as it was."""
    number = request.POST.get("bulk", "")
    if not number.isdecimal() or int(number) >= len(allowed):
        raise PermissionDenied("当前岗位没有这项批量办理的权限，没有办理；请换岗位，或请安全管理员授权。")
    chosen = allowed[int(number)]
    wanted = (
        rows.order_by("id")[: BULK_MAX + 1]
        if request.POST.get("all")
        else rows.filter(pk__in=_ids(request)).order_by("id")
    )
    picked = list(wanted)
    back = request.get_full_path()
    if not picked or len(picked) > BULK_MAX:
        text = (
            "没有选中任何一行，没有办理；请先勾选。"
            if not picked
            else f"一次最多办 {BULK_MAX:,} 行，没有办理；请用筛选缩小范围。"
        )
        messages.error(request, text)
        return HttpResponseRedirect(back)
    ids = [row.pk for row in picked]
    refused = None
    if request.POST.get("confirm"):
        try:
            done = chosen.run(request, ids)
        except Refused as error:
            refused = error
        else:
            messages.success(
                request,
                done if isinstance(done, str) else f"{chosen.title}：办了 {len(ids) if done is None else done} 行。",
            )
            return HttpResponseRedirect(back)
    return render(request, "web/bulk.html", {
        "shell": shell, "title": title, "bulk": chosen, "number": number, "ids": ids, "count": len(ids), "back": back, "refused": refused,
        "key": request.POST.get("key") or uuid4().hex, "heads": [c.title for c in columns[:5]],
        "numeric": [c.numeric for c in columns[:5]], "lines": lines_of(picked[:10], columns[:5], today_of(request)),
    }, status=422 if refused else 200)  # fmt: skip


def _ids(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("ids")[: BULK_MAX + 1]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def bulk_key(request: HttpRequest) -> str:
    """The idempotency key that the confirm page carried: hand it to ``request.anju.context(key=…)``."""
    return request.POST.get("key", "")[:64]
