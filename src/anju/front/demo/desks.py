"""What a new day finds on the desks: a city is never done, and whoever signs in should meet work with its clock."""

from typing import Any

from anju.front.demo.needs import CITY_PROPER, made_up
from anju.needs import acts
from anju.permits import reads

COUNTER = 6
SUPPLEMENT = "缺一名成员的收入证明"


def run(demo: Any) -> None:
    """Applications come to the counter over some days; some wait for the first review, some for the second, one for a paper."""
    clerk = f"intake_{CITY_PROPER}"
    rows = []
    for number in range(COUNTER):
        household = made_up(demo, f"1990009993{number}", months=30)
        rows.append(acts.submit_application(ctx=demo.ctx(clerk), household=household))
        demo.advance(days=1)
    with_city = [acts.first_review(ctx=demo.ctx(clerk), application_id=row.id, outcome="pass") for row in rows[:2]]
    acts.first_review(ctx=demo.ctx(clerk), application_id=rows[2].id, outcome="supplement", reason=SUPPLEMENT)
    demo.advance(days=2)
    with demo.scope():
        waiting = [row for row in reads.of_project(demo.state["C"]["project"]) if row.done_on is None]
    demo.say(
        f"受理窗口新收 {COUNTER} 份申请：{COUNTER - 3} 份待初审，{len(with_city)} 份待复审，1 份等补正；"
        f"{demo.state['C']['project'].name} 还有 {len(waiting)} 项手续在部门计时"
    )
