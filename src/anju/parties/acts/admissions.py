"""Admission of an acquirer (收购主体准入, 3.1): all criteria together; the plan's own appointment stays, with its
open checks shown."""

from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, Transitions, act
from anju.base.tickets.desk import close_tickets
from anju.parties import reads
from anju.parties.acts.shared import filled, held_by, person, put_on_desk
from anju.parties.models import Admission, Organisation
from anju.policy.rules.acquirer import CRITERIA
from anju.policy.verdict import Outcome, Verdict, blocks

STATES = Transitions(
    titles=dict(Admission.STATES),
    table={"proposed": frozenset({"admitted", "refused"}), "admitted": frozenset({"lapsed"})},
    clause="3.1-1",
)
LIVE = {"one_live_admission": "该主体在本地已有待审或有效的准入，没有登记；请先办结原件"}
OTHER_CHECKS = ("group_complete", "hidden_debt_fen")


@act(clause="3.1-1", title="申报收购主体准入")
def propose_admission(
    *,
    ctx: ActContext,
    acquirer_id: UUID,
    document: str,
    facts: dict[str, Any],
    valid_from: date,
    valid_until: date | None = None,
) -> Admission:
    """Put a candidate forward with what is known of it.

    ``facts``: ``criteria`` (key → ``{"answer": true|false|null, "evidence": "…"}``), ``group`` (list of ``name``,
    ``financing_platform``, ``evidence``), ``group_complete``, ``hidden_debt_fen``. What is not said stays unknown.
    """
    acquirer = Organisation.objects.get(pk=acquirer_id)
    if acquirer.kind != "acquirer":
        raise InvalidInput(
            f"「{acquirer.name}」登记为{acquirer.get_kind_display()}，不能申报准入；请先登记为收购主体", "acquirer_id"
        )
    kept = {
        "criteria": {key: _answer(facts.get("criteria", {}).get(key)) for key in CRITERIA},
        "group": [_member(row) for row in facts.get("group", [])],
        "group_complete": facts.get("group_complete"),
        "hidden_debt_fen": facts.get("hidden_debt_fen"),
    }
    with held_by(LIVE):
        row = Admission.objects.create(
            region=ctx.region, acquirer=acquirer, document=filled(document, "document", "选定文件"), facts=kept,
            maker=person(ctx),
            valid_from=valid_from, valid_until=valid_until,
            appointed_by_plan=reads.appointed_by_plan(acquirer, ctx.region, ctx.inforce(valid_from)),
        )  # fmt: skip
    _judge(row, ctx, on=valid_from)
    row.save(update_fields=["verdicts", "judged_on"])
    ctx.on(row, acquirer=acquirer_id, document=document, facts=kept)
    put_on_desk(
        ctx, kind="decide_admission", title=f"审定收购主体准入：{acquirer.name}", post="office_head", obj=row,
        url=f"/parties/admissions/{row.pk}/",
    )  # fmt: skip
    return row


@act(clause="3.1-1", title="审定收购主体准入")
def decide_admission(*, ctx: ActContext, admission_id: UUID, admit: bool = True, reason: str = "") -> Admission:
    """Admit by the rules of 3.1, or refuse with a reason; another person than the maker.

    All verdicts must pass. The plan's own appointment (3.1-2) is admitted with checks still open, each of which
    stays on the
    desk; a check that fails stops it as it stops any other. Raises Refused with the verdicts.
    """
    _lock_region(ctx)
    row = _locked(ctx, admission_id)
    ctx.on(row, acquirer=row.acquirer_id, admit=admit)
    ctx.other_than(row.maker, "收购主体准入")
    row.checker = ctx.account
    if admit:
        found = _judge(row, ctx, on=row.valid_from)
        ctx.entry.verdicts.extend(found)
        stopping = [v for v in blocks(found) if not (row.appointed_by_plan and v.outcome is Outcome.UNKNOWN)]
        if stopping:
            raise Refused(stopping[0].sentence, stopping, stopping[0].clause)
    else:
        row.reason = filled(reason, "reason", "不予准入的理由")
    row.save(update_fields=["checker", "reason", "verdicts", "judged_on"])
    STATES.move(row, "admitted" if admit else "refused", ctx)
    ctx.on(row, reason=row.reason)
    close_tickets(ctx=ctx, obj=row, outcome="已准入" if admit else "不予准入")
    _keep_open_checks(row, ctx)
    return row


