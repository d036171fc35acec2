"""Objections during publicity (异议): each stops its own application until another post decides; the others go on."""

import json
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.messages import outbox
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs.acts.places import give_places
from anju.needs.acts.publicity import objected
from anju.needs.acts.review import REFUSE, tell_refused
from anju.needs.acts.steps import CLAUSE, STATES, limit, locked, tell, who
from anju.needs.models import Application, Objection, Review
from anju.needs.route import SHOWN
from anju.needs.wordings import NUMBER
from anju.policy.rules import people
from anju.policy.verdict import Outcome

TEXT_MAX = 2000


@act(clause=CLAUSE, title="提出异议")
def raise_objection(*, ctx: ActContext, number: str, text: str, name: str, phone: str) -> Objection:
    """Anybody, by a phone of its own or at the counter, objects to an application that is shown; the contact is sealed.

    Raises Refused where the application is not under publicity, InvalidInput without a reason or a way to answer.
    """
    row = Application.objects.select_for_update().filter(region=ctx.region, number=number.strip()).first()
    if row is None or row.state != "publicity" or row.publicity is None:
        raise Refused(
            f"受理号「{number.strip()}」不在公示中，没有受理；异议须在公示期内提出，受理号以公示表为准，公示期外请用投诉举报",
            clause=CLAUSE,
        )
    ctx.on(row, publicity=str(row.publicity_id))
    _check(text, name, phone)
    found = Objection.objects.create(
        region=ctx.region, application=row, publicity=row.publicity, received_on=ctx.today, text=text.strip()[:TEXT_MAX],
        contact=json.dumps({"name": name.strip(), "phone": people.mobile(phone)}, ensure_ascii=False), maker=who(ctx),
        maker_post=ctx.post,
    )  # fmt: skip
    open_ticket(
        ctx=ctx, kind="needs.objection", title=f"核查对 {row.number} 的异议", post="reviewer", obj=found,
        url=f"/needs/objections/{found.id}/", limit_days=limit(ctx, "objection_days"),
    )  # fmt: skip
    return found


def _check(text: str, name: str, phone: str) -> None:
    if not text.strip():
        raise InvalidInput("请写明异议的事实和理由，没有受理", field="text", clause=CLAUSE)
    if not name.strip():
        raise InvalidInput(
            "请填写姓名，没有受理；姓名和电话只用于核查和答复，不会告诉对方", field="name", clause=CLAUSE
        )
    verdict = people.phone(phone)
    if verdict.outcome is not Outcome.PASS:
        raise InvalidInput(verdict.sentence, field="phone", clause=CLAUSE)


@act(clause=CLAUSE, title="核查并答复异议")
def decide_objection(*, ctx: ActContext, objection_id: UUID, upheld: bool, reason: str) -> Objection:
    """Another post decides. Upheld, the application is refused; else it goes on, with the place it would have had.

    Its household and who objected are told the outcome, neither who the other is.
    """
    found = Objection.objects.filter(region=ctx.region, id=objection_id).first()
    if found is None:
        raise Refused(f"{ctx.region} 没有这份异议，没有办理；请从异议列表重新打开", clause=CLAUSE)
    row = locked(ctx, found.application_id)
    found.refresh_from_db()
    ctx.on(found, application=str(row.id), upheld=upheld, reason=reason.strip())
    _may_decide(ctx, found, reason)
    found.upheld, found.reason = upheld, reason.strip()[:300]
    found.decided_on, found.decided_by, found.decided_post = ctx.today, who(ctx), ctx.post
    found.save(update_fields=["upheld", "reason", "decided_on", "decided_by", "decided_post"])
    close_tickets(ctx=ctx, obj=found, outcome="异议成立" if upheld else "异议不成立")
    (_uphold if upheld else _go_on)(ctx, row, found)
    _answer(ctx, row, found)
    return found


def _may_decide(ctx: ActContext, found: Objection, reason: str) -> None:
    if found.decided_on:
        raise Refused(f"这份异议已于 {found.decided_on} 答复，没有再办", clause=CLAUSE)
    ctx.other_than(found.maker, "异议")
    if ctx.post == found.maker_post:
        raise Refused("异议须由登记以外的岗位核查决定，没有办理；请转资格复审或专班办公室负责人", clause=CLAUSE)
    if not reason.strip():
        raise InvalidInput("请写明核查情况和理由，没有办理", field="reason", clause=CLAUSE)


def _uphold(ctx: ActContext, row: Application, found: Objection) -> None:
    if row.state not in ("publicity", "reviewed"):
        return
    review = Review.objects.create(
        region=ctx.region, application=row, step=SHOWN, outcome=REFUSE, reason=f"公示异议成立：{found.reason}"[:300],
        reviewer=who(ctx), reviewed_at=ctx.now,
    )  # fmt: skip
    STATES.move(row, "refused", ctx)
    close_tickets(ctx=ctx, obj=row, outcome="公示异议成立")
    tell_refused(ctx, row, review)


def _go_on(ctx: ActContext, row: Application, found: Objection) -> None:
    """Once the publicity is over and nothing else is open, the list: as of the day the others came onto it."""
    tell(ctx, row, "needs.objection", {}, found.id)
    ended = row.publicity.ended_on if row.publicity else None
    if row.state == "publicity" and ended and not objected(ctx, [row]):
        (key,) = give_places(ctx, [row], ended)
        ctx.on(found, placed=key)


def _answer(ctx: ActContext, row: Application, found: Objection) -> None:
    said = "成立，该申请不予通过" if found.upheld else "不成立"
    outbox.queue(
        region=ctx.region, phone=json.loads(str(found.contact))["phone"], template="needs.objection_answer",
        values={NUMBER: row.number, "结果": said, "原因": found.reason}, once_key=f"objection:{found.id}", now=ctx.now,
    )  # fmt: skip
