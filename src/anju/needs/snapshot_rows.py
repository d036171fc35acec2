"""The rows behind a snapshot: one line of canonical JSON per household, in a file named by its digest.

A wish is one number of sixteen digits, best first: county (6), sale 1 or rent 2, rooms (1), area band in tens of ㎡ (3), price band (5, of
50,000 yuan of a price or 100 yuan of a month's rent). No name, number, phone, town or day. The pseudonym is made with a key that lives as
long as the freezing and is kept nowhere, so that nobody can find a household by it, or the same one in two snapshots; the lines stand in
its order, which is none. What describes a household beside its wishes (group, persons, income band) is left out where fewer than ``FEW``
share it.
"""

import hashlib
import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from anju.base.files import store
from anju.base.regions import region_range
from anju.needs.cells import AREA_BAND_CM2, RENT_BAND_FEN, SALE_BAND_FEN, Cell, cell_of
from anju.needs.models import DemandSnapshot

FEW, PERSONS_MOST = 5, 6
INCOME_BAND_FEN = 200_000  # 2000 元 a month

# What may be told of a household beside its wishes: what at least FEW share.
SAID = """
SELECT s.region, s.programme, a."group", least(a.persons, %(most)s), a.income_month_fen - a.income_month_fen %% %(income)s
  FROM needs_stay s JOIN needs_application a ON a.id = s.application_id
 WHERE s.region >= %(lo)s AND s.region <= %(hi)s AND s.since <= %(on)s AND (s.until IS NULL OR s.until > %(on)s)
 GROUP BY 1, 2, 3, 4, 5 HAVING count(*) >= %(few)s
"""
# Every value is a number or of [a-z0-9_-], so that the text is canonical JSON and needs no escape. A household without a first wish
# has null in its place. OFFSET 0: the pseudonym is worked out once, not for the line and again for its order.
LINES = """
COPY (
SELECT head || who || tail FROM (
    SELECT left(encode(sha256({key} || uuid_send(s.application_id)), 'hex'), 20) AS who,
           '{{"county":"' || s.region || '","group":' || coalesce('"' || said.grp || '"', 'null') || ',"household":"' AS head,
           '","income":' || coalesce(said.income::text, 'null') || ',"persons":' || coalesce(said.persons::text, 'null')
           || ',"programme":"' || s.programme || '","wishes":['
           || CASE WHEN w.application_id IS NULL THEN '' ELSE coalesce(w.w1::text, 'null') || coalesce(',' || w.w2, '')
                   || coalesce(',' || w.w3, '') || coalesce(',' || w.w4, '') || coalesce(',' || w.w5, '') END || ']}}' AS tail
      FROM needs_stay s
      JOIN needs_application a ON a.id = s.application_id
      LEFT JOIN (
          SELECT application_id, MAX(kind) FILTER (WHERE rank = 1) AS w1, MAX(kind) FILTER (WHERE rank = 2) AS w2,
                 MAX(kind) FILTER (WHERE rank = 3) AS w3, MAX(kind) FILTER (WHERE rank = 4) AS w4,
                 MAX(kind) FILTER (WHERE rank = 5) AS w5
            FROM (SELECT application_id, rank, county::bigint * 10000000000 + rooms * 100000000::bigint + area_from_cm2
                         - area_from_cm2 % 100000 + CASE WHEN tenure = 'rent' THEN 2000000000 + ceiling_fen / 10000
                                                         ELSE 1000000000 + ceiling_fen / 5000000 END AS kind
                    FROM needs_wish) k
           GROUP BY application_id
      ) w ON w.application_id = s.application_id
      LEFT JOIN unnest({regions}::text[], {programmes}::text[], {groups}::text[], {names}::text[], {persons}::int[],
                       {incomes}::bigint[]) AS said (region, programme, grp, raw, persons, income)
        ON said.region = s.region AND said.programme = s.programme AND said.raw = a."group"
       AND said.persons = least(a.persons, {most})
       AND coalesce(said.income, -1) = coalesce(a.income_month_fen - a.income_month_fen % {income}, -1)
     WHERE s.region >= {lo} AND s.region <= {hi} AND s.since <= {on} AND (s.until IS NULL OR s.until > {on})
 OFFSET 0
) lines ORDER BY who COLLATE "C"
) TO STDOUT
"""
# Hash joins throughout: the planner cannot know how few of the values are different.
PLAN = ("work_mem = '512MB'", "enable_nestloop = off", "enable_mergejoin = off")
ODD = re.compile(r"[^a-z0-9_-]")


