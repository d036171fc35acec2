"""12,000 homes of forty projects: the file to rows, every rule of 3.3 on each, admission, the grid of a project, a plan."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from bench.core import Figure, database

CITY, COUNTY, PROJECTS = "231200", "231202", 40
OPEN = {"rent_main_share_min": 510}


def run() -> list[Figure]:
    """Seconds of the whole reserve, and a bare INSERT of as many documents beside the screening."""
    with database("reserve"):
        from anju.front.demo import buildings

        plans = buildings.plans(random.Random(1))[:PROJECTS]
        for plan in plans:
            plan.region, plan.stands_in = CITY, COUNTY
            for home in plan.units:
                home["code"] = COUNTY + home["code"][6:]
        homes = sum(len(p.units) for p in plans)
        projects = [_project(p) for p in plans]
        file = _file(plans)
        taken = _seconds(lambda: _bring(file))
        screened = _seconds(lambda: [_act("screen_project", p.id) for p in projects])
        bare = _seconds(_bare)
        admitted = _seconds(lambda: [_admit(p.id) for p in projects])
        solved = _seconds(_solve)
    return [
        Figure(
            "reserve.import.12k.seconds", taken, "s", f"{homes:,} homes, xlsx to rows, codes claimed, log", None, "≤ 10"
        ),
        Figure(
            "reserve.screen.12k.seconds", screened, "s", "a bare INSERT of the same documents", screened / bare, "≤ 5"
        ),
        Figure("reserve.admit.12k.seconds", admitted, "s", "each home held to its screening by the database"),
        Figure(
            "planning.solve.seconds",
            solved,
            "s",
            f"{PROJECTS} projects of 8 kinds, 10 counties of 60 cells, HiGHS, proven",
        ),
    ]


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ctx() -> Any:
    """Somebody with every power, each time another account."""
    from anju.base.acts import REGISTRY, ActContext
    from anju.base.calendar.days import installation, now_of
    from anju.policy.parameters import ParameterBook, Setting

    book = ParameterBook(Setting(name, CITY, value, date(2025, 1, 1), "合成") for name, value in OPEN.items())
    powers = frozenset(d.power for d in REGISTRY.values()) | {"base.bring_file", "base.accept_load"}
    return ActContext(uuid4(), "acquirer_clerk", CITY, powers, now_of(installation()), book, demonstration=True)


def _project(plan: Any) -> Any:
    from anju.parties import acts as parties
    from anju.parties.models import Organisation
    from anju.reserve import acts
    from anju.reserve.facts import check_items

    ctx = _ctx()
    developer = Organisation.objects.filter(kind="developer").first() or parties.open_organisation(
        ctx=ctx, kind="developer", name="合成地产"
    )
    project = acts.declare_project(
        ctx=ctx, number=plan.number, name=plan.name, developer_id=developer.id, stands_in=COUNTY, address="合成路 1 号",
        completion_record="合成", completed_on=date(2025, 1, 1),
    )  # fmt: skip
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
    for item in check_items(ctx.inforce()):
        file = {"file_name": "a.pdf", "file_data": pdf}
        acts.record_check(ctx=ctx, project_id=project.id, item=item, passed=True, document="合成", **file)
    return project


def _file(plans: list[Any]) -> bytes:
    """The unit table of all projects."""
    from anju.base.sheets import kind_named
    from anju.base.sheets.out import workbook
    from anju.front.demo import buildings

    kind = kind_named("units")
    rows = [buildings.unit_row(p, home) for p in plans for home in p.units]
    body = [[row.get(c.field) for c in kind.columns] for row in rows]
    return workbook(kind.title, [(c.title, "") for c in kind.columns], body, True)


def _bring(data: bytes) -> None:
    """Through the import that clerks use: checked, accepted, taken in."""
    from anju.base.regions import scope
    from anju.base.sheets import loads

    ctx = _ctx()
    load = loads.bring_file(ctx=ctx, kind="units", name="楼盘表.xlsx", data=data)
    if load.bad:
        raise RuntimeError(f"{load.bad} rows of the bench's own file are bad: {load.errors[:3]}")
    loads.accept_load(ctx=ctx, load_id=load.id, reasons={error["column"]: "合成" for error in load.errors})
    with scope(CITY):
        loads.run_load(ctx, load)


def _act(name: str, project_id: Any) -> None:
    from anju.reserve import acts

    getattr(acts, name)(ctx=_ctx(), project_id=project_id)


def _admit(project_id: Any) -> None:
    from anju.base.acts import Refused

    try:
        _act("admit_units", project_id)
    except Refused:  # the bench's city has projects that are bad on purpose
        return


def _bare() -> None:
    """The same documents once more, with neither rules nor guards nor row-level security: what the database alone takes."""
    import os

    import psycopg

    from anju.front import postgres

    with psycopg.connect(**postgres.admin_settings(os.environ["ANJU_DB"])) as connection:
        connection.execute("CREATE TABLE bare (LIKE reserve_screening INCLUDING INDEXES)")
        connection.execute("INSERT INTO bare SELECT * FROM reserve_screening")
        connection.rollback()


def _solve() -> None:
    from anju.planning import solver
    from anju.planning.solver import City, Demand, Stock

    rng = random.Random(3)
    counties = [f"c{n}" for n in range(10)]
    stock = []
    for project in range(PROJECTS):
        county = rng.choice(counties)
        for _ in range(8):
            tenure, area = rng.choice(["sale", "rent"]), rng.randrange(400_000, 1_200_000, 100)
            cost = rng.randrange(250_000, 350_000) * area // 10_000
            stock.append(Stock(f"p{project}", county, tenure, rng.choice([1, 2, 3]), area, cost, rng.randrange(10, 60)))
    cells = [
        Demand(c, tenure, rooms, band, rng.randrange(0, 30))
        for c in counties for tenure in ("sale", "rent") for rooms in (1, 2, 3) for band in range(400_000, 1_200_000, 80_000)
    ]  # fmt: skip
    city = City(tuple(stock), tuple(cells), 60_000_000_000, least_units=20, small_cm2=700_000, small_permille=510)
    answer = solver.solve(city)
    if answer.status != solver.OPTIMAL or solver.lawful(city, answer):
        raise RuntimeError("the plan is not proven or not lawful")
    if solver.solve(replace(city)) != answer:
        raise RuntimeError("the same city gave another plan")
