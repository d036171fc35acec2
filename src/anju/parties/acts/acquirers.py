"""Which of two acquirers acts: its own people alone, on what is its own; before that is fixed, those of an admitted one."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q

from anju.base.acts import ActContext, Forbidden
from anju.parties.models import Admission, Organisation

ACQUIRER_POSTS = frozenset({"acquirer_clerk", "acquirer_head", "acquirer_finance", "acquirer_finance_head"})
OPERATOR = "operator"
# A lower room asks what a later one has fixed: ``read(region, project_id)`` gives the acquirer of the project's letter.
Fixed = Callable[[str, UUID], UUID | None]
_FIXED: list[Fixed] = []


def register_fixed_acquirer(read: Fixed) -> Fixed:
    """A later room tells which acquirer a project has, None while none is fixed."""
    if read not in _FIXED:
        _FIXED.append(read)
    return read


def fixed_acquirer(region: str, project_id: UUID) -> UUID | None:
    """The acquirer of the project, None before its letter of intent."""
    return next((found for read in _FIXED if (found := read(region, project_id)) is not None), None)


def own_acquirer(ctx: ActContext, acquirer_id: UUID, what: str, clause: str) -> None:
    """``what`` is acted on by its own acquirer's people, or a manager's that belongs to it. Raises Forbidden.

    Posts outside an acquirer pass: what they may do here is the power's to say (a bank's, a notary's, the task force's).
    """
    if ctx.post not in ACQUIRER_POSTS and ctx.post != OPERATOR:
        return
    if ctx.organisation == acquirer_id or _belongs_to(ctx, acquirer_id):
        return
    name = Organisation.objects.filter(id=acquirer_id).values_list("name", flat=True).first() or "另一收购主体"
    raise Forbidden(
        f"{what}属于收购主体「{name}」，您所在的单位不是它，没有办理；请由「{name}」的人员办理", clause=clause
    )


def of_project(ctx: ActContext, project_id: UUID, clause: str) -> None:
    """A project's acquirer where its letter has fixed one; before, any acquirer admitted in the region. Raises Forbidden."""
    if ctx.post not in ACQUIRER_POSTS and ctx.post != OPERATOR:
        return None
    fixed = fixed_acquirer(ctx.region, project_id)
    if fixed is not None:
        return own_acquirer(ctx, fixed, "这个项目", clause)
    live = Admission.objects.filter(region=ctx.region, state="admitted", valid_from__lte=ctx.today)
    live = live.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=ctx.today))
    if not any(
        ctx.organisation == known or _belongs_to(ctx, known) for known in live.values_list("acquirer", flat=True)
    ):
        raise Forbidden(
            f"您所在的单位在 {ctx.today} 不是 {ctx.region} 已准入的收购主体，没有办理；请先办理收购主体准入（3.1），"
            "或由已准入的收购主体办理",
            clause=clause,
        )
    return None


def _belongs_to(ctx: ActContext, acquirer_id: UUID) -> bool:
    """Whether an operator's body is the manager that the acquirer has under it."""
    if ctx.post != OPERATOR or ctx.organisation is None:
        return False
    return Organisation.objects.filter(id=ctx.organisation, kind="manager", parent_id=acquirer_id).exists()
