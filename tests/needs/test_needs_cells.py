"""Demand cells: one plain text, equal rows on PostgreSQL and on DuckDB over Parquet; how they moved; the rows that are frozen."""

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from django.db import connection

from anju.base.files import store
from anju.base.regions import scope, uuid7
from anju.needs import acts, cells, dropouts, snapshot_rows, waiting
from anju.needs.models import Application, DemandSnapshot, Stay, Wish
from needs.helpers import COUNTY, WISH, book, ctx_of, household, later, qualified
from support.db import open_act, raw

CITY, ON = "231200", date(2026, 6, 30)
TEXTS = {"cells": cells.CELLS, "households": cells.HOUSEHOLDS, "moves": cells.MOVES}


@pytest.mark.clause("3.2-0")
@pytest.mark.parametrize("name", TEXTS)
def test_a_shared_text_divides_nothing_and_calls_no_engines_own_function(name: str) -> None:
    assert cells.foreign(TEXTS[name]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("SELECT a / b FROM t", ["/"]), ("SELECT div(a, b)", ["DIV"]), ("SELECT date_trunc ('month', d)", ["DATE_TRUNC"])],
)
def test_a_text_that_engines_read_differently_is_named(text: str, found: list[str]) -> None:
    assert cells.foreign(text) == found


@pytest.mark.parametrize("region", ["231200'; DROP TABLE x; --", "2312", "２３１２００ "])
def test_only_digits_get_into_a_text_as_a_region(region: str) -> None:
    with pytest.raises(ValueError, match="6 位数字"):
        cells.stated(cells.CELLS, region, ON)


def lay_stays(count: int) -> None:
    """Made-up households on the list and their wishes (合成), laid past guards and keys: ten counties, three programmes, one to
    five wishes, some of them in the cell of an earlier one."""
    rng, rows, stays, wishes = random.Random(4), [], [], []
    counties = [f"2312{n:02d}" for n in (2, 21, 22, 23, 24, 25, 26, 81, 82, 83)]
    for serial in range(count):
        region, key, programme = (
            rng.choice(counties),
            uuid7(),
            rng.choice(["sale", "affordable_rental", "public_rental"]),
        )
        since = date(2025, rng.randint(7, 12), rng.randint(1, 28))
        until = date(2026, rng.randint(1, 12), rng.randint(1, 28)) if rng.random() < 0.3 else None
        left = "withdrawn" if until else ""
        rows.append(
            Application(
                id=key, region=region, number=f"{region}-{serial:07d}", programme=programme, group=rng.choice(["youth", "坏 组"]),
                applicant_name="合成", phone=b"", phone_blind=b"", town=f"{region}001", persons=rng.randint(1, 8), accepted_on=since,
                qualified_on=since, sort_key=f"9-{serial:07d}", state="qualified", income_month_fen=rng.choice([None, 300_000]),
            )
        )  # fmt: skip
        stays.append(
            Stay(region=region, application_id=key, programme=programme, since=since, until=until, left_to=left)
        )
        wishes += _wishes(rng, region, key, "sale" if programme == "sale" else "rent", counties)
    lay_rows(Application, rows)
    lay_rows(Stay, stays)
    lay_rows(Wish, wishes)


