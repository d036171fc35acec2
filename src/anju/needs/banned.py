"""Who may not apply (限制申请), asked across counties by the blind index of the document number."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection

from anju.base.acts import Refused
from anju.needs.models import Ban
from anju.parties.models import Region

CLAUSE = "3.2-0"
GROUNDS = dict(Ban.GROUNDS)
Found = Mapping[bytes, tuple[str, str, date]]


def banned(persons: Iterable[bytes], on: date) -> dict[bytes, tuple[str, str, date]]:
    """Who of these persons may not apply on a day, in whatever county it was decided: region, ground, last day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM bans_of(%s::bytea[], %s)", [list(persons), on])
        return {bytes(person): (region, ground, until) for person, region, ground, until in cursor.fetchall()}


def ban_sentence(found: Found, names: Mapping[bytes, str]) -> str:
    """Who, why and until when: enough to answer the household, and no more."""
    regions = dict(Region.objects.filter(code__in={r for r, _, _ in found.values()}).values_list("code", "name"))
    parts = [
        f"{names.get(person, '一名家庭成员')}因{GROUNDS[ground]}被{regions.get(region, region)}限制申请，至 {until} 为止"
        for person, (region, ground, until) in list(found.items())[:3]
    ]
    return f"{'；'.join(parts)}（第 {CLAUSE} 条），没有受理；期满后可再申请，有异议的请向作出决定的单位提出"


def refuse_banned(names: Mapping[bytes, str], on: date) -> None:
    """Raises Refused where one of the persons may not apply on the day."""
    found = banned(names, on)
    if found:
        raise Refused(ban_sentence(found, names), clause=CLAUSE)
