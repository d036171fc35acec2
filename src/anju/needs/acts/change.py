"""What changes a case after it came in: supplement, withdrawal and its undoing, correction, the home it got, a personal look."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.files import store
from anju.base.numbers import mask_document, mask_name
from anju.base.secrets import blind, seal
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs import opinions, proxies
from anju.needs.acts.steps import (
    CLAUSE,
    FAMILY,
    STATES,
    back_on_desk,
    follow_phone,
    hide_from_phone,
    locked,
    put_on_desk,
    release,
    reserve,
    route_of,
    show_to_family,
)
from anju.needs.banned import refuse_banned
from anju.needs.findings import open_findings
from anju.needs.households import Fault, fact_faults, member_faults, places_of, refuse_faults
from anju.needs.judging import Days, blocking, frozen, judge_rows
from anju.needs.locks import end_locks, refuse_locked, said_again
from anju.needs.models import LIVE, Application, Member
from anju.needs.programmes import tenure_of
from anju.needs.route import WAITS, waiting_at
from anju.policy.rules import people
from anju.policy.verdict import Verdict

# What may be put right by name: title, and whether a family may do it in a supplement.
FACTS: dict[str, str] = {
    "income_month_fen": "家庭月收入", "home_area_cm2": "自有住房建筑面积", "residence_months": "居住或参保月数",
    "policy_homes": "已享受保障性住房套数", "score": "积分", "group": "保障对象群体", "town": "乡镇（街道）", "phone": "手机号",
}  # fmt: skip
BY_FAMILY = frozenset({"income_month_fen", "home_area_cm2", "residence_months", "policy_homes", "group", "town"})
REASON_MAX = 300
VACATE = "needs.vacate"
File = tuple[str, bytes]


@act(clause=CLAUSE, title="补正")
def supplement(
    *, ctx: ActContext, application_id: UUID, facts: Mapping[str, Any], files: Sequence[File] = (), note: str = ""
) -> Application:
    """Give what a review asked for: facts, papers or both. The case returns to the step that asked; judged anew."""
    row = locked(ctx, application_id, proxy=(proxies.PAPERS, "补正"))
    ctx.on(row, note=note)
    if row.state != "supplement":
        raise Refused(f"申请 {row.number} 当前为「{row.get_state_display()}」，不需要补正，没有办理", clause=CLAUSE)
    if not facts and not files:
        raise InvalidInput("没有补充任何内容，没有办理；请填写要补正的项目或上传材料", field="facts", clause=CLAUSE)
    if ctx.post == FAMILY and not set(facts) <= BY_FAMILY:
        raise InvalidInput("手机号和积分不能自行补正；请到受理窗口更正", field="facts", clause=CLAUSE)
    change_facts(ctx, row, facts)
    for name, data in files:
        store.keep(ctx=ctx, name=name, data=data, kind="supplement", case=row.id)
    back_to_its_step(ctx, row)
    return row


def back_to_its_step(ctx: ActContext, row: Application) -> None:
    """After a supplement: to the first step that nobody has passed yet; where all are passed, to its publicity."""
    passed = set(row.reviews.filter(outcome="pass").values_list("step", flat=True))
    step = next((one for one in route_of(ctx, row) if one.code not in passed), None)
    STATES.move(row, step.waits if step else "reviewed", ctx)
    if step:
        put_on_desk(ctx, row, step.code)


@act(clause=CLAUSE, title="更正申请")
def correct_application(
    *, ctx: ActContext, application_id: UUID, facts: Mapping[str, Any], reason: str, files: Sequence[File] = ()
) -> Application:
    """Put wrong facts right, whatever the step; the old values stay in the log.

    A case past its reviews that the right facts do not carry gets an open finding: it is not thrown out by a clerk's edit.
    """
    row = locked(ctx, application_id)
    ctx.on(row, reason=_reason(reason))
    if not facts:
        raise InvalidInput("没有要更正的项目，没有办理", field="facts", clause=CLAUSE)
    end_locks(ctx, row, facts, f"更正：{reason.strip()}")
    verdicts = change_facts(ctx, row, facts)
    for name, data in files:
        store.keep(ctx=ctx, name=name, data=data, kind="correction", case=row.id)
    if row.state in ("reviewed", "publicity", "qualified", "housed", "held"):
        open_findings(ctx, row, blocking(verdicts))
    return row


@act(clause=CLAUSE, title="更正家庭成员")
def correct_member(*, ctx: ActContext, member_id: UUID, name: str, document: str, reason: str) -> Member:
    """Put a member's name or number right; the claim on the wrong number is given back, the right one is taken.

    Raises Refused where the right number stands in another live application.
    """
    member = Member.objects.filter(region=ctx.region, id=member_id).first()
    if member is None:
        raise Refused(f"{ctx.region} 没有这名家庭成员，没有办理；请从申请页重新打开", clause=CLAUSE)
    row = locked(ctx, member.application_id)
    ctx.on(member, application=str(row.id), reason=_reason(reason), was=mask_name(member.name))
    number = people.normal(document)
    refuse_faults(member_faults(name, number, ctx.today))
    born = people.birthday(number)
    assert born
    refuse_banned({_blind(number): f"{mask_name(name)}（{mask_document(number)}）"}, row.accepted_on)
    member.name, member.document, member.document_blind, member.born_on = (
        name.strip(),
        seal(number),
        _blind(number),
        born,
    )
    member.save(update_fields=["name", "document", "document_blind", "born_on"])
    if member.relation == "01" and row.applicant_name != member.name:
        row.applicant_name = member.name
        row.save(update_fields=["applicant_name"])
    if row.state in LIVE:
        release(ctx, row.id)
        reserve(ctx, row.id, persons_of(row, {member.document_blind: mask_document(number)}))
    _judge(ctx, row)
    return member


@act(clause=CLAUSE, title="撤回申请")
def withdraw(*, ctx: ActContext, application_id: UUID, reason: str = "") -> Application:
    """The household takes its application back; its members are free for another. The place is kept for an undoing."""
    row = locked(ctx, application_id, proxy=(proxies.ALL, "撤回申请"))
    ctx.on(row, reason=reason.strip()[:REASON_MAX])
    was = row.state
    STATES.check(row, "withdrawn")
    row.withdrawn_from, row.withdrawn_on = was, ctx.today
    row.save(update_fields=["withdrawn_from", "withdrawn_on"])
    STATES.move(row, "withdrawn", ctx)
    release(ctx, row.id)
    close_tickets(ctx=ctx, obj=row, outcome="申请已撤回")
    return row


@act(clause=CLAUSE, title="恢复已撤回的申请")
def undo_withdrawal(*, ctx: ActContext, application_id: UUID, reason: str = "") -> Application:
    """Undo a withdrawal: the old state and the old place. Raises Refused where a member applied elsewhere meanwhile."""
    row = locked(ctx, application_id, proxy=(proxies.ALL, "恢复申请"))
    ctx.on(row, reason=reason.strip()[:REASON_MAX])
    if row.state != "withdrawn":
        raise Refused(f"申请 {row.number} 当前为「{row.get_state_display()}」，没有撤回，不需要恢复", clause=CLAUSE)
    reserve(ctx, row.id, persons_of(row))
    back = row.withdrawn_from
    if back == "publicity" and row.publicity and row.publicity.ended_on:
        back = "reviewed"
    STATES.move(row, back, ctx)
    row.withdrawn_from, row.withdrawn_on = "", None
    row.save(update_fields=["withdrawn_from", "withdrawn_on"])
    back_on_desk(ctx, row)
    return row


@act(clause=CLAUSE, title="登记已配房")
def mark_housed(*, ctx: ActContext, application_id: UUID) -> Application:
    """The household has its home: each member holds one, and the place on the list is done with.

    Called by ``homes``. Raises Refused where a member holds another affordable home (每户一套).
    """
    row = locked(ctx, application_id)
    ctx.on(row, was=row.state)
    STATES.check(row, "housed")
    names = persons_of(row)
    if row.vacates_id:
        # The household's one home is the new one from here on; it lives in the rented one until that is given back.
        seam.release(seam.HOME, case=row.vacates_id, region=ctx.region)
    clashes = seam.reserve(seam.HOME, names, case=row.id, region=ctx.region)
    if clashes:
        who = "、".join(names.get(clash.person, "家庭成员") for clash in clashes[:3])
        raise Refused(f"{who}已享受保障性住房，每户限一套，没有登记；请先退出现住的保障性住房", clause=CLAUSE)
    STATES.move(row, "housed", ctx)
    release(ctx, row.id)
    return row


@act(clause=CLAUSE, title="登记已腾退")
def vacate_tenancy(*, ctx: ActContext, application_id: UUID, reason: str) -> Application:
    """The rented home is given back: the tenancy is over, and nobody holds a home by it. ``homes`` tells it as a lease ends."""
    row = locked(ctx, application_id)
    ctx.on(row, reason=_reason(reason))
    if row.state != "housed":
        raise Refused(f"申请 {row.number} 为「{row.get_state_display()}」，没有在住的住房，没有登记", clause=CLAUSE)
    STATES.move(row, "vacated", ctx)
    seam.release(seam.HOME, case=row.id, region=ctx.region)
    close_tickets(ctx=ctx, obj=row, kind=VACATE, outcome="已腾退")
    return row


def owe_vacating(ctx: ActContext, bought: Application, days: int) -> date:
    """Put the rented home on the desk that takes it back, ``days`` working days from today; the last of them. Inside an act."""
    assert bought.vacates_id, "only a tenant who bought owes it"
    tenancy = Application.objects.get(region=bought.region, id=bought.vacates_id)
    ticket = open_ticket(
        ctx=ctx, kind=VACATE, title=f"收回退租的住房（{tenancy.number}，已另购 {bought.number}）", post="intake_clerk",
        obj=tenancy, url=f"/needs/{tenancy.id}/", limit_days=days,
    )  # fmt: skip
    assert ticket.due_on, "a ticket with days is due"
    return ticket.due_on


@act(clause=CLAUSE, title="登记承租家庭申购")
def buy_as_tenant(*, ctx: ActContext, application_id: UUID, tenancy_number: str) -> Application:
    """A sitting tenant applies to buy: the home it rents does not count against it, and is vacated when the bought one is handed over.

    Raises Refused where the tenancy is not one of these very members in this county, or the case is past its reviews.
    """
    row = locked(ctx, application_id)
    tenancy = Application.objects.filter(region=ctx.region, number=tenancy_number.strip()).first()
    ctx.on(row, tenancy=tenancy_number.strip())
    if tenure_of(row.programme, ctx.inforce(row.accepted_on)) != "sale" or row.state not in (
        "submitted",
        "supplement",
        *WAITS,
    ):
        raise Refused(f"申请 {row.number} 不是在审核中的购房申请，没有登记；请在审核环节办理", clause=CLAUSE)
    if tenancy is None or tenancy.state != "housed" or not _rents(ctx, tenancy):
        raise Refused(
            f"{ctx.region} 没有在租的申请「{tenancy_number.strip()}」，没有登记；在别处承租的请先办理退租",
            clause=CLAUSE,
        )
    held = seam.holders(seam.HOME, persons_of(row))
    if not held or any(clash.case != tenancy.id for clash in held.values()):
        raise Refused(
            f"申请 {row.number} 的成员不是 {tenancy.number} 的承租人，或另有保障性住房，没有登记", clause=CLAUSE
        )
    row.vacates = tenancy
    row.save(update_fields=["vacates"])
    _judge(ctx, row)
    return row


def _rents(ctx: ActContext, tenancy: Application) -> bool:
    return tenure_of(tenancy.programme, ctx.inforce(tenancy.accepted_on)) == "rent"


@act(clause=CLAUSE, title="查看个人信息")
def read_personal(*, ctx: ActContext, application_id: UUID, reason: str) -> Application:
    """Leave an entry that this person looked at the household's numbers, and why; the page then opens the seals."""
    row = locked(ctx, application_id)
    ctx.on(row, reason=_reason(reason), read="证件号码、手机号")
    return row


