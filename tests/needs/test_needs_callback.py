"""回访: a list by rule, outcomes with their tries; a confirmation is dated, a change lies on a desk, nobody leaves by a clerk's word."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from anju.base.acts import InvalidInput, Refused
from anju.base.acts.models import Act
from anju.base.regions import scope, uuid7
from anju.base.sheets import loads
from anju.base.sheets.out import workbook
from anju.base.sheets.read import read_table
from anju.base.sheets.template import header_of
from anju.base.tickets.models import Ticket
from anju.needs import call_sheet, copies
from anju.needs.acts import callback as acts
from anju.needs.models import Application, Call, Campaign
from needs.helpers import COUNTY, ctx_of, later, qualified
from support.db import open_act
from support.desk import signed_in, text

pytestmark = pytest.mark.clause("3.2-0")
DUE = later(30).date()


def clerk(**changes: Any) -> Any:
    return ctx_of("intake_clerk", now=later(9), **changes)


def opened(title: str = "三月回访", **rule: Any) -> Campaign:
    return acts.open_campaign(ctx=ctx_of("reviewer", now=later(9)), title=title, due_on=DUE, **rule)


def call_of(row: Application) -> Call:
    with scope(COUNTY):
        return Call.objects.get(application=row, outcome__in=["", "unreachable"])


@pytest.mark.django_db
def test_a_round_lists_who_the_rule_finds_in_the_lists_order_and_shares_them_out() -> None:
    rows, clerks = qualified(1, 11, 21), [uuid7(), uuid7()]
    with open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_application SET confirmed_on = '2026-03-09' WHERE id = %s", [rows[0].id])
    with pytest.raises(Refused, match="没有一户"):
        opened(programme="public_rental")
    with pytest.raises(Refused, match="没有一户"):
        opened(waited_days=30)
    with pytest.raises(InvalidInput, match="按区县"):
        acts.open_campaign(ctx=ctx_of("reviewer", "231200", now=later(9)), title="全市", due_on=DUE)
    with pytest.raises(InvalidInput, match="早于今天"):
        acts.open_campaign(ctx=ctx_of("reviewer", now=later(9)), title="晚", due_on=date(2026, 3, 1))
    first = opened(not_confirmed_since=date(2026, 3, 1), clerks=clerks)
    assert first.households == 2
    with scope(COUNTY):
        assert set(Call.objects.values_list("assigned_to", flat=True)) == set(clerks)
    second = opened("第二次")
    with scope(COUNTY):
        assert list(Call.objects.filter(campaign=second).values_list("application_id", flat=True)) == [rows[0].id]


@pytest.mark.django_db
def test_what_a_family_says_is_kept_and_none_leaves_the_list_by_a_clerks_word() -> None:
    rows = qualified(1, 11, 21, 31)
    row = opened()
    say = {"tries": 2, "note": "想改到三室"}
    for case, outcome in zip(rows, ("confirmed", "changed", "given_up", "unreachable"), strict=True):
        acts.record_call(ctx=clerk(), call_id=call_of(case).id, outcome=outcome, **say)
    with scope(COUNTY):
        states = dict(Application.objects.values_list("id", "state"))
        assert set(states.values()) == {"qualified"}
        days = dict(Application.objects.values_list("id", "confirmed_on"))
        assert days[rows[0].id] == later(9).date() and days[rows[1].id] is None and days[rows[2].id] is None
        desks = dict(Ticket.objects.filter(kind__startswith="needs.callback").values_list("kind", "object_id"))
        assert desks == {"needs.callback_changed": rows[1].id, "needs.callback_given_up": rows[2].id}
        assert acts.tally(row) == {"confirmed": 1, "changed": 1, "given_up": 1, "unreachable": 1}
    with pytest.raises(Refused, match="联系次数 1 应在 2"):
        acts.record_call(ctx=clerk(), call_id=call_of(rows[3]).id, outcome="confirmed", tries=1)
    acts.record_call(ctx=clerk(), call_id=call_of(rows[3]).id, outcome="confirmed", tries=3)
    with scope(COUNTY):
        done = Call.objects.get(application=rows[0])
    with pytest.raises(Refused, match="已登记为「确认」"):
        acts.record_call(ctx=clerk(), call_id=done.id, outcome="given_up", tries=5)
    acts.close_campaign(ctx=ctx_of("reviewer", now=later(20)), campaign_id=row.id)
    with pytest.raises(Refused, match="已于"):
        acts.close_campaign(ctx=ctx_of("reviewer", now=later(20)), campaign_id=row.id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "tries", "note", "words"),
    [("gone", 1, "", "不认识"), ("confirmed", 0, "", "联系次数"), ("changed", 1, " ", "写明变更什么"), ("confirmed", 100, "", "联系次数")],
)  # fmt: skip
def test_an_outcome_that_says_nothing_is_refused(outcome: str, tries: int, note: str, words: str) -> None:
    case = qualified(1)[0]
    opened()
    with pytest.raises(Refused, match=words):
        acts.record_call(ctx=clerk(), call_id=call_of(case).id, outcome=outcome, tries=tries, note=note)


@pytest.mark.django_db
def test_closing_a_round_frees_whom_nobody_called_for_the_next() -> None:
    qualified(1)
    row = opened()
    acts.close_campaign(ctx=ctx_of("reviewer", now=later(31)), campaign_id=row.id)
    assert opened("四月回访").households == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE needs_call SET outcome = 'confirmed'", "an_outcome_was_heard"),
        (
            "UPDATE needs_call SET outcome = 'changed', tries = 1, called_on = '2026-03-11', recorded_by = id",
            "a_change_is_said",
        ),
        ("UPDATE needs_call SET tries = 100", "call_tries"),
        (
            "INSERT INTO needs_call (id, region, campaign_id, application_id, tries, outcome, note)"
            " SELECT gen_random_uuid(), region, campaign_id, application_id, 0, '', '' FROM needs_call",
            "call_once_a_round|one_open_call",
        ),
    ],
)
def test_the_database_keeps_a_call_honest(statement: str, name: str) -> None:
    qualified(1)
    opened()
    with pytest.raises(IntegrityError, match=name), open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_list_goes_out_with_phones_under_an_entry_and_comes_back_with_outcomes() -> None:
    rows = qualified(1, 11)
    row = opened()
    with pytest.raises(InvalidInput, match="用途"):
        acts.take_call_list(ctx=clerk(), campaign_id=row.id, reason=" ")
    acts.take_call_list(ctx=clerk(), campaign_id=row.id, reason="三月电话回访")
    with scope(COUNTY):
        assert Act.objects.filter(name="needs.take_call_list").count() == 1
        for one in rows:
            told = copies.gather(one)["谁看过、导出或打印过您的个人信息"]
            assert [(look["办理"], look["事由"]) for look in told] == [("领取回访名单", "三月电话回访")]
        _, data = call_sheet.call_list(row, None, synthetic=True)
        assert read_table(call_sheet.OUTCOMES_KIND, "xlsx", data)
    lines = [
        [rows[0].number, "确认", 1, ""], [rows[1].number, "变更", 2, ""], ["231202-0000-000000", "确认", 1, ""],
    ]  # fmt: skip
    sheet = workbook("回访结果表", [header_of(c) for c in call_sheet.COLUMNS], lines, True)
    load = loads.bring_file(
        ctx=clerk(), kind="callbacks", name="回访.xlsx", data=sheet, options={"campaign": row.title}
    )
    assert (load.good, load.bad) == (2, 1)
    loads.accept_load(ctx=clerk(), load_id=load.id)
    with scope(COUNTY):
        done = loads.run_load(clerk(), load)
        assert acts.tally(row) == {"confirmed": 1, "": 1}
        assert "不在本次回访名单" in str(done.refused)


@pytest.mark.usefixtures("committed")
def test_the_pages_lead_from_the_rule_to_the_outcome() -> None:
    case = qualified(1)[0]
    reviewer, caller = signed_in("reviewer", COUNTY), signed_in("intake_clerk", COUNTY)
    given = {"title": "三月回访", "due_on": "2026-12-31", "most": 10, "waited_days": 0, "share": "on"}
    made = reviewer.post(reverse("needs:open_campaign"), given)
    assert made.status_code == 302, made.content.decode()[:3000]
    page = text(reviewer.get(made.headers["Location"]))
    assert "待联系" in page and "各类，最多 10 户" in page
    with scope(COUNTY):
        row, one = Campaign.objects.get(), Call.objects.get()
    listed = text(caller.get(reverse("needs:calls", args=[row.id])))
    assert case.number in listed and case.applicant_name not in listed
    said = {"outcome": "confirmed", "tries": 1, "note": ""}
    assert caller.post(reverse("needs:call", args=[row.id, one.id]), said).status_code == 302
    file = caller.post(reverse("needs:call_list", args=[row.id]), {"reason": "电话回访"})
    assert file.status_code == 200 and file.content[:2] == b"PK"
    assert caller.post(reverse("needs:call_list", args=[row.id]), {"reason": ""}).status_code == 422
    assert reviewer.post(reverse("needs:close_campaign", args=[row.id]), {}).status_code == 302
    assert "三月回访" in text(reviewer.get(reverse("needs:campaigns")))