def _wishes(rng: random.Random, region: str, key: Any, tenure: str, counties: list[str]) -> list[Wish]:
    found, seen = [], set()
    for rank in range(1, rng.randint(1, 5) + 1):
        ceiling = rng.randrange(10_000_000, 40_000_000) if tenure == "sale" else rng.randrange(20_000, 60_000)
        area, rooms, county = rng.randrange(300_000, 700_000, 100), rng.randint(1, 2), rng.choice(counties[:3])
        cell = (county, rooms, area // 100_000, ceiling // (5_000_000 if tenure == "sale" else 10_000))
        found.append(
            Wish(
                region=region, application_id=key, rank=rank, county=county, tenure=tenure, rooms=rooms, area_from_cm2=area,
                area_to_cm2=area + 9, ceiling_fen=ceiling, twin=cell in seen,
            )
        )  # fmt: skip
        seen.add(cell)
    return found


def lay_rows(model: type[Any], rows: list[Any]) -> None:
    """Rows of a model as they are, past guards and foreign keys."""
    fields = model._meta.local_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    with raw("admin") as link, link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        text = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"
        cursor.executemany(text, [[getattr(row, field.attname) for field in fields] for row in rows])


def duck(folder: Path) -> cells.Run:
    """An engine that reads the two tables from Parquet, as a province would get them."""
    link = duckdb.connect()
    columns = {
        "needs_stay": {"region": "VARCHAR", "application_id": "UUID", "programme": "VARCHAR", "since": "DATE", "until": "DATE"},
        "needs_wish": {
            "region": "VARCHAR", "application_id": "UUID", "rank": "SMALLINT", "county": "VARCHAR", "tenure": "VARCHAR",
            "rooms": "SMALLINT", "area_from_cm2": "BIGINT", "ceiling_fen": "BIGINT", "twin": "BOOLEAN",
        },
    }  # fmt: skip
    for table, kinds in columns.items():
        csv, parquet = folder / f"{table}.csv", folder / f"{table}.parquet"
        text = f"COPY (SELECT {', '.join(kinds)} FROM {table}) TO STDOUT (FORMAT csv)"
        with raw("admin") as out, csv.open("wb") as file, out.cursor().copy(text) as copy:
            for part in copy:
                file.write(part)
        link.execute(
            f"COPY (SELECT * FROM read_csv('{csv}', header = false, columns = {kinds})) TO '{parquet}' (FORMAT parquet)"
        )
        link.execute(f"CREATE VIEW {table} AS SELECT * FROM '{parquet}'")
    return lambda text: link.execute(text).fetchall()


@pytest.mark.usefixtures("committed")
@pytest.mark.clause("3.2-0")
def test_postgresql_and_duckdb_over_parquet_give_equal_rows(tmp_path: Path) -> None:
    lay_stays(4_000)
    other = duck(tmp_path)
    for region in (CITY, COUNTY):
        for on in (ON, date(2025, 10, 1), date(2026, 12, 31)):
            with scope(CITY):
                mine = cells.cells(region, on), cells.households(region, on), cells.moves(region, on)
            theirs = cells.cells(region, on, other), cells.households(region, on, other), cells.moves(region, on, other)
            assert mine == theirs and all(mine)
            assert cells.digest(mine[0], 1) == cells.digest(theirs[0], 1)
    with scope(CITY):
        every = cells.cells(CITY, ON)
        parts = [cell for code in {key[0] for key in cells.households(CITY, ON)} for cell in cells.cells(code, ON)]
    # A snapshot counts the same cells from its rows.
    with scope(CITY):
        everybody = waiting.read(CITY, ON)
        assert everybody.cells() == every and len(everybody) == sum(cells.households(CITY, ON).values())
    assert snapshot_rows.cells_of(map(json.loads, snapshot_rows._lines(everybody))) == (len(everybody), every)
    summed = {key: sum(c.households for c in parts if _key(c) == key) for key in map(_key, every[:200])}
    assert summed == {_key(c): c.households for c in every[:200]}, "cells of the counties add up to the city's"


def _key(cell: cells.Cell) -> tuple[Any, ...]:
    return cell.county, cell.programme, cell.tenure, cell.rooms, cell.area_band_cm2, cell.price_band_fen


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_household_stands_on_the_list_from_its_day_until_it_leaves_whichever_act_moves_it() -> None:
    row, _ = qualified(1, 11)
    acts.withdraw(ctx=ctx_of(now=later(20)), application_id=row.id)
    acts.undo_withdrawal(ctx=ctx_of(now=later(50)), application_id=row.id)
    with scope(COUNTY):
        mine = list(Stay.objects.filter(application=row).order_by("since").values_list("since", "until", "left_to"))
        assert mine == [(later(8).date(), later(20).date(), "withdrawn"), (later(50).date(), None, "")]
        on_list = [sum(cells.households(COUNTY, later(n).date()).values()) for n in (7, 8, 19, 20, 49, 50)]
        assert on_list == [0, 2, 2, 1, 1, 2]
        found = cells.moves(COUNTY, later(60).date())
        assert [(m.month, m.came, m.went) for m in found] == [("2026-03", 2, 1), ("2026-04", 1, 0)]
        assert cells.by_month(found, 2) == [("2026-03", 2, 1, 1), ("2026-04", 1, 0, 2)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE needs_stay SET since = since - 1",
        "DELETE FROM needs_stay",
        "INSERT INTO needs_stay (id) VALUES (gen_random_uuid())",
    ],
)
def test_nobody_writes_a_stay_by_hand(statement: str) -> None:
    qualified(1)
    with pytest.raises(Exception, match="permission denied"), open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_a_household_counts_once_in_a_cell_however_its_wishes_are_laid_moved_or_taken_away() -> None:
    row = qualified(1)[0]
    on = later(9).date()

    def counted() -> list[tuple[int, int]]:
        with scope(COUNTY):
            return [(c.households, c.first_wishes) for c in cells.cells(COUNTY, on)]

    with open_act(COUNTY), connection.cursor() as cursor:
        for rank, area in ((2, 810_000), (3, 1_010_000)):
            Wish.objects.create(
                region=COUNTY, application=row, rank=rank, county=COUNTY, tenure="sale", rooms=2, area_from_cm2=area,
                area_to_cm2=area, ceiling_fen=31_000_000,
            )  # fmt: skip
    assert counted() == [(1, 1), (1, 0)], "the second wish lies in the first one's cell"
    with open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_wish SET area_from_cm2 = 800000 WHERE rank = 3")
    assert counted() == [(1, 1)], "moved into the same cell"
    with open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_wish SET twin = NOT twin")
    assert counted() == [(1, 1)], "set wrong by hand, put right at once"
    with open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("DELETE FROM needs_wish WHERE rank = 1")
    assert counted() == [(1, 0)], "the earliest that is left counts"


