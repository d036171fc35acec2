"""The green channel: procedures of a purchased project, their clocks, and the annotation of closed management."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused
from anju.base.acts.models import Act, ActFacts, ActItem
from anju.base.calendar.days import days_of_year
from anju.base.calendar.models import WorkingDay
from anju.base.regions import scope, uuid7
from anju.base.tickets.models import Ticket
from anju.parties.acts import publish_calendar
from anju.permits import acts, exports, reads
from anju.permits.models import Permit
from anju.policy.parameters import ParameterBook, Setting
from support import laid
from support.db import NOON, context, open_act, raw

CITY = "231200"
DAYS = [
    ["filing", "网签备案", 2], ["loan", "个人贷款条件", 5], ["taxes", "税费缴纳", 3],
    ["first_registration", "首次登记", 5], ["transfer_registration", "转移登记", 5],
]  # fmt: skip
BOOK = ParameterBook([Setting("permit_days", CITY, DAYS, date(2026, 1, 1), "演示")])

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("3.6-1")]


def ctx(organisation: Any = None, *, days: int = 0, **changes: Any) -> ActContext:
    return context(
        params=BOOK, organisation=organisation.id if organisation else None, now=NOON + timedelta(days=days), **changes
    )


@pytest.fixture
def office() -> Any:
    return laid.organisation("department", "不动产登记中心")


@pytest.fixture
def project() -> Any:
    found = laid.project()
    laid.units(found, 2, tenure="sale")
    return found


def opened(project: Any, office: Any, *codes: str) -> dict[str, Permit]:
    wanted = codes or tuple(row[0] for row in DAYS)
    acts.open_permits(ctx=ctx(), project_id=project.id, departments=dict.fromkeys(wanted, office.id))
    with scope(CITY):
        return {row.procedure: row for row in reads.of_project(project)}


def test_every_procedure_gets_the_days_that_the_parameter_gives_it(project: Any, office: Any) -> None:
    found = opened(project, office)
    assert {code: row.limit_days for code, row in found.items()} == {key: days for key, _, days in DAYS}
    assert found["filing"].due_on == date(2026, 3, 4), "two working days after Monday 2026-03-02"
    assert found["loan"].due_on == date(2026, 3, 9), "the weekend does not count"
    with scope(CITY):
        ticket = Ticket.objects.get(object_id=found["loan"].id)
    assert (ticket.post, ticket.organisation, ticket.due_on) == ("department_clerk", office.id, date(2026, 3, 9))
    assert ticket.url == f"/permits/{found['loan'].id}/"


REFUSED = [
    ("a project that is not purchased", {"state": "locked"}, {}, Refused, "签订收购协议后"),
    ("a limit that nobody set", {}, {"params": ParameterBook([])}, Refused, "尚未设定"),
    ("a procedure without a limit", {}, {"params": ParameterBook([Setting("permit_days", CITY, DAYS[1:], date(2026, 1, 1), "演示")])},
     Refused, "没有网签备案的工作日数"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes", "context_", "error", "words"), REFUSED, ids=[r[0] for r in REFUSED])
def test_the_channel_is_not_opened_for(
    office: Any, what: str, changes: dict[str, Any], context_: dict[str, Any], error: type[Refused], words: str
) -> None:
    project = laid.project(**changes)
    with pytest.raises(error, match=words):
        acts.open_permits(
            ctx=context(**{"params": BOOK, **context_}), project_id=project.id, departments={"filing": office.id}
        )
    with scope(CITY):
        assert not Permit.objects.filter(project=project).exists()


def test_bad_input_to_opening_is_told(project: Any, office: Any) -> None:
    bank = laid.organisation("bank", "银行")
    cases: list[tuple[dict[str, UUID], type[Refused], str]] = [
        ({}, InvalidInput, "至少选一项"), ({"unheard": office.id}, InvalidInput, "没有「unheard」"),
        ({"filing": bank.id}, InvalidInput, "不是"), ({"filing": uuid7()}, InvalidInput, "不是"),
    ]  # fmt: skip
    for departments, error, words in cases:
        with pytest.raises(error, match=words):
            acts.open_permits(ctx=ctx(), project_id=project.id, departments=departments)
    with pytest.raises(Conflict, match="没有这个项目"):
        acts.open_permits(ctx=ctx(), project_id=uuid7(), departments={"filing": office.id})


def test_a_procedure_is_opened_once(project: Any, office: Any) -> None:
    opened(project, office, "filing")
    with pytest.raises(Conflict, match="没有重复开通"):
        opened(project, office, "filing", "loan")
    with scope(CITY):
        assert [row.procedure for row in reads.of_project(project)] == ["filing"]


def test_a_finished_procedure_has_its_certificate_and_leaves_the_desk(project: Any, office: Any) -> None:
    permit = opened(project, office, "filing")["filing"]
    found = acts.finish_permit(ctx=ctx(office, days=1), permit_id=permit.id, certificate="绥网签〔2026〕1 号")
    assert (found.done_on, found.certificate) == (date(2026, 3, 3), "绥网签〔2026〕1 号")
    with scope(CITY):
        assert not Ticket.objects.filter(object_id=permit.id, done_on__isnull=True).exists()
    with pytest.raises(Conflict, match="没有重复办理"):
        acts.finish_permit(ctx=ctx(office, days=1), permit_id=permit.id, certificate="又一次")


def test_another_departments_clerk_does_not_finish_it(project: Any, office: Any) -> None:
    permit = opened(project, office, "filing")["filing"]
    other = laid.organisation("department", "税务局")
    for act in (
        lambda: acts.finish_permit(ctx=ctx(other), permit_id=permit.id, certificate="1"),
        lambda: acts.stop_clock(ctx=ctx(other), permit_id=permit.id, reason="等材料"),
    ):
        with pytest.raises(Forbidden, match="不动产登记中心"):
            act()


@pytest.mark.parametrize(
    ("values", "words"),
    [({"certificate": "  "}, "1–80 字"), ({"certificate": "证" * 81}, "1–80 字"),
     ({"certificate": "1", "done_on": date(2026, 3, 1)}, "2026-03-02 至今天"),
     ({"certificate": "1", "done_on": date(2026, 3, 4)}, "2026-03-02 至今天")],
)  # fmt: skip
def test_bad_input_to_finishing_is_told(project: Any, office: Any, values: dict[str, Any], words: str) -> None:
    permit = opened(project, office, "filing")["filing"]
    with pytest.raises(InvalidInput, match=words):
        acts.finish_permit(ctx=ctx(office), permit_id=permit.id, **values)


@pytest.mark.clause("3.6-2")
def test_a_transfer_registration_comes_after_first_registration_and_taxes_and_carries_the_annotation(
    project: Any, office: Any
) -> None:
    found = opened(project, office, "taxes", "first_registration", "transfer_registration")
    transfer = found["transfer_registration"].id
    with pytest.raises(Refused, match="首次登记、税费缴纳办结之后"):
        acts.finish_permit(ctx=ctx(office), permit_id=transfer, certificate="1", annotation="封闭管理")
    for code in ("taxes", "first_registration"):
        acts.finish_permit(ctx=ctx(office), permit_id=found[code].id, certificate=code)
    with pytest.raises(Refused, match="封闭管理注记") as caught:
        acts.finish_permit(ctx=ctx(office), permit_id=transfer, certificate="1")
    assert [v.rule for v in caught.value.verdicts] == ["3.6-2-closed"]
    with scope(CITY):
        assert reads.annotated(project) is None
    acts.finish_permit(
        ctx=ctx(office), permit_id=transfer, certificate="黑（2026）1 号", annotation="封闭管理，不得上市交易"
    )
    with scope(CITY):
        assert reads.annotated(project) is True
        assert reads.readiness(project)[0] == ("具备配售配租条件（首次登记、转移登记）", True)


@pytest.mark.clause("3.6-2")
def test_homes_for_rent_alone_need_no_annotation(office: Any) -> None:
    project = laid.project()
    laid.units(project, 1, tenure="rent")
    found = opened(project, office, "taxes", "first_registration", "transfer_registration")
    for code in ("taxes", "first_registration", "transfer_registration"):
        acts.finish_permit(ctx=ctx(office), permit_id=found[code].id, certificate=code)
    with scope(CITY):
        assert reads.annotated(project) is False


def test_an_overdue_procedure_is_red_and_a_stopped_one_waits_with_its_reason(project: Any, office: Any) -> None:
    permit = opened(project, office, "filing")["filing"]
    with scope(CITY):
        assert reads.state_of(permit, date(2026, 3, 4)) == reads.OPEN, "the last day is in time"
        assert reads.state_of(permit, date(2026, 3, 5)) == reads.OVER
        assert [row.id for row in reads.overdue(CITY, date(2026, 3, 5))] == [permit.id]
    stopped = acts.stop_clock(ctx=ctx(office, days=1), permit_id=permit.id, reason="等开发企业补件")
    assert reads.state_of(stopped, date(2026, 3, 20)) == reads.STOPPED
    with scope(CITY):
        assert not reads.overdue(CITY, date(2026, 3, 20)).exists()
        assert Ticket.objects.get(object_id=permit.id).stop_reason == "等开发企业补件"
    with pytest.raises(Refused, match="先恢复计时"):
        acts.finish_permit(ctx=ctx(office, days=1), permit_id=permit.id, certificate="1")


def test_a_resumed_clock_runs_on_by_the_working_days_it_stood(project: Any, office: Any) -> None:
    permit = opened(project, office, "filing")["filing"]
    acts.stop_clock(ctx=ctx(office, days=1), permit_id=permit.id, reason="等补件")
    found = acts.resume_clock(ctx=ctx(office, days=8), permit_id=permit.id)
    assert (found.stopped_days, found.due_on) == (5, date(2026, 3, 11)), "Tuesday to Tuesday: five working days"
    with scope(CITY):
        assert Ticket.objects.get(object_id=permit.id).due_on == date(2026, 3, 11)
    with pytest.raises(Conflict, match="没有停表"):
        acts.resume_clock(ctx=ctx(office, days=8), permit_id=permit.id)
    for reason in ("", " ", "长" * 201):
        with pytest.raises(InvalidInput, match="原因"):
            acts.stop_clock(ctx=ctx(office, days=8), permit_id=permit.id, reason=reason)


def test_the_list_goes_out_as_a_file(project: Any, office: Any) -> None:
    opened(project, office)
    with scope(CITY):
        name, data = exports.permits(ctx())
    assert name.endswith(".xlsx") and data[:2] == b"PK"


ATTACKS = [
    ("a finished procedure without a certificate", {"done_on": date(2026, 3, 3)}, "a_done_permit_has_its_certificate"),
    ("one finished before it was opened", {"done_on": date(2026, 3, 1), "certificate": "1", "finished_by": uuid7()},
     "permit_days_in_order"),
    ("one due before it was opened", {"due_on": date(2026, 3, 1)}, "permit_days_in_order"),
    ("a stopped clock without a reason", {"stopped_on": date(2026, 3, 3)}, "a_stopped_clock_has_a_reason"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "values", "constraint"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_the_database_refuses(project: Any, office: Any, what: str, values: dict[str, Any], constraint: str) -> None:
    permit = opened(project, office, "filing")["filing"]
    setting = ", ".join(f"{name} = %s" for name in values)
    with raw("admin") as database, pytest.raises(psycopg.errors.CheckViolation) as caught:
        database.execute("SET session_replication_role = replica")
        database.execute(f"UPDATE permits_permit SET {setting} WHERE id = %s", [*values.values(), permit.id])
    assert caught.value.diag.constraint_name == constraint


def test_the_database_refuses_the_same_procedure_twice(project: Any, office: Any) -> None:
    permit = opened(project, office, "filing")["filing"]
    permit.pk = uuid7()
    with pytest.raises(psycopg.errors.UniqueViolation):
        laid.lay(permit)


def test_a_county_does_not_see_the_citys_procedures(project: Any, office: Any) -> None:
    permit = opened(project, office, "filing")["filing"]
    with scope("231221"):
        assert not Permit.objects.filter(id=permit.id).exists()
    with pytest.raises(Conflict, match="没有这件手续"):
        acts.finish_permit(ctx=ctx(office, region="231221"), permit_id=permit.id, certificate="1")


def test_a_procedure_changes_only_inside_an_act(project: Any, office: Any) -> None:
    permit = opened(project, office, "filing")["filing"]
    with raw(region=CITY) as database, pytest.raises(psycopg.Error) as caught:
        database.execute("UPDATE permits_permit SET certificate = 'x' WHERE id = %s", [permit.id])
    assert caught.value.sqlstate == "AJ003"
    with open_act(CITY):
        assert Permit.objects.filter(id=permit.id).update(certificate="in an act") == 1


def test_a_published_year_moves_the_last_day_of_open_procedures_and_the_log_keeps_the_old_one(
    project: Any, office: Any
) -> None:
    with open_act(CITY):
        WorkingDay.objects.bulk_create(days_of_year(2027), ignore_conflicts=True)
    late = (date(2026, 12, 31) - NOON.date()).days
    acts.open_permits(
        ctx=ctx(days=late),
        project_id=project.id,
        departments={"filing": office.id, "loan": office.id, "taxes": office.id},
    )
    with scope(CITY):
        found = {row.procedure: row for row in reads.of_project(project)}
    assert found["loan"].due_on == date(2027, 1, 7), "the year is not published: Monday to Friday"
    acts.finish_permit(
        ctx=ctx(office, days=late), permit_id=found["taxes"].id, certificate="税 1", done_on=date(2026, 12, 31)
    )
    off = [date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5)]
    moved = publish_calendar(ctx=ctx(), year=2027, source="国办发明电〔2026〕8号", off=off, on=[date(2027, 1, 2)])
    assert moved == 2, "the finished one stays"
    with scope(CITY):
        after = {row.procedure: row.due_on for row in reads.of_project(project)}
        tickets = {row.object_id: row.due_on for row in Ticket.objects.filter(done_on__isnull=True)}
        act = Act.objects.get(name="parties.publish_calendar")
        said = json.loads(ActFacts.objects.get(act=act.id).facts)["deadlines"]
        assert set(ActItem.objects.filter(act=act.id).values_list("object_id", flat=True)) == set(tickets), (
            "in their histories"
        )
    assert after == {"filing": date(2027, 1, 6), "loan": date(2027, 1, 11), "taxes": found["taxes"].due_on}
    assert tickets == {found[code].id: after[code] for code in ("filing", "loan")}
    assert said == {str(found[code].id): f"permit {found[code].due_on} → {after[code]}" for code in ("filing", "loan")}