def write(region: str, on: date) -> tuple[str, int, int]:
    """Write the rows of a day: (digest, bytes, households). The file is there before anything refers to it."""
    folder = Path(settings.FILES)
    folder.mkdir(parents=True, exist_ok=True)
    part, hashed, size, count = folder / f".rows.{os.getpid()}.{secrets.token_hex(4)}.part", hashlib.sha256(), 0, 0
    try:
        with part.open("wb") as file:
            for line in _lines(region, on):
                hashed.update(line)
                size += len(line)
                count += 1
                file.write(line)
        target = store.path_of(hashed.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return hashed.hexdigest(), size, count


def _lines(region: str, on: date) -> Iterator[bytes]:
    lo, hi = region_range(region)
    given: dict[str, Any] = {"lo": lo, "hi": hi, "on": on, "few": FEW, "most": PERSONS_MOST, "income": INCOME_BAND_FEN}
    with connection.cursor() as cursor:
        for setting in PLAN:
            cursor.execute(f"SET LOCAL {setting}")
        cursor.execute(SAID, given)
        said = cursor.fetchall()
        columns = {
            name: [row[at] for row in said]
            for at, name in enumerate(("regions", "programmes", "names", "persons", "incomes"))
        }
        given |= {**columns, "groups": [ODD.sub("", row[2]) for row in said], "key": secrets.token_bytes(32)}
        with cursor.copy(sql.SQL(LINES).format(**{name: sql.Literal(value) for name, value in given.items()})) as copy:
            for line in copy:
                yield bytes(line)
        for setting in PLAN:
            cursor.execute(f"SET LOCAL {setting.split(' = ')[0]} = DEFAULT")


def kind_of(number: int) -> tuple[str, str, int, int, int]:
    """A wish's number: county, tenure, rooms, area band in cm², price band in fen."""
    text = f"{number:016d}"
    tenure = "rent" if text[6] == "2" else "sale"
    return text[:6], tenure, int(text[7]), int(text[8:11]) * AREA_BAND_CM2, int(text[11:]) * (
        RENT_BAND_FEN if tenure == "rent" else SALE_BAND_FEN
    )  # fmt: skip


def read(snapshot: DemandSnapshot) -> Iterator[dict[str, Any]]:
    """The rows, one after the other, the file checked against its digest first. Raises ValueError where it is not what was frozen."""
    path = store.path_of(snapshot.rows_sha256)
    if not snapshot.rows_sha256 or not path.exists():
        raise ValueError(f"快照「{snapshot.title}」的明细文件不在磁盘上，请系统管理员从备份恢复")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != snapshot.rows_sha256:
            raise ValueError(f"快照「{snapshot.title}」的明细文件与冻结时的摘要不符，不能采用；请查明原因")
        file.seek(0)
        for line in file:
            yield json.loads(line)


def cells_of(rows: Iterator[dict[str, Any]]) -> tuple[int, list[Cell]]:
    """Households and cells counted again from the rows: they must be the frozen ones."""
    households: Counter[tuple[Any, ...]] = Counter()
    firsts: Counter[tuple[Any, ...]] = Counter()
    count = 0
    for row in rows:
        count += 1
        kinds = [None if number is None else kind_of(number) for number in row["wishes"]]
        wished = [None if kind is None else (kind[0], row["programme"], *kind[1:]) for kind in kinds]
        households.update({key for key in wished if key})
        if wished and wished[0]:
            firsts[wished[0]] += 1
    return count, [cell_of((*key, households[key], firsts[key])) for key in sorted(households)]
