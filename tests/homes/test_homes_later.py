"""After the signing: filing, the end of a lease, the register, what stands empty, and the pages."""

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.acts.models import Act
from anju.base.claims import seam
from anju.base.regions import scope
from anju.homes import acts, reads, register
from anju.homes.models import Contract
from anju.needs.models import Application
from anju.policy.parameters import ParameterBook, Setting
from anju.reserve.models import Unit
from homes.test_homes_contracts import BOOK, DOWN, buy, ctx, rent  # type: ignore[import-not-found]
from support.desk import signed_in, text
from support.sold import CITY, sold

pytestmark = pytest.mark.usefixtures("committed")
DAYS = ParameterBook([*BOOK._settings["lease_months_max"], *BOOK._settings["rent_discount_max"],
                      Setting("afterpurchase_days", CITY, 30, date(2026, 1, 1), "演示")])  # fmt: skip


@pytest.mark.clause("3.6-1")
def test_a_sale_is_filed_once_and_a_lease_never() -> None:
    sale, lease = buy(sold()), rent(sold(tenure="rent"))
    assert acts.record_filing(ctx=ctx(), contract_id=sale.id, filing_number="绥网签 1").filed_on == date(2026, 3, 2)
    with pytest.raises(Conflict, match="已登记备案号"):
        acts.record_filing(ctx=ctx(), contract_id=sale.id, filing_number="绥网签 2")
    with pytest.raises(Refused, match="租赁合同"):
        acts.record_filing(ctx=ctx(), contract_id=lease.id, filing_number="1")
    for number in ("", " ", "长" * 61):
        with pytest.raises(InvalidInput, match="1–60 字"):
            acts.record_filing(ctx=ctx(), contract_id=buy(sold()).id, filing_number=number)


@pytest.mark.clause("3.6-2")
def test_an_ended_lease_frees_the_home_and_the_household() -> None:
    found = sold(tenure="rent")
    lease = rent(found)
    ended = acts.end_lease(ctx=ctx(days=30), contract_id=lease.id, ended_on=date(2026, 3, 20), reason="家庭自愿退租")
    assert ended.ended_on == date(2026, 3, 20)
    with scope(CITY):
        assert Unit.objects.get(id=found.units[0].id).state == "purchased"
        application = Application.objects.get(id=lease.application_id)
        persons = [bytes(p) for p in application.members.values_list("document_blind", flat=True)]
        assert seam.holders(seam.HOME, persons) == {}
        assert reads.live_contract(found.units[0]) is None
    with pytest.raises(Refused, match="已于 2026-03-20 终止"):
        acts.end_lease(ctx=ctx(days=30), contract_id=lease.id, ended_on=date(2026, 3, 20), reason="又一次")


@pytest.mark.clause("3.6-2")
def test_a_sold_home_leaves_by_buy_back_only() -> None:
    with pytest.raises(Refused, match="只能按回购办理"):
        acts.end_lease(ctx=ctx(), contract_id=buy(sold()).id, ended_on=date(2026, 3, 2), reason="想卖掉")


@pytest.mark.parametrize(
    ("values", "words"),
    [({"ended_on": date(2026, 3, 1)}, "2026-03-02 至今天"), ({"ended_on": date(2026, 4, 2)}, "2026-03-02 至今天"),
     ({"reason": " "}, "须写明原因"), ({"reason": "长" * 201}, "须写明原因")],
)  # fmt: skip
def test_bad_input_to_an_end_is_told(values: dict[str, Any], words: str) -> None:
    lease = rent(sold(tenure="rent"))
    with pytest.raises(InvalidInput, match=words):
        acts.end_lease(
            ctx=ctx(days=30), contract_id=lease.id, **{"ended_on": date(2026, 3, 20), "reason": "退租", **values}
        )


# The register