# --- the rows behind a snapshot ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_the_frozen_rows_give_the_cells_again_and_name_nobody() -> None:
    second = replace(WISH, area_from_cm2=1_050_000, area_to_cm2=1_150_000, rooms=3)
    rows = qualified(*range(1, 70, 10))
    odd = acts.submit_application(ctx=ctx_of(), household=household(81, persons=3, wishes=(WISH, second)))
    _through(odd)
    taken = acts.take_snapshot(ctx=ctx_of("office_clerk", CITY, now=later(9)), title="三月需求")
    with scope(CITY):
        count, again = snapshot_rows.cells_of(snapshot_rows.read(taken))
        assert (count, again) == (taken.households, cells.cells(CITY, later(9).date())) and count == 8
        digest = cells.digest(again, count, on="2026-03-11", rows=taken.rows_sha256, facts=taken.facts)
        assert digest == taken.sha256
        path = store.path_of(taken.rows_sha256)
        body = path.read_text()
        lines = [json.loads(line) for line in body.splitlines()]
    assert waiting.kind_of(lines[0]["wishes"][0]) == (COUNTY, "sale", 2, 800_000, 30_000_000)
    assert set(lines[0]) == {"county", "group", "household", "income", "persons", "programme", "wishes"}
    for line, text in zip(lines, body.splitlines(), strict=True):
        assert json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text, "canonical"
    for row in rows:
        assert (
            row.number not in body
            and row.applicant_name not in body
            and str(row.id) not in body
            and row.town not in body
        )
    known = [line for line in lines if line["group"]]
    assert (
        len(known) == 7
        and {line["persons"] for line in known} == {2}
        and {line["income"] for line in known} == {400_000}
    )
    alone = next(line for line in lines if line["group"] is None)
    assert alone["persons"] is None and alone["income"] is None and len(alone["wishes"]) == 2, (
        "too few share it to say it"
    )
    path.write_bytes(path.read_bytes().replace(b'"sale"', b'"rent"', 1))
    with scope(CITY), pytest.raises(ValueError, match="摘要不符"):
        next(snapshot_rows.read(taken))


