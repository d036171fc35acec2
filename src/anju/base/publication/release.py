"""Release and take down copies for the public; a text with a document number, phone or bank card is refused."""

import json
import re
from datetime import date
from typing import Any

from django.db import models

from anju.base.acts import ActContext, Refused
from anju.base.publication.models import Publication

PERSONAL = {
    "身份证号": re.compile(r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"),
    "手机号": re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    "银行卡号": re.compile(r"(?<!\d)62\d{14,17}(?!\d)"),
}


def scan(body: Any) -> list[str]:
    """The kinds of personal numbers found in what is about to be published."""
    text = json.dumps(body, ensure_ascii=False)
    return [kind for kind, pattern in PERSONAL.items() if pattern.search(text)]


def release(
    *, ctx: ActContext, kind: str, title: str, slug: str, body: dict[str, Any], obj: models.Model, until: date | None = None
) -> Publication:
    """Publish a whitelisted copy. Raises Refused where it holds a personal number."""
    found = scan({"title": title, **body})
    if found:
        raise Refused(f"公示内容含有{'、'.join(found)}，没有发布；请改用脱敏字段后再发布")
    return Publication.objects.create(
        region=ctx.region, kind=kind, title=title, slug=slug, body=body, object_id=obj.pk, published_at=ctx.now, until=until
    )


def take_down(*, ctx: ActContext, before: date) -> int:
    """Hide what was published until a day before ``before``; how many."""
    return Publication.objects.filter(region=ctx.region, visible=True, until__lt=before).update(visible=False)