@act(clause="3.1-1", title="补充准入核查结果")
def answer_check(
    *, ctx: ActContext, admission_id: UUID, key: str, answer: bool | int | None, evidence: str
) -> Admission:
    """One check is answered with its evidence, and the candidate judged again on today.

    ``key``: a criterion, ``group_complete``, ``hidden_debt_fen``, or ``group:NAME`` for whether that company is a
    financing platform.
    """
    row = _locked(ctx, admission_id)
    if row.state not in ("proposed", "admitted"):
        raise Conflict(f"这件准入为「{row.get_state_display()}」，不能再补充；请另行申报")
    facts = row.facts
    proof = filled(evidence, "evidence", "证明材料")
    if key in CRITERIA:
        facts["criteria"][key] = {"answer": answer, "evidence": proof}
    elif key in OTHER_CHECKS:
        facts[key] = answer
        facts.setdefault("evidence", {})[key] = proof
    elif member := next((m for m in facts["group"] if f"group:{m['name']}" == key), None):
        member.update(financing_platform=answer, evidence=proof)
    else:
        raise InvalidInput(f"没有核查项「{key}」；请从准入页选择", "key")
    was = [v["outcome"] for v in row.verdicts]
    found = _judge(row, ctx, on=ctx.today)
    row.save(update_fields=["facts", "verdicts", "judged_on"])
    ctx.on(row, key=key, answer=answer, evidence=proof, was=was)
    ctx.entry.verdicts.extend(found)
    if row.state == "admitted":
        close_tickets(ctx=ctx, obj=row, kind="open_checks", outcome="已补充")
        _keep_open_checks(row, ctx)
    return row


@act(clause="3.1-1", title="终止收购主体资格")
def lapse_admission(*, ctx: ActContext, admission_id: UUID, reason: str) -> Admission:
    """The admission ends today, with a reason; another may be admitted in its place."""
    row = _locked(ctx, admission_id)
    STATES.check(row, "lapsed")
    ctx.other_than(row.maker, "终止资格")
    row.reason, row.valid_until = filled(reason, "reason", "终止理由"), max(row.valid_from, ctx.today)
    row.save(update_fields=["reason", "valid_until"])
    STATES.move(row, "lapsed", ctx)
    ctx.on(row, acquirer=row.acquirer_id, reason=row.reason)
    close_tickets(ctx=ctx, obj=row, outcome="已终止")
    return row


def _locked(ctx: ActContext, admission_id: UUID) -> Admission:
    rows = Admission.objects.select_for_update(of=("self",)).select_related("acquirer", "acquirer__parent")
    return rows.get(region=ctx.region, pk=admission_id)


def _lock_region(ctx: ActContext) -> None:
    """Two candidates of one government are decided one after the other, so that each counts the other (3.1-1-count)."""
    list(Admission.objects.filter(region=ctx.region).order_by("id").select_for_update(of=("self",)).values_list("pk"))


def _judge(row: Admission, ctx: ActContext, *, on: date) -> list[Verdict]:
    found = reads.admission_verdicts(row, on, book=ctx.params)
    row.verdicts, row.judged_on = [{**vars(v), "outcome": v.outcome.value} for v in found], on
    return found


def _keep_open_checks(row: Admission, ctx: ActContext) -> None:
    """An admitted acquirer whose checks are still open stays on the office's desk."""
    count = sum(v["outcome"] != Outcome.PASS.value for v in row.verdicts)
    if row.state == "admitted" and count:
        put_on_desk(
            ctx, kind="open_checks", title=f"{row.acquirer.name}有 {count} 项准入核查待补", post="office_clerk",
            obj=row,
            url=f"/parties/admissions/{row.pk}/",
        )  # fmt: skip


def _answer(given: Any) -> dict[str, Any]:
    """An answer with its evidence; a bare true or false is kept without any."""
    if isinstance(given, dict):
        return {"answer": given.get("answer"), "evidence": given.get("evidence", "")}
    return {"answer": given, "evidence": ""}


def _member(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": filled(row["name"], "group", "集团成员名称"), "financing_platform": row.get("financing_platform"),
        "evidence": row.get("evidence", ""),
    }  # fmt: skip
