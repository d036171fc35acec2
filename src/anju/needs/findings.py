"""Findings (待查事项): what a case does not meet and nobody may wave through silently."""

from collections.abc import Iterable

from anju.base.acts import ActContext
from anju.base.tickets.desk import open_ticket
from anju.needs.models import Application, Finding
from anju.policy.verdict import Verdict


def open_findings(ctx: ActContext, row: Application, verdicts: Iterable[Verdict]) -> list[Finding]:
    """One open finding per rule that the case does not meet; a rule that has one already keeps it."""
    known = set(
        Finding.objects.filter(region=ctx.region, application=row, settled_on=None).values_list("rule", flat=True)
    )
    fresh = [
        Finding(
            region=ctx.region, application=row, rule=verdict.rule, clause=verdict.clause, sentence=verdict.sentence,
            opened_on=ctx.today, maker=ctx.account,
        )
        for verdict in verdicts
        if verdict.rule not in known
    ]  # fmt: skip
    Finding.objects.bulk_create(fresh)
    if fresh:
        open_ticket(
            ctx=ctx, kind="needs.finding", title=f"待查 {row.number}：{fresh[0].sentence}", post="reviewer", obj=row,
            url=f"/needs/{row.id}/", limit_days=None,
        )  # fmt: skip
    ctx.entry.facts["findings"] = [finding.rule for finding in fresh]
    return fresh
