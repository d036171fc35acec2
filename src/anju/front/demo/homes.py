"""Families move in: sale contracts and leases of project A, first payments by the waterfall, the unified register."""

from typing import TYPE_CHECKING

from anju.funds import acts as funds
from anju.homes import acts, reads
from anju.homes.models import RENT, SALE, Contract
from anju.offering.models import Choice

if TYPE_CHECKING:
    from anju.front.demo.core import Demo

DOWN_PERMILLE = 200  # 演示：首付两成；方案只定下限
MONTHS = 24
LEFT_OPEN = 3  # homes that stay without a contract, so that the list of vacancies has something to say


def run(demo: "Demo") -> None:
    """Sign, take the first money, split it, write the register."""
    signed = _sign(demo, _choices(demo))
    _refused(demo, signed)
    _payments(demo, signed)
    _register(demo)
    with demo.scope():
        ctx = demo.ctx("operator")
        empty = reads.vacant(demo.city, ctx.today, ctx.inforce())
    late = sum(v.verdict.outcome.value == "fail" for v in empty)
    demo.say(f"空置预警：{len(empty)} 套已收购而没有合同，其中超过时限 {late} 套")


def _choices(demo: "Demo") -> list[Choice]:
    with demo.scope():
        rows = reads.waiting(demo.city).filter(batch=demo.state["A"]["batch"]).order_by("batch_unit__label")
        return list(rows)


def _sign(demo: "Demo", choices: list[Choice]) -> list[Contract]:
    first = choices[0]
    demo.expect_refusal(
        "首付一成的配售合同", lambda: _sale(demo, next(c for c in choices if c.batch_unit.tenure == SALE), 100)
    )
    lease = next((c for c in choices if c.batch_unit.tenure == RENT), None)
    if lease is not None:
        demo.expect_refusal("租期 60 个月的租赁合同", lambda: _lease(demo, lease, 60))
    found = []
    for choice in demo.progress(choices[:-LEFT_OPEN] or [first], "签订合同"):
        found.append(
            _sale(demo, choice, DOWN_PERMILLE) if choice.batch_unit.tenure == SALE else _lease(demo, choice, MONTHS)
        )
    sales = [c for c in found if c.tenure == SALE]
    demo.say(
        f"签订配售合同 {len(sales)} 份、租赁合同 {len(found) - len(sales)} 份；定金抵作首付或转为押金，家庭移出轮候库"
    )
    for number, contract in enumerate(sales, 1):
        acts.record_filing(
            ctx=demo.ctx("operator"), contract_id=contract.id, filing_number=f"绥网签2026（合成）{number:05d}"
        )
    return found


def _sale(demo: "Demo", choice: Choice, permille: int) -> Contract:
    down = -(-choice.batch_unit.amount_fen * permille // 1000)
    return acts.sign_sale_contract(
        ctx=demo.ctx("operator"), choice_id=choice.id, down_payment_fen=down, provident_fund=bool(choice.pk.int % 2)
    )


def _lease(demo: "Demo", choice: Choice, months: int) -> Contract:
    return acts.sign_lease(
        ctx=demo.ctx("operator"), choice_id=choice.id, months=months, starts_on=demo.ctx("operator").today
    )


def _refused(demo: "Demo", signed: list[Contract]) -> None:
    demo.expect_refusal("同一次选房再签一份合同", lambda: _sale(demo, signed[0].choice, DOWN_PERMILLE))
    sale = next(c for c in signed if c.tenure == SALE)
    demo.expect_refusal(
        "把配售房源按终止租赁办理",
        lambda: acts.end_lease(
            ctx=demo.ctx("operator"), contract_id=sale.id, ended_on=demo.ctx("operator").today, reason="想上市出售"
        ),
    )
    demo.expect_refusal(
        "到账多于合同价款",
        lambda: acts.receive_payment(
            ctx=demo.ctx("finance"),
            contract_id=sale.id,
            amount_fen=sale.price_fen or 0,
            received_on=sale.signed_on,
            reference="HC-多付",
        ),
    )


def _payments(demo: "Demo", signed: list[Contract]) -> None:
    """The rest of the down payment, or the first month's rent; then finance's head pays on what the waterfall says."""
    project, total = demo.state["A"]["project"], 0
    for number, contract in enumerate(demo.progress(signed, "首付款和首月租金到账"), 1):
        amount = (
            (contract.down_payment_fen or 0) - contract.earnest_fen
            if contract.tenure == SALE
            else contract.rent_fen or 0
        )
        if amount:
            acts.receive_payment(
                ctx=demo.ctx("finance"),
                contract_id=contract.id,
                amount_fen=amount,
                received_on=contract.signed_on,
                reference=f"HC{number:06d}",
            )
            total += amount
    earnest = funds.split_earnest(ctx=demo.ctx("finance"), project_id=project.id)
    done = funds.distribute_receipts(ctx=demo.ctx("finance_head"), project_id=project.id)
    demo.say(
        f"到账 {total / 100:,.2f} 元，连同转入的定金 {earnest} 笔按顺序分配：法定义务 {done.statutory_fen / 100:,.2f} 元，"
        f"归还收购贷款 {done.loan_fen / 100:,.2f} 元，余款 {done.remainder_fen / 100:,.2f} 元"
    )


def _register(demo: "Demo") -> None:
    name, data = acts.write_register(demo.ctx("buyer"))
    path = demo.out / "register" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    demo.paper(path, "保障性住房统一台账（合成）", "4.4")
    demo.say(f"统一台账写入 {path.relative_to(demo.out)}，每列附说明；导出已留痕")
