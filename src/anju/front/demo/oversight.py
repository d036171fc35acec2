"""One assessment of the acquirer from the facts, confirmed by a second person; the log published before it."""

from datetime import date
from typing import TYPE_CHECKING

from anju.base.calendar.days import installation
from anju.base.log.publish import publish
from anju.base.secrets import log_key
from anju.oversight import acts
from anju.oversight.dossier import dossier

if TYPE_CHECKING:
    from anju.front.demo.core import Demo

WORDS = {"pass": "通过", "fail": "不通过", "unknown": "待查", "waivable": "可豁免"}


def run(demo: "Demo") -> None:
    """Compute, be refused alone, be confirmed by another; tell project A's dossier."""
    with demo.scope():
        publish(key=log_key(), origin=installation().origin, now=demo.now)
    acquirer = demo.state["organisations"]["acquirer"]
    ctx = demo.ctx("office")
    row = acts.assess_acquirer(ctx=ctx, acquirer_id=acquirer.id, period_from=date(2026, 1, 1), period_until=ctx.today)
    demo.expect_refusal(
        "经办人自己确认考核", lambda: acts.confirm_assessment(ctx=demo.ctx("office"), assessment_id=row.id)
    )
    row = acts.confirm_assessment(ctx=demo.ctx("office_head"), assessment_id=row.id)
    found: dict[str, int] = {}
    for verdict in row.verdicts:
        found[verdict["outcome"]] = found.get(verdict["outcome"], 0) + 1
    said = "、".join(f"{WORDS[outcome]} {count} 项" for outcome, count in sorted(found.items()))
    demo.say(f"{acquirer.name} 考核（{row.period_from} 至 {row.period_until}）：{said}；由另一人重算确认")
    for name, (title, _) in acts.TITLES.items():
        demo.say(f"  {title}：{acts.said(name, row.indicators[name])}")
    with demo.scope():
        told = dossier(demo.state["A"]["project"])
    kinds = {kind: sum(line.kind == kind for line in told.lines) for kind in ("act", "refusal", "paper", "resolution")}
    demo.say(
        f"项目A 的决策卷宗：办理 {kinds['act']} 项、"
        f"不予办理 {kinds['refusal']} 项、文书 {kinds['paper']} 份、决议 {kinds['resolution']} 项，按先后成卷"
    )
