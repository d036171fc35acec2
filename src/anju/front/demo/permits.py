"""The green channel of what was bought: procedures opened, finished in their order, one stopped, one left to run red."""

from typing import TYPE_CHECKING, Any

from anju.permits import acts, reads
from anju.permits.models import Permit

if TYPE_CHECKING:
    from anju.front.demo.core import Demo

# Procedure → (department, the account that does it, what the certificate is called).
DESKS = {
    "filing": ("dept_zj", "绥网签（合成）"),
    "taxes": ("dept_sw", "完税证明（合成）"),
    "first_registration": ("dept_zr", "黑（2026）绥化市不动产权（合成）首"),
    "transfer_registration": ("dept_zr", "黑（2026）绥化市不动产权（合成）转"),
    "loan": ("dept_gjj", "公积金贷款楼盘准入（合成）"),
}
CLOSED = "封闭管理：配售型保障性住房，不得上市交易"


def run(demo: "Demo") -> None:
    """Project A has everything in hand; project C waits for papers and for its loans."""
    bodies = demo.state["organisations"]
    departments = {code: bodies[who].id for code, (who, _) in DESKS.items()}
    for letter in ("A", "C"):
        project = demo.state[letter]["project"]
        count = acts.open_permits(ctx=demo.ctx("buyer"), project_id=project.id, departments=departments)
        demo.say(f"项目{letter}（{project.name}）开通绿色通道：{count} 项手续分到 4 个部门，按“手续办理时限”计时")
    demo.expect_refusal(
        "为没有收购的项目 B 开通绿色通道",
        lambda: acts.open_permits(
            ctx=demo.ctx("buyer"), project_id=demo.state["B"]["project"].id, departments=departments
        ),
    )
    mine, other = _permits(demo, "A"), _permits(demo, "C")
    demo.advance(days=2)
    _finish(demo, mine["filing"])
    _finish(demo, mine["taxes"])
    demo.expect_refusal(
        "首次登记之前办转移登记", lambda: _finish(demo, mine["transfer_registration"], annotation=CLOSED)
    )
    acts.stop_clock(ctx=demo.ctx("dept_sw"), permit_id=other["taxes"].id, reason="等开发企业补交土地增值税清算资料")
    demo.advance(days=4)
    _finish(demo, mine["first_registration"])
    demo.expect_refusal("转移登记不注记封闭管理", lambda: _finish(demo, mine["transfer_registration"]))
    demo.expect_refusal(
        "税务部门办结自然资源部门的手续",
        lambda: acts.finish_permit(
            ctx=demo.ctx("dept_sw"), permit_id=mine["transfer_registration"].id, certificate="越权"
        ),
    )
    _finish(demo, mine["transfer_registration"], annotation=CLOSED)
    _finish(demo, mine["loan"])
    _finish(demo, other["filing"])
    acts.resume_clock(ctx=demo.ctx("dept_sw"), permit_id=other["taxes"].id)
    with demo.scope():
        ready = reads.readiness(demo.state["A"]["project"])
        stood = Permit.objects.get(id=other["taxes"].id).stopped_days
    demo.say(f"项目A：{'；'.join(f'{what} {chr(0x2713) if met else chr(0x2715)}' for what, met in ready)}")
    demo.say(f"项目C 的税费缴纳停表 {stood} 个工作日后恢复计时，到期日顺延")


def _permits(demo: "Demo", letter: str) -> dict[str, Permit]:
    with demo.scope():
        return {row.procedure: row for row in reads.of_project(demo.state[letter]["project"])}


def _finish(demo: "Demo", row: Permit, **more: Any) -> Permit:
    who, title = DESKS[row.procedure]
    return acts.finish_permit(
        ctx=demo.ctx(who), permit_id=row.id, certificate=f"{title}{demo.rng.randrange(10**7):07d}号", **more
    )
