"""Publication: no personal number leaves; the public role sees what is visible and nothing else; the last day takes it down."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from anju.base.acts import Forbidden, Refused
from anju.base.acts.models import Act, ActItem
from anju.base.calendar.days import installation
from anju.base.jobs.tasks import take_down_in
from anju.base.publication import release
from anju.base.publication.models import Publication
from anju.base.regions import public_scope, scope
from anju.base.tickets.models import Ticket
from offering.programme import refused_by_database, sql
from support.db import NOON, context, open_act, raw

ID = "231202199001011237"


def published(slug: str = "a", *, region: str = "231200", until: date | None = None, **body: Any) -> Publication:
    """A copy for the public."""
    with open_act(region) as ctx:
        return release.release(
            ctx=ctx,
            kind="announcement",
            title="房源公告",
            slug=slug,
            body=body or {"text": "共 120 套"},
            obj=Ticket(),
            until=until,
        )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"王小明 {ID}", ["身份证号"]),
        ("身份证11010519491231002X号", ["身份证号"]),
        ("２３１２０２１９９００１０１１２３７", ["身份证号"]),
        ("231202 19900101 1237", ["身份证号"]),
        ("电话13845501234联系", ["手机号"]),
        ("138-4550-1234", ["手机号"]),
        ("+8613845501234", ["手机号"]),
        ("卡号 6222021234567890123", ["银行卡号"]),
        (f"{ID} 13845501234", ["身份证号", "手机号"]),
        ("受理号 20260302000123", []),
        ("不动产单元号 231202001001GB00001F00010001", []),
        ("摘要 a13845501234f 与 0e13845501234", []),
        ("1384550123", []),
        ("231202********1237，王**", []),
    ],
)
def test_personal_numbers_are_found_and_other_numbers_let_be(text: str, found: list[str]) -> None:
    assert release.scan({"rows": [{"note": text}]}) == found
    assert release.scan({text: 1}) == found


def test_sums_and_areas_are_not_taken_for_phones_but_other_whole_numbers_are() -> None:
    assert release.scan({"total_fen": 13_845_501_234, "gross_cm2": 13_845_501_234}) == []
    assert release.scan({"contact": 13_845_501_234}) == ["手机号"]


@pytest.mark.django_db
@pytest.mark.clause("3.5-2")
@pytest.mark.parametrize("body", [{"rows": [{"a": [ID]}]}, {"text": "电话 13845501234"}])
def test_a_copy_with_a_personal_number_is_not_published(body: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="没有发布；请改用脱敏字段"):
        published(**body)
    with scope("231200"):
        assert not Publication.objects.exists()


@pytest.mark.django_db
def test_a_copy_whose_last_day_is_past_is_not_published() -> None:
    with pytest.raises(Refused, match="早于今天"):
        published(until=date(2026, 3, 1))


@pytest.mark.django_db
def test_the_public_sees_what_is_visible_and_nothing_else() -> None:
    published("a", until=date(2026, 3, 2))
    with public_scope():
        assert [p.slug for p in Publication.objects.all()] == ["a"]
        for table in ("base_ticket", "base_evidence", "base_load", "base_paper", "base_message"):
            with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
                # each in a savepoint of its own
                cursor.execute("SAVEPOINT s")
                try:
                    cursor.execute(f"SELECT * FROM {table}")
                finally:
                    cursor.execute("ROLLBACK TO SAVEPOINT s")
    with open_act() as ctx:
        assert release.take_down(ctx=ctx, before=date(2026, 3, 3)) == 1
    with public_scope():
        assert not Publication.objects.exists()


@pytest.mark.django_db
def test_the_public_cannot_change_a_publication() -> None:
    published()
    with pytest.raises(Exception, match="permission denied"), public_scope():
        Publication.objects.update(title="改")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    ["title = '改'", "body = '{}'", "slug = 'x'", "kind = 'survey', body = '{}'", "published_at = now()", "until = '2027-01-01'",
     "object_id = gen_random_uuid()", "visible = true", ""],
)  # fmt: skip
def test_what_was_published_is_only_taken_down_even_inside_an_act(change: str) -> None:
    published("down", until=date(2026, 3, 2))
    with open_act() as ctx:
        release.take_down(ctx=ctx, before=date(2027, 1, 1))
    published()
    statement = f"UPDATE base_publication SET {change}" if change else "DELETE FROM base_publication"
    assert refused_by_database(sql(statement)) == "AJ005"


@pytest.mark.django_db
def test_the_worker_takes_down_what_is_past_its_last_day_in_every_county_and_leaves_one_entry() -> None:
    published("last-day", until=date(2026, 3, 2))
    published("county", region="231202", until=date(2026, 3, 2))
    published("later", until=date(2026, 3, 3))
    published("ever")
    row = installation()
    row.clock = NOON
    assert take_down_in("231200", row) == 0
    with scope("231200"):
        assert not Act.objects.filter(name="base.take_down_due").exists()
    row.clock = NOON + timedelta(days=1)
    assert take_down_in("231200", row) == 2
    assert take_down_in("231200", row) == 0
    with scope("231200"):
        assert sorted(Publication.objects.filter(visible=True).values_list("slug", flat=True)) == ["ever", "later"]
        entry = Act.objects.get(name="base.take_down_due")
        assert entry.account is None and ActItem.objects.filter(act=entry.id).count() == 2


@pytest.mark.django_db
def test_nobody_takes_down_by_hand_what_is_the_workers() -> None:
    with pytest.raises(Forbidden):
        release.take_down_due(ctx=replace(context(), powers=frozenset({"base.bring_file"})))


@pytest.mark.usefixtures("committed")
def test_the_database_holds_one_copy_per_kind_and_slug() -> None:
    published("a")
    with raw("admin") as attack, pytest.raises(Exception, match="publication_once"):
        attack.execute("SET session_replication_role = replica")
        attack.execute(
            "INSERT INTO base_publication SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()))).*"
            " FROM base_publication p"
        )
