"""Publicity (公示): masked and whitelisted, for the days that the parameter says; then the list."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.numbers import mask_name
from anju.base.publication.release import release, take_down
from anju.needs.acts.places import give_places
from anju.needs.acts.steps import CLAUSE, locked_many
from anju.needs.models import PUBLICITY, Application, Deferral, Objection, Publicity
from anju.policy.parameters import Unset

# What the public may read, and nothing else: a number to look oneself up by, a masked name, the size, the programme.
COLUMNS = ("受理号", "姓名", "家庭人数", "申请类别")


@act(clause=CLAUSE, title="公示审核结果")
def publish_applications(*, ctx: ActContext, ids: list[UUID], title: str) -> Publicity:
    """Publish reviewed applications for the county's days of publicity. Raises Refused while those days are not set."""
    rows = locked_many(ctx, ids, "reviewed", unread=("verdicts",))
    if not rows:
        raise Refused("所选申请没有一份待公示，没有发布；请刷新列表后再选", clause=CLAUSE)
    if not title.strip():
        raise InvalidInput("请填写公示标题，没有发布", field="title", clause=CLAUSE)
    days = ctx.inforce().get("publicity_days")
    if isinstance(days, Unset):
        raise Refused(days.sentence, clause=days.clause)
    publicity = Publicity.objects.create(
        region=ctx.region, title=title.strip(), slug=_slug(ctx), households=len(rows), from_on=ctx.today,
        until_on=ctx.today + timedelta(days=days.value), maker=ctx.account,
    )  # fmt: skip
    body = {
        "paragraphs": [
            f"经初审、复审，下列 {len(rows)} 户符合条件，现予公示。公示期内有异议的，请向受理窗口书面提出。"
        ],
        "facts": [["公示期", f"{publicity.from_on} 至 {publicity.until_on}"]],
        "tables": [
            {
                "title": publicity.title,
                "header": list(COLUMNS),
                "rows": [_public(row) for row in sorted(rows, key=lambda r: r.number)],
            }
        ],
    }
    release(
        ctx=ctx,
        kind=PUBLICITY,
        title=publicity.title,
        slug=publicity.slug,
        body=body,
        obj=publicity,
        until=publicity.until_on,
    )
    Application.objects.filter(region=ctx.region, id__in=[row.id for row in rows]).update(
        state="publicity", publicity=publicity
    )
    ctx.on(publicity, households=len(rows), until=publicity.until_on, judged_by=days.version)
    ctx.items((row.id, f"{row.number}|publicity|{publicity.slug}") for row in rows)
    return publicity


def _public(row: Application) -> list[str]:
    return [row.number, mask_name(row.applicant_name), str(row.persons), row.get_programme_display()]


def _slug(ctx: ActContext) -> str:
    today = Publicity.objects.filter(region=ctx.region, from_on=ctx.today).count()
    return f"{ctx.region}-{ctx.today:%Y%m%d}-{today + 1}"


@act(clause=CLAUSE, title="公示期满，进入轮候库")
def end_publicity(*, ctx: ActContext, publicity_id: UUID) -> Publicity:
    """Take the publicity down and put its applications on the list, each with its sort key by the list's order.

    One with an open objection waits for its decision. Raises Refused before the days are over, or where the order or a
    household's points are not set.
    """
    publicity = Publicity.objects.select_for_update().filter(region=ctx.region, id=publicity_id).first()
    if publicity is None:
        raise Refused(f"{ctx.region} 没有这份公示，没有办理；请从公示列表重新打开", clause=CLAUSE)
    if publicity.ended_on:
        raise Refused(f"这份公示已于 {publicity.ended_on} 办结，没有再办", clause=CLAUSE)
    if ctx.today <= publicity.until_on:
        raise Refused(f"公示到 {publicity.until_on} 为止，今天是 {ctx.today}，还不能转入轮候库", clause=CLAUSE)
    ids = Application.objects.filter(region=ctx.region, publicity=publicity, state="publicity").values_list(
        "id", flat=True
    )
    shown = locked_many(ctx, ids, "publicity", unread=("verdicts",))
    stopped = objected(ctx, shown) | overdue(ctx, shown)
    rows = [row for row in shown if row.id not in stopped]
    keys = give_places(ctx, rows, ctx.today)
    publicity.ended_on = ctx.today
    publicity.save(update_fields=["ended_on"])
    take_down(ctx=ctx, before=ctx.today)
    ctx.on(publicity, qualified=len(rows), objected=len(stopped))
    ctx.items((row.id, f"{row.number}|qualified|{key}") for row, key in zip(rows, keys, strict=True))
    return publicity


def overdue(ctx: ActContext, rows: Sequence[Application]) -> set[UUID]:
    """Those with a paper that should have followed by now (容缺): they go back by themselves."""
    found = Deferral.objects.filter(
        region=ctx.region, application_id__in=[row.id for row in rows], state="open", good_by__lt=ctx.today
    )
    return set(found.values_list("application_id", flat=True))


def objected(ctx: ActContext, rows: Sequence[Application]) -> set[UUID]:
    """Those with an objection that nobody has decided."""
    found = Objection.objects.filter(
        region=ctx.region, application_id__in=[row.id for row in rows], decided_on__isnull=True
    )
    return set(found.values_list("application_id", flat=True))
