"""What set-up lays and what comes from outside: the installation, its clock, regions, census, calendar, rates,
powers."""

from collections.abc import Sequence
from datetime import date, datetime

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.calendar.days import days_of_year
from anju.base.calendar.models import Installation, WorkingDay
from anju.base.tickets.clock import recompute
from anju.parties.acts.shared import filled
from anju.parties.models import CensusFigure, Post, PostPower, Rate, Region
from anju.parties.posts import POSTS, read_powers
from anju.parties.suihua import FigureRow, RateRow, RegionRow


@act(clause="2-2", title="建立安装")
def found_installation(
    *, ctx: ActContext, kind: str, city: str, origin: str, clock: datetime | None = None
) -> Installation:
    """The one row that says whose installation this is. Raises Conflict where it stands; the database keeps it
    fixed."""
    if Installation.objects.exists():
        raise Conflict("本机已建立安装，不能改为另一座城市或另一种用途；请换一个空的数据库")
    row = Installation.objects.create(id=1, kind=kind, city=city, origin=origin, clock=clock)
    ctx.entry.facts.update(kind=kind, city=city, origin=origin)
    return row


@act(clause="4.4", title="拨动演示时钟")
def move_clock(*, ctx: ActContext, to: datetime) -> Installation:
    """A demonstration's clock moves forward. Raises Refused on a real installation or backwards."""
    row = Installation.objects.select_for_update().get(id=1)
    if row.kind != Installation.DEMONSTRATION or row.clock is None:
        raise Refused("正式安装使用真实时间，不能拨动时钟")
    if to <= row.clock:
        raise Refused(
            f"演示时钟只能向前拨：现为 {row.clock:%Y-%m-%d %H:%M}，收到 {to:%Y-%m-%d %H:%M}；请改为更晚的时间"
        )
    ctx.entry.facts.update(was=row.clock.isoformat(), to=to.isoformat())
    row.clock = to
    row.save(update_fields=["clock"])
    return row


@act(clause="3.2-1", title="导入行政区划")
def import_regions(*, ctx: ActContext, rows: Sequence[RegionRow]) -> int:
    """Lay or renew divisions by code; how many. None is removed, since cases point at them."""
    Region.objects.bulk_create(
        [Region(**vars(row)) for row in rows], update_conflicts=True, unique_fields=["code"],
        update_fields=["name", "level", "parent", "longitude", "latitude", "source"],
    )  # fmt: skip
    ctx.entry.facts.update(count=len(rows), sources=sorted({row.source for row in rows}))
    return len(rows)


@act(clause="3.2-1", title="导入人口普查")
def import_census(*, ctx: ActContext, rows: Sequence[FigureRow]) -> int:
    """Lay published figures by area, year and name; how many. A figure published anew replaces the old one, kept in
    the log."""
    known = set(Region.objects.values_list("code", flat=True))
    stray = sorted({row.area for row in rows} - known)
    if stray:
        raise InvalidInput(f"区划表没有 {'、'.join(stray[:5])}，没有导入；请先导入行政区划", "area")
    CensusFigure.objects.bulk_create(
        [CensusFigure(**vars(row)) for row in rows], batch_size=1000, update_conflicts=True,
        unique_fields=["area", "year", "name"], update_fields=["value", "source"],
    )  # fmt: skip
    ctx.entry.facts.update(count=len(rows), sources=sorted({row.source for row in rows}))
    return len(rows)


@act(clause="4.2-2", title="录入利率")
def load_rates(*, ctx: ActContext, rows: Sequence[RateRow]) -> int:
    """Enter published rates; how many were new. Raises Conflict where a day already holds another rate."""
    held = {(r.name, r.valid_from): r.basis_points for r in Rate.objects.filter(name__in={row.name for row in rows})}
    for row in rows:
        was = held.get((row.name, row.valid_from), row.basis_points)
        if was != row.basis_points:
            raise Conflict(
                f"{row.name} 在 {row.valid_from} 已登记为 {was} 个基点，收到 {row.basis_points}，没有录入；请核对公布值"
            )
        if not 0 < row.basis_points < 2400:
            raise InvalidInput(
                f"利率 {row.basis_points} 个基点不在 0 至 2400 之间，没有录入；3.45% 应为 345", "basis_points"
            )
    fresh = [row for row in rows if (row.name, row.valid_from) not in held]
    Rate.objects.bulk_create([Rate(owner_region=ctx.region, **vars(row)) for row in fresh])
    ctx.entry.facts.update(count=len(fresh), sources=sorted({row.source for row in rows}))
    return len(fresh)


@act(clause="3.6-1", title="公布工作日历")
def publish_calendar(
    *, ctx: ActContext, year: int, source: str = "", off: Sequence[date] = (), on: Sequence[date] = ()
) -> int:
    """The working days of a year. Without ``source`` those known to the machine, 暂定 where the year is not yet
    published.

    With ``source`` (the State Council's notice) the weekdays, less the holidays ``off``, plus the make-up days ``on``.
    Deadlines of open tickets that fall in the year are computed again, the old ones kept in the log. Returns how many
    deadlines moved. Raises Refused for a year that was published already.
    """
    rows = days_of_year(year)
    if source:
        for row in rows:
            row.working = (row.day.weekday() < 5 and row.day not in off) or row.day in on
            row.provisional, row.source = False, filled(source, "source", "依据文件")
    held = WorkingDay.objects.filter(day__year=year).first()
    if held and not held.provisional:
        raise Refused(f"{year} 年工作日历已按「{held.source}」公布，不能改写")
    stray = [day for day in (*off, *on) if day.year != year]
    if stray:
        raise InvalidInput(f"{stray[0]} 不在 {year} 年内，没有公布；请核对日期", "off")
    WorkingDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["day"], update_fields=["working", "provisional", "source"]
    )
    moved = recompute(ctx=ctx, year=year)
    ctx.entry.facts.update(year=year, source=rows[0].source, provisional=rows[0].provisional, deadlines_moved=moved)
    return moved


@act(clause="4.5", title="装载岗位权限表")
def load_powers(*, ctx: ActContext) -> int:
    """Posts and the table posts × acts, from every room's ``powers.yaml``; how many rows. What the files no longer
    say goes."""
    Post.objects.bulk_create(
        [
            Post(code=p.code, title=p.title, organisation_kinds=list(p.organisation_kinds), party=p.party, order=number)
            for number, p in enumerate(POSTS)
        ],
        update_conflicts=True, unique_fields=["code"], update_fields=["title", "organisation_kinds", "party", "order"],
    )  # fmt: skip
    wanted = {(post, power) for power, posts in read_powers().items() for post in posts}
    held = {(row.post_id, row.power): row.pk for row in PostPower.objects.all()}
    gone = sorted(held.keys() - wanted)
    fresh = sorted(wanted - held.keys())
    PostPower.objects.filter(pk__in=[held[key] for key in gone]).delete()
    PostPower.objects.bulk_create([PostPower(post_id=post, power=power) for post, power in fresh])
    ctx.entry.facts.update(
        count=len(wanted), granted=[f"{a}:{b}" for a, b in fresh], withdrawn=[f"{a}:{b}" for a, b in gone]
    )
    return len(wanted)
