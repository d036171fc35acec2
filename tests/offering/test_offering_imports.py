"""Files in: what a window took on paper, and the bank's list of earnest money; bad cells named, good rows taken."""

from typing import Any

import pytest

from anju.base.acts import REGISTRY, InvalidInput
from anju.base.regions import scope
from anju.base.sheets import KINDS, kind_named, loads
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.ledger import books
from anju.offering import acts, reads
from anju.offering.models import Batch, Choice, Subscription
from offering.programme import CITY, EARNEST, World, announced, households, ordered, subscribed, world

pytestmark = [pytest.mark.django_db, pytest.mark.clause("3.5-3")]
POWERS = frozenset(d.power for d in REGISTRY.values()) | {kind.power for kind in KINDS.values()}


def brought(found: World, kind: str, rows: list[dict[str, Any]], post: str = "acquirer_clerk", **options: str) -> Any:
    """A file in the kind's own template, checked and, where a row is good, taken in."""
    described = kind_named(kind)
    body = [[row.get(column.field) for column in described.columns] for row in rows]
    data = workbook(described.title, [header_of(c) for c in described.columns], body, True)
    by = found.ctx(post, powers=POWERS)
    load = loads.bring_file(ctx=by, kind=kind, name=f"{described.title}.xlsx", data=data, options=options)
    if load.good:
        load = loads.accept_load(ctx=by, load_id=load.id)
        load = loads.run_load(by, load)
    return load


def said(load: Any) -> str:
    """What the report says of the bad cells, and what the acts said of the refused rows."""
    return " ".join([*(e["reason"] for e in load.errors), *(r["reason"] for r in load.refused)])


def test_a_windows_file_subscribes_households_and_names_what_is_wrong() -> None:
    found = world(2)
    batch: Batch = announced(found)
    found.day = batch.apply_from
    one, two, rent = [*households(2), *households(1, programme="public_rental")]
    load = brought(
        found, "subscriptions",
        [
            {"application": one.number, "wish_1": "1-1-100", "wish_2": "1-1-101"},
            {"application": two.number, "wish_1": "9-9-999"},
            {"application": "231202-2603-999999", "wish_1": "1-1-100"},
            {"application": rent.number, "wish_1": "1-1-100"},
        ],
        batch=batch.number,
    )  # fmt: skip
    with scope(CITY):
        assert Subscription.objects.get(batch=batch).wishes == ["1-1-100", "1-1-101"]
    words = said(load)
    assert "不是本批次的房源" in words and "没有这个受理号" in words and "请选同类房源" in words


def test_a_file_for_no_batch_is_refused() -> None:
    found = world(1)
    with pytest.raises(InvalidInput, match="批次编号"):
        brought(found, "subscriptions", [{"application": "x", "wish_1": "1-1-100"}])
    load = brought(found, "subscriptions", [{"application": "x", "wish_1": "1-1-100"}], batch="没有")
    assert load.good == 0 and "没有这个批次" in said(load)


def test_the_banks_list_records_earnest_money_to_the_fen() -> None:
    found = world(3)
    batch = announced(found)
    subscribed(found, batch, households(3), wishes=1)
    ordered(found, batch)
    acts.allot(ctx=found.ctx(), batch_id=batch.pk)
    with scope(CITY):
        labels = list(reads.choices(batch).order_by("batch_unit__label").values_list("batch_unit__label", flat=True))
    rows = [
        {"label": label, "amount_fen": "5000.00", "paid_on": found.day, "reference": f"R{label}"} for label in labels
    ]
    rows[1]["amount_fen"] = "4999.99"
    rows.append({**rows[0], "label": "9-9-999", "reference": "R9"})
    load = brought(found, "earnest", rows, "acquirer_finance", batch=batch.number)
    assert load.good == 2 and "应缴 5000.00 元" in said(load) and "没有家庭选定这套房" in said(load)
    with scope(CITY):
        assert Choice.objects.filter(batch=batch, state="taken").count() == 2
        assert books.balance(books.find("earnest", batch.pk, region=CITY), "bank") == 2 * EARNEST
