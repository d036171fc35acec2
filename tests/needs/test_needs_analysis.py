"""需求分析: the page of a day, frozen demand compared and checked again, the report as a paper in Chinese."""

from dataclasses import replace

import pytest
from django.urls import reverse

from anju.base.acts import InvalidInput
from anju.base.files import store
from anju.base.papers.blocks import texts_of
from anju.base.regions import scope
from anju.needs import acts, shown
from anju.needs.acts.report import issue_report
from anju.needs.models import DemandSnapshot
from needs.helpers import COUNTY, WISH, ctx_of, later, qualified, rent_household
from support.desk import signed_in, text

CITY = "231200"
pytestmark = pytest.mark.clause("3.2-0")


def frozen(day: int = 9, title: str = "三月需求", region: str = CITY) -> DemandSnapshot:
    return acts.take_snapshot(ctx=ctx_of("office_clerk", region, now=later(day)), title=title)


@pytest.mark.parametrize(
    ("tenure", "fen", "words"),
    [("sale", 30_000_000, "30—35 万元"), ("rent", 60_000, "600—700 元/月"), ("rent", None, "未记录")],
)
def test_a_band_is_named_by_both_its_edges(tenure: str, fen: int | None, words: str) -> None:
    assert shown.price_words(tenure, fen) == words


def test_a_number_too_small_to_hide_anybody_is_not_said_on_paper() -> None:
    assert [shown.few(n) for n in (0, 1, 4, 5, 1234)] == ["0", "不足 5", "不足 5", "5", "1,234"]


@pytest.mark.django_db
def test_the_report_says_the_frozen_demand_of_the_city_and_of_a_county() -> None:
    qualified(*range(1, 70, 10))
    row = frozen()
    ctx = ctx_of("office_clerk", CITY, now=later(9))
    with scope(CITY):
        city, county = (
            issue_report(ctx=ctx, snapshot_id=row.id),
            issue_report(ctx=ctx, snapshot_id=row.id, county=COUNTY),
        )
    words = "\n".join(texts_of(city.data["blocks"]))
    assert "绥化市轮候库共有 7 户" in words and row.sha256 in words and "流入指数" in words and "还没有历史" in words
    assert "配售 2 室 80—90 ㎡" in words and "没有审图号" in words and "30—35 万元" in words
    assert county.title == "北林区保障性住房需求分析报告"
    with scope(CITY):
        assert store.read(city.pdf).startswith(b"%PDF") and store.read(city.docx)[:2] == b"PK"
        with pytest.raises(InvalidInput, match="不是本区划"):
            issue_report(ctx=ctx, snapshot_id=row.id, county="110101")


@pytest.mark.django_db
def test_no_demand_is_said_to_be_a_finding() -> None:
    row = frozen()
    with scope(CITY):
        paper = issue_report(ctx=ctx_of("office_clerk", CITY, now=later(9)), snapshot_id=row.id)
    assert "没有需求也是结论" in paper.data["blocks"][0]["text"]


@pytest.mark.django_db
def test_two_snapshots_are_compared_by_first_wishes_the_largest_change_first() -> None:
    rows = qualified(1, 11, 21)
    first = frozen()
    for row in rows[:2]:
        acts.withdraw(ctx=ctx_of(now=later(10)), application_id=row.id)
    second = frozen(11, "撤回之后")
    with scope(CITY):
        found = shown.compared(list(first.cells.all()), list(second.cells.all()), shown.kind_words)
    assert [(c.title, c.before, c.after, c.by) for c in found] == [("配售 2 室 80—90 ㎡", 3, 1, "-2")]


@pytest.mark.usefixtures("committed")
def test_the_pages_of_a_day_a_snapshot_its_check_and_its_comparison() -> None:
    qualified(1, 11)
    clerk, auditor = signed_in("office_clerk", CITY), signed_in("auditor", CITY)
    now = text(clerk.get(reverse("needs:analysis")))
    assert "审图号" in now and "没有轮候家庭" in now, "the city's day is before they qualified"
    assert "不是日期" in text(clerk.get(reverse("needs:analysis") + "?on=昨天"))
    assert "还没有到" in text(clerk.get(reverse("needs:analysis") + "?on=2999-01-01"))
    first, second = frozen(), frozen(12, "又一份")
    page = text(clerk.get(reverse("needs:snapshot", args=[first.id])))
    assert first.rows_sha256 in page and "30—35 万元" in page and "又一份" in page and "还没有历史" in page
    assert "一致" in text(auditor.get(reverse("needs:check_snapshot", args=[first.id])))
    assert "相差 0 户" in text(clerk.get(reverse("needs:compare", args=[first.id, second.id])))
    given = b"".join(auditor.get(reverse("needs:snapshot_rows", args=[first.id])).streaming_content)
    assert given.count(b"\n") == 2 and store.digest_of(given) == first.rows_sha256
    assert clerk.get(reverse("needs:snapshot", args=[first.id]) + "?export=xlsx").content[:2] == b"PK"
    assert clerk.get(reverse("needs:analysis") + "?export=xlsx").content[:2] == b"PK"
    made = clerk.post(reverse("needs:issue_report", args=[first.id]), {"county": ""})
    assert made.status_code == 302 and "需求分析报告" in text(clerk.get(made.headers["Location"]))
    store.path_of(first.rows_sha256).write_text("{}\n")
    assert "摘要不符" in text(auditor.get(reverse("needs:check_snapshot", args=[first.id])))


@pytest.mark.django_db
def test_a_snapshot_of_one_county_holds_wishes_for_homes_elsewhere_too() -> None:
    wish = replace(WISH, county="231282", tenure="rent", ceiling_fen=70_000)
    case = acts.submit_application(ctx=ctx_of(), household=replace(rent_household(41), wishes=(wish,)))
    acts.bulk_first_review(ctx=ctx_of(), ids=[case.id])
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[case.id])
    shown_ = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[case.id], title="公示三")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown_.id)
    row = frozen(region=COUNTY)
    with scope(COUNTY):
        cell = row.cells.get()
    assert (cell.county, cell.programme, cell.tenure, cell.price_band_fen) == (
        "231282",
        "affordable_rental",
        "rent",
        70_000,
    )