def _through(row: Any) -> None:
    acts.bulk_first_review(ctx=ctx_of(), ids=[row.id])
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[row.id])
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id], title="公示二")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)


@pytest.mark.django_db
def test_two_snapshots_call_the_same_household_by_other_names() -> None:
    qualified(1)
    ctx = ctx_of("office_clerk", CITY, now=later(9))
    first, second = acts.take_snapshot(ctx=ctx, title="一"), acts.take_snapshot(ctx=ctx, title="二")
    with scope(CITY):
        names = [next(snapshot_rows.read(row))["household"] for row in (first, second)]
    assert names[0] != names[1] and first.rows_sha256 != second.rows_sha256


@pytest.mark.django_db
@pytest.mark.clause("3.2-0")
def test_planning_and_purchase_refer_to_frozen_demand_alone() -> None:
    with raw("owner") as link:
        found = link.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid::regclass::text ~ '^(planning|purchase)_' AND confrelid::regclass::text LIKE 'needs\\_%'"
        ).fetchall()
    assert found and {to for _, to in found} == {"needs_demandsnapshot"}, "never to a list that moves"


def test_households_whose_keys_share_a_half_are_told_apart() -> None:
    high, low = np.array([1, 2, 3], np.uint64), np.array([7, 7, 9], np.uint64)
    wish = {"high": np.array([2, 3, 1, 8], np.uint64), "low": np.array([7, 9, 7, 7], np.uint64)}
    place, found = waiting._places({"high": high, "low": low, "region": np.zeros(3, np.int64)}, wish)
    assert place.tolist() == [1, 2, 0] and found.tolist() == [True, True, True, False]


def test_a_group_whose_code_is_no_plain_word_is_not_written() -> None:
    one, none = np.ones(6, np.int64), np.zeros((6, 5), np.int64)
    found = waiting.Waiting(['a"b'], one * 231202, one * 0, one * 0, one * 2, one * -1, one * -1, none, none, one * -1)
    lines = [json.loads(line) for line in snapshot_rows._lines(found)]
    assert len({line["household"] for line in lines}) == 6 and {line["persons"] for line in lines} == {2}
    assert {line["group"] for line in lines} == {None} and [line["wishes"] for line in lines] == [[]] * 6


# --- realness ----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("3.2-4")
def test_who_can_pay_is_asked_of_income_and_ratio_and_unknown_stays_unknown() -> None:
    values = {"price_to_income_max": 6000, "callback_valid_days": 180}
    # 300,000 元 against 6 years of 12 months: 416,667 fen a month is just enough.
    rows = qualified(1, 11)
    with open_act(COUNTY), connection.cursor() as cursor:
        change = "UPDATE needs_application SET income_month_fen = %s, confirmed_on = %s WHERE id = %s"
        cursor.execute(change, [416_666, None, rows[0].id])
        cursor.execute(change, [416_667, date(2026, 3, 5), rows[1].id])
    ctx = ctx_of("office_clerk", CITY, now=later(9), params=book(**values))
    found = acts.take_snapshot(ctx=ctx, title="一").facts["realness"]
    assert found == [{
        "region": COUNTY, "programme": "sale", "qualified": 2, "confirmed": 1, "able": 1, "unable": 1, "unknown": 0,
    }]  # fmt: skip
    unset = acts.take_snapshot(ctx=ctx_of("office_clerk", CITY, now=later(9)), title="二").facts["realness"][0]
    assert (unset["confirmed"], unset["able"], unset["unknown"]) == (None, 0, 2), "nobody set the ratio"
    with open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_application SET income_month_fen = NULL")
    assert acts.take_snapshot(ctx=ctx, title="三").facts["realness"][0]["unknown"] == 2


