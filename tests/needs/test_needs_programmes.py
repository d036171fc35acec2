"""The programmes as data: what a county calls them, whether they sell or let, whether they take applications, from when, by whose paper."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from anju.base.acts import InvalidInput, Refused
from anju.base.acts.context import SHANGHAI
from anju.base.files import store
from anju.base.regions import scope
from anju.base.sheets.models import Load
from anju.needs import acts, programmes
from anju.needs.acts import Brought
from anju.needs.models import Finding
from anju.parties import acts as parties
from anju.policy.parameters import ParameterBook, Setting
from needs.helpers import (
    COUNTY,
    NOON,
    OTHER,
    WISH,
    book,
    ctx_of,
    household,
    later,
    qualified,
    rent_household,
    submitted,
)
from needs.test_needs_life_pages import county_parameters  # noqa: F401
from support.db import context, open_act
from support.desk import signed_in, text

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("3.2-0")]
TODAY = NOON.astimezone(SHANGHAI).date()


def shut(region: str = COUNTY, since: date = TODAY, value: str = "closed") -> Setting:
    return Setting("programme_open", region, {"sale": value}, since, "北住〔2026〕3号")


def with_settings(*rows: Setting) -> ParameterBook:
    return ParameterBook([*(row for rows_ in book()._settings.values() for row in rows_), *rows])


def a_load() -> Any:
    with open_act(COUNTY) as ctx:
        kept = store.keep(ctx=ctx, name="a.pdf", data=b"%PDF-1.4\n%%EOF\n", kind="load", case=None)
        return Load.objects.create(
            region=COUNTY, kind="applications", name="a.xlsx", evidence=kept, made_at=ctx.now, sha256="0" * 64, good=2,
            bad=0, errors=[], synthetic=True,
        ).id  # fmt: skip


def test_a_closed_programme_takes_nothing_new_by_any_way_and_goes_on_with_what_it_has() -> None:
    before = submitted(1)
    closed: dict[str, Any] = {"params": with_settings(shut(since=date(2026, 3, 3))), "now": later(1)}
    with pytest.raises(Refused, match=r"自 2026-03-03 起停止受理这类住房的申请（北住〔2026〕3号），没有受理"):
        acts.submit_application(ctx=ctx_of(**closed), household=household(11))
    taken = acts.take_applications(
        ctx=ctx_of(**closed), load_id=a_load(),
        brought=[Brought(2, household(21)), Brought(4, rent_household(31))],
    )  # fmt: skip
    assert taken["taken"] == 1 and [row for row, _ in taken["refused"]] == [2]
    # What came in while it was open is reviewed as ever, by its own day.
    assert acts.first_review(ctx=ctx_of(**closed), application_id=before.id, outcome="pass").state == "first_passed"
    # A paper case of the closed days is recorded, and held; one of the day before has nothing open of it.
    scans = [("申请表.pdf", b"%PDF-1.4")]
    after = {"params": with_settings(shut(since=date(2026, 3, 1))), "now": later(5)}
    held = acts.back_enter(ctx=ctx_of(**after), household=household(41), accepted_on=date(2026, 3, 2), scans=scans)
    past = acts.back_enter(ctx=ctx_of(**after), household=household(51), accepted_on=date(2026, 2, 28), scans=scans)
    assert (held.state, past.state) == ("held", "submitted")
    with scope(COUNTY):
        assert list(Finding.objects.filter(application_id=held.id).values_list("rule", flat=True)) == ["3.2-0-open"]


def test_a_county_closes_for_itself_and_a_later_day_opens_again() -> None:
    params = with_settings(shut(), shut(since=date(2026, 3, 9), value="open"))
    for region, on, refused in ((COUNTY, 0, True), (OTHER, 0, False), (COUNTY, 6, True), (COUNTY, 7, False)):
        said = programmes.not_open("sale", params.on(later(on).date(), region))
        assert bool(said) is refused, (region, on)
    assert not programmes.not_open("public_rental", params.on(TODAY, COUNTY)), "the others stay open"


def test_tenure_is_data_that_wishes_and_sitting_tenants_obey_by_the_cases_own_day() -> None:
    params = with_settings(
        Setting("programme_tenure", "231200", {"affordable_rental": "sale"}, date(2026, 3, 5), "绥住〔2026〕9号")
    )
    old = acts.submit_application(ctx=ctx_of(params=params), household=rent_household(1))
    turned = {"params": params, "now": later(5)}
    with pytest.raises(InvalidInput, match="申请类别只能配售"):
        acts.submit_application(ctx=ctx_of(**turned), household=rent_household(11))
    sold = household(21, programme="affordable_rental", wishes=(WISH,))
    new = acts.submit_application(ctx=ctx_of(**turned), household=sold)
    # The old case is one for rent for ever, so that no tenant buys by it; the new one may be told of a tenancy.
    with pytest.raises(Refused, match="不是在审核中的购房申请"):
        acts.buy_as_tenant(ctx=ctx_of(**turned), application_id=old.id, tenancy_number=new.number)
    with pytest.raises(Refused, match="没有在租的申请"):
        acts.buy_as_tenant(ctx=ctx_of(**turned), application_id=new.id, tenancy_number=old.number)


def test_an_unset_tenure_is_taken_for_neither() -> None:
    before = book().on(date(2020, 1, 1), COUNTY)
    with pytest.raises(Refused, match=r"配售型保障性住房：参数「租售方式」.*尚未设定"):
        programmes.tenure_of("sale", before)
    assert programmes.of_tenure("sale", before) == [] and programmes.of_tenure("rent", before) == ["public_rental"]


def test_one_page_a_programme_says_how_it_is_run_and_what_waits_for_a_second_person() -> None:
    qualified(1)
    clerk = context("office_clerk", COUNTY, now=NOON)
    row = parties.propose_setting(
        ctx=clerk, name="programme_open", value={"sale": "closed"}, valid_from=TODAY, document="北住〔2026〕3号"
    )
    desk = signed_in("office_head", COUNTY)
    page = text(desk.get(reverse("needs:programme", args=["sale"])))
    for said in ("开放受理", "配售", "工薪收入群体", "轮候", "家庭人均月收入线", "5,000.00 元", "待另一人确认", "1 户"):
        assert said in page, said
    with pytest.raises(Refused):
        parties.confirm_setting(ctx=clerk, setting_id=row.pk)
    parties.confirm_setting(ctx=context("office_head", COUNTY, now=NOON), setting_id=row.pk)
    page = text(desk.get(reverse("needs:programme", args=["sale"])))
    assert "停止受理" in page and "北住〔2026〕3号" in page and "没有等待确认的取值" in page
    listed = text(desk.get(reverse("needs:programmes")))
    assert listed.count("停止") >= 1 and "保障性租赁住房" in listed and "摇号" in listed
    assert desk.get(reverse("needs:programme", args=["none"])).status_code == 404
    may_i = {
        "county": COUNTY, "programme": "sale", "group": "wage_earner", "persons": "2", "age": "30", "registration": "",
    }  # fmt: skip
    assert "停止受理这类住房的申请" in text(desk.get(reverse("needs:may_i"), may_i))
