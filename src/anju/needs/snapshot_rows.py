"""The rows behind a snapshot: one line of canonical JSON per household, in a file named by its digest.

A wish is one number of sixteen digits, best first: county (6), sale 1 or rent 2, rooms (1), area band in tens of ㎡ (3), price band (5, of
50,000 yuan of a price or 100 yuan of a month's rent). No name, number, phone, town or day. The pseudonym is drawn by chance and stands in
no relation to the household, so that nobody can find one by it, or the same one in two snapshots; the lines stand in its order, which is
none. What describes a household beside its wishes (group, persons, income band) is left out where fewer than ``FEW`` share it.
"""

import hashlib
import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from anju.base.files import store
from anju.needs.cells import Cell, cell_of
from anju.needs.models import DemandSnapshot
from anju.needs.waiting import CODES, NONE, Waiting, kind_of

FEW, PERSONS_MOST = 5, 6
INCOME_BAND_FEN = 200_000  # 2000 元 a month
NAME_BYTES = 10
BLOCK = 5_000
# A group's code with anything else is left out whole: the lines need no escape.
PLAIN = re.compile(r"[a-z0-9_-]+")


def write(found: Waiting) -> tuple[str, int]:
    """Write the rows: (digest, bytes). The file is there before anything refers to it."""
    folder = Path(settings.FILES)
    folder.mkdir(parents=True, exist_ok=True)
    part, hashed, size = folder / f".rows.{os.getpid()}.{secrets.token_hex(4)}.part", hashlib.sha256(), 0
    lines = _lines(found)
    try:
        with part.open("wb") as file:
            while block := "".join(islice(lines, BLOCK)).encode():
                hashed.update(block)
                size += len(block)
                file.write(block)
        target = store.path_of(hashed.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return hashed.hexdigest(), size


def _lines(found: Waiting) -> Iterator[str]:
    """Every household's line, in the order of pseudonyms drawn by chance."""
    count = len(found)
    heads, tails, likeness = _alike(found)
    names = _names(count)
    order = np.argsort(np.frombuffer(os.urandom(8 * count), np.uint64))
    kinds, places = np.unique(found.kind, return_inverse=True)
    places = places.reshape(found.kind.shape)[order]
    first = [*(str(kind) if kind else "" for kind in kinds.tolist()), "null"]
    more = [f",{kind}" if kind else "" for kind in kinds.tolist()]
    # A first wish that is missing before others keeps its place.
    places[(found.kind[order, 0] == 0) & (found.kind[order] > 0).any(axis=1), 0] = len(kinds)
    for name, same, (a, b, c, d, e) in zip(names, likeness[order].tolist(), places.tolist(), strict=True):
        yield f"{heads[same]}{name}{tails[same]}{first[a]}{more[b]}{more[c]}{more[d]}{more[e]}]}}\n"


def _names(count: int) -> list[str]:
    """As many different pseudonyms, in order."""
    found: set[str] = set()
    while len(found) < count:
        text = secrets.token_hex(NAME_BYTES * (count - len(found)))
        found.update(text[at : at + 2 * NAME_BYTES] for at in range(0, len(text), 2 * NAME_BYTES))
    return sorted(found)


def _alike(found: Waiting) -> tuple[list[str], list[str], Any]:
    """What stands before and after the pseudonym, for each kind of household; and which kind each household is of."""
    persons = np.minimum(found.persons, PERSONS_MOST)
    income = np.where(found.income == NONE, 0, found.income // INCOME_BAND_FEN + 1)
    whose = (found.region * 10 + found.programme) * 1000 + found.group
    keys, kind, counts = np.unique(
        (whose * 10 + persons) * 10**6 + np.minimum(income, 10**6 - 1), return_inverse=True, return_counts=True
    )
    heads, tails = [], []
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        head, tail = _said(found, key, count >= FEW)
        heads.append(head)
        tails.append(tail)
    return heads, tails, kind


def _said(found: Waiting, key: int, many: bool) -> tuple[str, str]:
    key, income = divmod(key, 10**6)
    key, persons = divmod(key, 10)
    key, group = divmod(key, 1000)
    region, programme = divmod(key, 10)
    code = found.groups[group]
    name = f'"{code}"' if many and PLAIN.fullmatch(code) else "null"
    band = str((income - 1) * INCOME_BAND_FEN) if many and income else "null"
    head = f'{{"county":"{region:06d}","group":{name},"household":"'
    tail = f'","income":{band},"persons":{persons if many else "null"},"programme":"{CODES[programme]}","wishes":['
    return head, tail


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