def persons_of(row: Application, numbers: Mapping[bytes, str] | None = None) -> dict[bytes, str]:
    """Blind index → masked name of every member (with the masked number where it is at hand)."""
    found = {}
    for index, name in row.members.order_by("id").values_list("document_blind", "name"):
        number = (numbers or {}).get(bytes(index))
        found[bytes(index)] = mask_name(name) + (f"（{number}）" if number else "")
    return found


def _blind(number: str) -> bytes:
    return blind("document", number)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("请写明事由，没有办理", field="reason", clause=CLAUSE)
    return reason.strip()[:REASON_MAX]


def change_facts(ctx: ActContext, row: Application, facts: Mapping[str, Any]) -> list[Verdict]:
    """Set facts and judge anew by the case's own day; old and new values go into the log, the phone only as changed."""
    unknown = [name for name in facts if name not in FACTS]
    found = [Fault(name, "", f"「{name}」不能在这里更正") for name in unknown]
    refuse_faults(found or list(fact_faults(facts, places_of(ctx.region))))
    refuse_locked(row, facts)
    if set(facts) - {"phone"} and opinions.lapse(ctx, row):
        waits = waiting_at(route_of(ctx, row), row.state)
        if waits:
            opinions.ask(ctx, [row], waits)
    before = {name: getattr(row, name) for name in facts if name != "phone"}
    old_phone = bytes(row.phone_blind)
    for name, value in facts.items():
        if name == "phone":
            phone = people.mobile(value)
            row.phone, row.phone_blind = seal(phone), blind("phone", phone)
        else:
            setattr(row, name, value)
    row.save(update_fields=[*facts, *(["phone_blind"] if "phone" in facts else [])])
    if bytes(row.phone_blind) != old_phone:
        hide_from_phone(ctx, row, old_phone)
        show_to_family(ctx, [row])
        follow_phone(ctx, row, old_phone)
    after = {name: "已更换" if name == "phone" else getattr(row, name) for name in facts}
    ctx.entry.facts.update(before=before, after=after)
    said_again(row)
    return _judge(ctx, row)


def _judge(ctx: ActContext, row: Application) -> list[Verdict]:
    verdicts = judge_rows([row], Days(ctx))[row.id]
    row.verdicts = frozen(verdicts)
    row.save(update_fields=["verdicts"])
    ctx.entry.verdicts.extend(verdicts)
    return verdicts
