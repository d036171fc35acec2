"""Release and take down copies for the public; a text with a document number, phone or bank card is refused."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import models

from anju.base.acts import ActContext, Refused, act
from anju.base.publication.models import Publication

# A number inside a longer run of digits or Latin letters (a hash, a unit code) is not one.
PERSONAL = {
    "身份证号": re.compile(
        r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
    ),
    "手机号": re.compile(r"(?<![0-9A-Za-z])(?:\+?86)?1[3-9]\d{9}(?![0-9A-Za-z])"),
    "银行卡号": re.compile(r"(?<![0-9A-Za-z])62\d{14,17}(?![0-9A-Za-z])"),
}
_SPACED = re.compile(r"(?<=\d)[\s\-](?=\d)")
# Whole numbers under these names are money, area or counts; a phone would not be kept under one.
_FIGURES = ("_fen", "_cm2", "_fen_m2", "count", "size", "seq")


def scan(body: Any) -> list[str]:
    """The kinds of personal numbers found in what is about to be published, also when written with spaces or dashes."""
    # One text, parted by a sign that is neither digit, letter nor space: a transcript has tens of thousands of lines.
    plain = unicodedata.normalize("NFKC", "\0".join(_texts(body)))
    tight = _SPACED.sub("", plain)
    return [kind for kind, pattern in PERSONAL.items() if pattern.search(plain) or pattern.search(tight)]


def _texts(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, name)
    elif isinstance(value, str) or (isinstance(value, int) and not name.endswith(_FIGURES)):
        yield str(value)


def release(
    *, ctx: ActContext, kind: str, title: str, slug: str, body: dict[str, Any], obj: models.Model, until: date | None = None
) -> Publication:  # fmt: skip
    """Publish a whitelisted copy, shown up to and including ``until``. Raises Refused where it holds a personal number."""
    found = scan({"title": title, **body})
    if found:
        raise Refused(f"公示内容含有{'、'.join(found)}，没有发布；请改用脱敏字段后再发布")
    if until is not None and until < ctx.today:
        raise Refused(f"公示截止日 {until} 早于今天 {ctx.today}，没有发布；请改正截止日")
    return Publication.objects.create(
        region=ctx.region, kind=kind, title=title, slug=slug, body=body, object_id=obj.pk, published_at=ctx.now, until=until
    )  # fmt: skip


def take_down(*, ctx: ActContext, before: date) -> int:
    """Hide what was published until a day before ``before``; how many."""
    return due(ctx.region, before).update(visible=False)


def due(region: str, on: date) -> "models.QuerySet[Publication, Publication]":
    """What should no longer be seen on that day: in the region, or in a city with its counties."""
    last = region[:4] + "99" if region.endswith("00") else region
    return Publication.objects.filter(region__gte=region, region__lte=last, visible=True, until__lt=on)


@act(clause="3.5-2", title="公示到期撤下")
def take_down_due(*, ctx: ActContext) -> int:
    """Hide every publication of the city whose last day has passed; the worker calls it each hour. How many."""
    rows = list(due(ctx.region, ctx.today).select_for_update().order_by("id"))
    Publication.objects.filter(pk__in=[row.pk for row in rows]).update(visible=False)
    ctx.items([(row.pk, f"{row.kind}/{row.slug} until {row.until}") for row in rows])
    return len(rows)