def table(data: bytes) -> list[dict[str, Any]]:
    """The register's lines by its own titles."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    head = next(at for at, row in enumerate(rows) if "不动产单元代码" in [str(c) for c in row])
    titles = [str(c) for c in rows[head]]
    body = [dict(zip(titles, row, strict=False)) for row in rows[head + 1 :]]
    return [row for row in body if str(row["不动产单元代码"]).startswith("231202001001")]


@pytest.mark.clause("4.4")
def test_the_register_has_a_line_for_every_home_and_leaves_an_entry() -> None:
    found = sold()
    contract = buy(found)
    name, data = acts.write_register(ctx(days=10))
    rows = {str(row["不动产单元代码"]): row for row in table(data)}
    assert name == "统一台账-231200-20260312.xlsx" and set(rows) == {u.code for u in found.units}
    taken, free = rows[found.units[0].code], rows[found.units[1].code]
    assert (taken["状态"], taken["合同编号"], taken["价款（元）"]) == ("已配售", contract.number, 300_000)
    assert taken["申请人"].startswith("王") and taken["申请人"].endswith("*"), "masked"
    assert taken["封闭管理注记"] == "封闭管理，不得上市交易" and taken["坐落区县"] == "北林区"
    assert (free["状态"], free["空置天数"], free["合同编号"]) == ("已收购", 16, "")
    assert taken["空置天数"] == ""
    with scope(CITY):
        entry = Act.objects.get(name="homes.export_register")
        assert entry.clause == "4.4" and entry.leaf


def test_every_column_of_the_register_stands_for_one_value() -> None:
    found = sold()
    buy(found)
    with scope(CITY):
        rows = list(register.rows(CITY, date(2026, 3, 12)))
    assert {len(row) for row in rows} == {len(register.COLUMNS)}
    assert len({title for title, _ in register.COLUMNS}) == len(register.COLUMNS)


def test_a_countys_register_holds_its_own_homes_alone() -> None:
    sold()
    _, data = acts.write_register(ctx(region="231221"))
    assert table(data) == []


# What stands empty


@pytest.mark.clause("3.5-4")
def test_a_bought_home_without_a_contract_is_called_out_after_the_days_of_the_parameter() -> None:
    found = sold()
    buy(found)
    with scope(CITY):
        early = reads.vacant(CITY, date(2026, 3, 20), DAYS.on(date(2026, 3, 20), CITY))
        late = reads.vacant(CITY, date(2026, 3, 27), DAYS.on(date(2026, 3, 27), CITY))
        open_ = reads.vacant(CITY, date(2026, 3, 27), BOOK.on(date(2026, 3, 27), CITY))
    assert [(v.unit.id, v.days, v.verdict.outcome.value) for v in early] == [(found.units[1].id, 24, "pass")]
    assert [(v.days, v.verdict.outcome.value) for v in late] == [(31, "fail")]
    assert open_[0].verdict.outcome.value == "unknown", "a limit that nobody set never passes"


def test_a_home_counts_as_empty_from_the_end_of_its_last_lease() -> None:
    found = sold(tenure="rent", count=1)
    lease = rent(found)
    acts.end_lease(ctx=ctx(days=30), contract_id=lease.id, ended_on=date(2026, 3, 20), reason="退租")
    with scope(CITY):
        empty = reads.vacant(CITY, date(2026, 4, 1), DAYS.on(date(2026, 4, 1), CITY))
    assert [(v.since, v.days) for v in empty] == [(date(2026, 3, 20), 12)]


# Pages


def test_the_pages_show_homes_contracts_and_what_waits() -> None:
    found = sold()
    contract = buy(found)
    client = signed_in("operator")
    home = text(client.get(reverse("homes:list")))
    assert all(u.code in home for u in found.units) and "已配售" in home and "已收购" in home
    thing = text(client.get(reverse("homes:thing", args=[found.units[0].id])))
    assert contract.number in thing and "封闭管理，不得上市交易" in thing
    page = text(client.get(reverse("homes:contract", args=[contract.id])))
    assert "300,000.00 元" in page and "首付" in page and "登记网签备案号" in page
    waiting = text(client.get(reverse("homes:waiting")))
    assert found.choices[1].batch_unit.label in waiting and found.choices[0].batch_unit.label not in waiting
    assert found.units[1].code in text(client.get(reverse("homes:vacant")))
    assert contract.number in text(client.get(reverse("homes:contracts")))
    for name in ("homes:list", "homes:contracts", "homes:waiting", "homes:vacant"):
        assert client.post(f"{reverse(name)}?export=xlsx", {"reason": "核对台账"}).content[:2] == b"PK"
    register = reverse("front:export", args=["register"])
    assert "事由" in text(client.get(register)) and client.post(register, {"reason": "报送"}).content[:2] == b"PK"


def test_a_sale_is_signed_on_its_page_after_the_room_number_is_typed() -> None:
    found = sold(count=1)
    client, choice = signed_in("operator"), found.choices[0]
    url = reverse("homes:sign", args=[choice.id])
    assert "总价" in text(client.get(url))
    short = client.post(url, {"down_payment_fen": "1000", "typed": choice.batch_unit.label, "key": "a"})
    assert short.status_code == 422 and "15%" in short.content.decode()
    untyped = client.post(url, {"down_payment_fen": "45000", "key": "b"})
    assert untyped.status_code == 422 and "请手输" in untyped.content.decode()
    done = client.post(url, {"down_payment_fen": "45,000.00", "typed": choice.batch_unit.label, "key": "c"})
    assert done.status_code == 302
    with scope(CITY):
        assert Contract.objects.get().down_payment_fen == DOWN


def test_who_may_not_sign_is_sent_back_to_the_list() -> None:
    found = sold(count=1)
    assert signed_in("auditor").get(reverse("homes:sign", args=[found.choices[0].id])).status_code == 302
    assert signed_in("intake_clerk").get(reverse("homes:list")).status_code == 403