@pytest.mark.django_db
@pytest.mark.clause("3.2-2")
def test_wishes_that_no_home_may_serve_are_counted_with_their_reason() -> None:
    table = [["sale", 1, 2, 0, "any", 1, 2, 90], ["sale", 3, 9, 0, "any", 2, 3, 120]]
    rows = qualified(1, 11, 21)
    with open_act(COUNTY), connection.cursor() as cursor:
        change = "UPDATE needs_wish SET {} WHERE application_id = %s"
        cursor.execute(change.format("area_from_cm2 = 1210000, area_to_cm2 = 1300000"), [rows[0].id])
        cursor.execute(change.format("rooms = 3"), [rows[1].id])
    ctx = ctx_of("office_clerk", CITY, now=later(9), params=book(rooms_table=table))
    facts = acts.take_snapshot(ctx=ctx, title="一").facts
    assert [(row["why"], row["clause"], row["wishes"]) for row in facts["unserved"]] == [
        ("2 人户不能要 3 室", "3.2-0", 1), ("面积下限大于配售上限 120 ㎡", "3.3-3", 1),
    ]  # fmt: skip
    assert facts["unasked"] == []
    without = book(rooms_table=None)
    unset = acts.take_snapshot(ctx=ctx_of("office_clerk", CITY, now=later(9), params=without), title="二").facts
    assert len(unset["unserved"]) == 1 and unset["unasked"] == ["户型面积标准"]


@pytest.mark.django_db
@pytest.mark.clause("3.2-1")
def test_the_drop_out_rate_is_the_programmes_own_or_there_is_none() -> None:
    rows = qualified(1, 11, 21, 31)
    with scope(CITY):
        assert dropouts.history(CITY, later(9).date()) == []
    keys = [uuid7() for _ in rows]
    with open_act(CITY, now=later(9)) as ctx:
        dropouts.entered(ctx=ctx, stage="choice", chances=list(zip(keys, rows, strict=True)))
        dropouts.entered(ctx=ctx, stage="choice", chances=list(zip(keys, rows, strict=True)))
    with scope(CITY):
        open_ = dropouts.history(CITY, later(9).date())[0]
        assert (open_.open, open_.permille, open_.words) == (4, None, "还没有历史")
    with open_act(CITY, now=later(10)) as ctx:
        assert (
            dropouts.settled(ctx=ctx, stage="choice", object_ids=keys[:1], outcome="dropped", why="改在外地买房") == 1
        )
        assert dropouts.settled(ctx=ctx, stage="choice", object_ids=keys[:3], outcome="kept") == 2
        with pytest.raises(ValueError, match="says why"):
            dropouts.settled(ctx=ctx, stage="choice", object_ids=keys[3:], outcome="dropped")
    with scope(CITY):
        rate = dropouts.history(CITY, later(10).date())[0]
        assert (rate.settled, rate.dropped, rate.open, rate.permille) == (3, 1, 1, 333)
        assert rate.low is not None and rate.low < 333 < (rate.high or 0) and "33.3%" in rate.words
        assert dropouts.history(CITY, later(9).date())[0].settled == 0, "as of a day before"
        assert dropouts.history("231281", later(10).date()) == []


@pytest.mark.django_db
def test_demand_of_nothing_is_frozen_with_an_empty_file() -> None:
    taken = acts.take_snapshot(ctx=ctx_of("office_clerk", CITY), title="尚无需求")
    assert taken.households == 0 and taken.facts["realness"] == []
    with scope(CITY):
        assert list(snapshot_rows.read(DemandSnapshot.objects.get())) == []
