"""What the acts of this room share: the project under its lock, the acquirer that acts, the ceiling in force."""

from uuid import UUID

from anju.base.acts import ActContext, Conflict, Forbidden, InvalidInput, Refused
from anju.negotiation import reads
from anju.parties.acts.acquirers import ACQUIRER_POSTS
from anju.parties.models import Admission
from anju.policy.rules import pricing as rules
from anju.policy.verdict import Verdict
from anju.pricing.models import Ceiling
from anju.reserve.models import Project

CLAUSE = "3.5-1"


def project_for(ctx: ActContext, project_id: UUID) -> Project:
    """The project under its row lock. Raises Conflict."""
    found = Project.objects.filter(region=ctx.region, id=project_id).select_for_update(of=("self",)).first()
    if found is None:
        raise Conflict(f"区划 {ctx.region} 没有这个项目，没有办理；请核对项目所属的区划", clause=CLAUSE)
    return found


def person(ctx: ActContext) -> UUID:
    """The person who acts. Raises Forbidden where nobody does (a job cannot make or sign)."""
    if ctx.account is None:
        raise Forbidden("这件事须由具名的经办人办理，没有办理；请登录后办理", clause=CLAUSE)
    return ctx.account


def acquirer_of(ctx: ActContext) -> UUID:
    """The acquirer whose person acts; no government post decides for it (自主决策). Raises Forbidden."""
    if ctx.post not in ACQUIRER_POSTS or ctx.organisation is None:
        raise Forbidden("只有收购主体自己的岗位可以办理，没有办理；请由收购主体经办", clause=CLAUSE)
    return ctx.organisation


def admitted(ctx: ActContext, organisation: UUID) -> Admission:
    """The acquirer's admission, live today. Raises Refused."""
    found = reads.admission_of(ctx.region, organisation, ctx.today)
    if found is None:
        raise Refused(
            f"收购主体在 {ctx.today} 没有 {ctx.region} 的有效准入，没有办理；请先办理收购主体准入", clause="3.1-1"
        )
    return found


def ceiling_verdicts(ctx: ActContext, ceiling: Ceiling | None, price_fen_m2: int) -> list[Verdict]:
    """Whether a price stands under the project's ceiling today: confirmed, in its days, not lower."""
    if ceiling is None:
        return [rules.under_ceiling(price_fen_m2, None)]
    inforce = ctx.inforce(ceiling.value_date)
    valid = rules.ceiling_valid(ceiling.value_date, ctx.today, inforce)
    return [valid, rules.under_ceiling(price_fen_m2, ceiling.ceiling_fen_m2)]


def with_reason(reason: str, what: str) -> str:
    """The reason, stripped. Raises InvalidInput where there is none or it is longer than 300 characters."""
    text = reason.strip()
    if not text or len(text) > 300:
        raise InvalidInput(f"{what}须写明理由（1–300 字），没有办理；请补写后再办", field="reason", clause=CLAUSE)
    return text
