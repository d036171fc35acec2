"""A scope is entered in one round trip, narrows only, and is what it was after its block, however the block ended."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from anju.base.acts import Conflict, Forbidden, Refused
from anju.base.acts.models import Act, Refusal
from anju.base.regions import APP, PARTY, NoScope, city_of, public_scope, scope, uuid7
from anju.parties import acts
from anju.parties.models import Organisation
from parties.cast import CITY, COUNTY, OTHER, acting, appointed, task_force
from support.db import context

pytestmark = pytest.mark.django_db


def now_set() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('anju.lo', true), ''), coalesce(current_setting('anju.hi', true), ''),"
            " coalesce(current_setting('anju.party', true), ''), current_setting('role')"
        )
        return tuple(cursor.fetchone())


def test_a_block_narrows_and_gives_back_what_was_around_it() -> None:
    outside = now_set()
    with scope(CITY):
        assert now_set() == (CITY, "231299", "", APP)
        with scope(COUNTY):
            assert now_set() == (COUNTY, COUNTY, "", APP)
            with pytest.raises(NoScope), scope(OTHER):
                raise AssertionError("another county was opened")
            assert now_set() == (COUNTY, COUNTY, "", APP)
            with pytest.raises(NoScope), scope(CITY):
                raise AssertionError("the city was opened from a county")
        assert now_set() == (CITY, "231299", "", APP)
    assert now_set() == outside


@pytest.mark.parametrize("inner", [CITY, COUNTY], ids=["the same scope", "a narrower one"])
def test_a_block_that_fails_gives_back_what_was_around_it(inner: str) -> None:
    with scope(CITY):
        with pytest.raises(ZeroDivisionError), scope(inner):
            raise ZeroDivisionError
        assert now_set() == (CITY, "231299", "", APP)
        with scope(COUNTY):
            assert now_set() == (COUNTY, COUNTY, "", APP), "what was remembered is what the database has"


def test_a_partys_role_is_kept_unless_an_act_raises_it_and_comes_back_after_it() -> None:
    party = uuid7()
    with scope(CITY, party=party, role=PARTY):
        assert now_set() == (CITY, "231299", str(party), PARTY)
        with scope(CITY):
            assert now_set()[3] == PARTY
        with scope(COUNTY, elevate=True):
            assert now_set() == (COUNTY, COUNTY, str(party), APP)
        assert now_set() == (CITY, "231299", str(party), PARTY)


def test_the_public_sees_nothing_placed_and_its_role_ends_with_its_block() -> None:
    outside = now_set()
    with public_scope():
        assert now_set() == ("", "", "", "anju_public")
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM parties_organisation")
    assert now_set() == outside


def test_an_act_in_its_requests_scope_takes_no_round_trip_for_it() -> None:
    ctx = context()
    with (
        scope(CITY),
        CaptureQueriesContext(
            connection,
        ) as seen,
    ):
        acts.open_organisation(ctx=ctx, kind="bank", name="甲银行")
    said = [q["sql"] for q in seen.captured_queries]
    assert not [s for s in said if "scope_enter" in s or "set_config" in s]
    assert sum(s.startswith("SAVEPOINT") for s in said) == 2, "the act's, and the one around the unique insert"


def test_an_act_that_is_refused_takes_back_its_rows_and_leaves_a_refusal_in_the_same_scope() -> None:
    ctx = context()
    with scope(CITY):
        acts.open_organisation(ctx=ctx, kind="bank", name="甲银行", uscc="91110000600037341L")
        with pytest.raises(Conflict):
            acts.open_organisation(ctx=ctx, kind="bank", name="乙银行", uscc="91110000600037341L")
        assert list(Organisation.objects.values_list("name", flat=True)) == ["甲银行"]
        assert Refusal.objects.get().clause == "4.1"
        assert Act.objects.filter(name="parties.open_organisation").count() == 1


def test_an_actor_does_not_leave_the_region_of_its_post_even_without_a_scope_around_it() -> None:
    ctx = acting(appointed("wk_office", "office_clerk", COUNTY, task_force(COUNTY)))
    assert ctx.at(COUNTY).region == COUNTY
    for region in (OTHER, city_of(COUNTY)):
        with pytest.raises(Forbidden, match=f"只管 {COUNTY}"):
            ctx.at(region)


def test_the_hash_of_a_request_is_keyed_and_still_knows_its_twin(settings: Any) -> None:
    ctx = context().once("k-1")
    first = acts.open_organisation(ctx=ctx, kind="bank", name="甲银行")
    assert acts.open_organisation(ctx=ctx, kind="bank", name="甲银行").pk == first.pk
    with pytest.raises(Refused, match="办理编号"):
        acts.open_organisation(ctx=ctx, kind="bank", name="乙银行")
    settings.SECRET_KEY = "another"
    with pytest.raises(Refused, match="办理编号"):
        acts.open_organisation(ctx=ctx, kind="bank", name="甲银行")
