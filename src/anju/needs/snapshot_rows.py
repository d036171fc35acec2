"""The rows behind a snapshot: one line of canonical JSON per household, in a file named by its digest.

No name, number, phone, town or day. The pseudonym is made with a key that lives as long as the freezing and is kept nowhere, so that
nobody can find a household by it, or the same one in two snapshots; the lines stand in its order, which is none. What describes a
household beside its wishes (group, persons, income band) is left out where fewer than ``FEW`` households share it.
"""

import hashlib
import json
import os
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
from anju.needs.cells import Cell, cell_of
from anju.needs.models import DemandSnapshot

FEW, PERSONS_MOST = 5, 6
INCOME_BAND_FEN = 200_000  # 2000 元 a month
WORK_MEM = "512MB"

# Bands as in needs.cells. Every value is a number or of [a-z0-9_-], so that the text is canonical JSON and needs no escape.
LINES = """
COPY (
WITH facts AS MATERIALIZED (
    SELECT s.application_id, s.region, s.programme, translate(a."group", E'"\\\\\\n\\r\\t', '') AS grp,
           least(a.persons, {persons}) AS persons, a.income_month_fen - a.income_month_fen % {income} AS income
      FROM needs_stay s JOIN needs_application a ON a.region = s.region AND a.id = s.application_id
     WHERE s.region >= {lo} AND s.region <= {hi} AND s.since <= {on} AND (s.until IS NULL OR s.until > {on})
), crowd AS (
    SELECT region, programme, grp, persons, income FROM facts GROUP BY 1, 2, 3, 4, 5 HAVING count(*) >= {few}
), wished AS (
    SELECT f.application_id,
           string_agg('[' || w.rank || ',"' || w.county || '","' || w.tenure || '",' || w.rooms || ','
                      || w.area_from_cm2 - w.area_from_cm2 % 100000 || ','
                      || CASE WHEN w.tenure = 'rent' THEN w.ceiling_fen - w.ceiling_fen % 10000
                              ELSE w.ceiling_fen - w.ceiling_fen % 5000000 END || ']', ',' ORDER BY w.rank) AS wishes
      FROM facts f JOIN needs_wish w ON w.region = f.region AND w.application_id = f.application_id
     GROUP BY f.application_id
), lines AS (
    SELECT left(encode(sha256({key} || uuid_send(f.application_id)), 'hex'), 20) AS who,
           '{{"county":"' || f.region || '","group":' || coalesce('"' || c.grp || '"', 'null') || ',"household":"' AS head,
           '","income":' || coalesce(c.income::text, 'null') || ',"persons":' || coalesce(c.persons::text, 'null')
           || ',"programme":"' || f.programme || '","wishes":[' || coalesce(w.wishes, '') || ']}}' AS tail
      FROM facts f
      LEFT JOIN crowd c ON c.region = f.region AND c.programme = f.programme AND c.grp = f.grp AND c.persons = f.persons
                       AND coalesce(c.income, -1) = coalesce(f.income, -1)
      LEFT JOIN wished w ON w.application_id = f.application_id
)
SELECT head || who || tail FROM lines ORDER BY who COLLATE "C"
) TO STDOUT
"""


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
    text = sql.SQL(LINES).format(
        lo=sql.Literal(lo), hi=sql.Literal(hi), on=sql.Literal(on), key=sql.Literal(secrets.token_bytes(32)),
        few=sql.Literal(FEW), persons=sql.Literal(PERSONS_MOST), income=sql.Literal(INCOME_BAND_FEN),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
        cursor.execute("SET LOCAL enable_nestloop = off")
        with cursor.copy(text) as copy:
            for line in copy:
                yield bytes(line)
        cursor.execute("SET LOCAL work_mem = DEFAULT")
        cursor.execute("SET LOCAL enable_nestloop = on")


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
        mine = [(wish[1], row["programme"], *wish[2:]) for wish in row["wishes"]]
        households.update(set(mine))
        firsts.update({key for key, wish in zip(mine, row["wishes"], strict=True) if wish[0] == 1})
    return count, [cell_of((*key, households[key], firsts[key])) for key in sorted(households)]
