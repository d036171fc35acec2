"""What comes with an application: consent, papers by kind (材料), and wishes that change while it waits."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.files import store
from anju.needs import consent
from anju.needs.acts.steps import CLAUSE, FAMILY, locked, tell, who
from anju.needs.households import WishInput, places_of, refuse_faults, wish_faults
from anju.needs.models import LIVE, PAPERS, Application, Attachment, MadeFor, Wish, WorkerTown
from anju.needs.proxies import ALL
from anju.needs.proxies import PAPERS as MAY_BRING_PAPERS
from anju.policy.parameters import Unset

WORKER = "village_worker"
ATTACHED = "attachment"  # the evidence's kind
KINDS = dict(PAPERS)
Paper = tuple[str, str, bytes]  # kind, file name, bytes
WAYS = {FAMILY: "portal", WORKER: "worker"}


def came_with(ctx: ActContext, row: Application, version: str, papers: Sequence[Paper]) -> None:
    """Keep, within ``submit_application``, consent and papers; a worker's application is made for a family that is told of it."""
    if ctx.post in WAYS and not version:
        raise InvalidInput("请先读过并勾选承诺和授权查询书，没有受理", field="consent", clause=CLAUSE)
    if version:
        consent.record(ctx=ctx, application=row, version=version, way=WAYS.get(ctx.post, "paper"))
    for kind, name, data in papers:
        keep(ctx, row, kind, name, data)
    if ctx.post == WORKER:
        worker_of_town(ctx, row.town)
        _tell_made_for(ctx, row)


def keep(ctx: ActContext, row: Application, kind: str, name: str, data: bytes) -> Attachment:
    """One paper of a case. Raises InvalidInput for an unknown kind, BadFile for what is no paper."""
    if kind not in KINDS:
        raise InvalidInput(f"材料种类应为{'、'.join(KINDS.values())}，没有收下", field="kind", clause=CLAUSE)
    evidence = store.keep(ctx=ctx, name=name, data=data, kind=ATTACHED, case=row.id)
    return Attachment.objects.create(
        region=ctx.region, application=row, kind=kind, evidence=evidence, added_on=ctx.today, maker=ctx.account
    )


def worker_of_town(ctx: ActContext, town: str) -> None:
    """Raises Refused where the worker is not the town's."""
    if not WorkerTown.objects.filter(region=ctx.region, account=who(ctx), town=town, until_on=None).exists():
        raise Refused(f"您不负责乡镇（街道）{town}，没有办理；请由该地的协理员办理，或请县专班分工", clause=CLAUSE)


def _tell_made_for(ctx: ActContext, row: Application) -> None:
    days = ctx.inforce().get("made_for_revoke_days")
    by = None if isinstance(days, Unset) else type(ctx.today).fromordinal(ctx.today.toordinal() + int(days.value))
    MadeFor.objects.create(
        region=ctx.region, application=row, way="worker", maker=who(ctx), made_on=ctx.today, revoke_by=by
    )
    until = f"{by} 前可以撤销" if by else "不同意可以撤销"
    tell(ctx, row, "made-for", {"类别": row.get_programme_display(), "撤销": until}, row.id)


@act(clause=CLAUSE, title="交材料")
def attach_papers(
    *, ctx: ActContext, application_id: UUID, kind: str, files: Sequence[tuple[str, bytes]]
) -> Application:
    """Add papers of a kind to a live case: by the family, its proxy, the counter or the town's worker."""
    row = locked(ctx, application_id, proxy=(MAY_BRING_PAPERS, "交材料"))
    if ctx.post == WORKER:
        worker_of_town(ctx, row.town)
    if row.state not in LIVE:
        raise Refused(f"申请 {row.number} 当前为「{row.get_state_display()}」，不再收材料，没有收下", clause=CLAUSE)
    if not files:
        raise InvalidInput("没有选择文件，没有收下", field="files", clause=CLAUSE)
    made = [keep(ctx, row, kind, name, data) for name, data in files]
    ctx.on(row, kind=kind, files=[one.evidence.sha256 for one in made])
    return row


# While a case is shown, what is shown stays as it is.
WISHES_CHANGE = (
    "submitted",
    "supplement",
    "first_passed",
    "second_passed",
    "reviewed",
    "qualified",
    "suspended",
    "held",
)


@act(clause=CLAUSE, title="变更意向")
def change_wishes(*, ctx: ActContext, application_id: UUID, wishes: Sequence[WishInput]) -> Application:
    """Put other wishes in place of those given, in their order; the place on the list stays. The old ones stay in the log."""
    row = locked(ctx, application_id, proxy=(ALL, "变更意向"))
    if row.state not in WISHES_CHANGE:
        raise Refused(f"申请 {row.number} 当前为「{row.get_state_display()}」，不能变更意向，没有办理", clause=CLAUSE)
    relations = list(row.members.order_by("id").values_list("relation", flat=True))
    refuse_faults(wish_faults(row.programme, relations, wishes, ctx.inforce(), places_of(ctx.region)))
    before = [_said(wish) for wish in row.wishes.order_by("rank")]
    Wish.objects.filter(region=ctx.region, application=row).delete()
    Wish.objects.bulk_create(
        Wish(region=ctx.region, application=row, rank=rank, **vars(wish)) for rank, wish in enumerate(wishes, 1)
    )
    ctx.on(row, before=before, after=[_said(wish) for wish in wishes])
    return row


def _said(wish: Wish | WishInput) -> dict[str, Any]:
    names = ("county", "tenure", "rooms", "area_from_cm2", "area_to_cm2", "ceiling_fen", "zone", "floor", "lift")
    return {name: getattr(wish, name) for name in names}
