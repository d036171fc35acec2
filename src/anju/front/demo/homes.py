"""Families move in: sale contracts and leases of project A, first payments by the waterfall, the unified register."""

from typing import TYPE_CHECKING

from anju.base.numbers import yuan
from anju.front.demo import funds as money
from anju.funds import acts as funds
from anju.homes import acts, reads
from anju.homes.models import RENT, SALE, Contract
from anju.offering.models import Choice
from anju.permits import reads as permits

if TYPE_CHECKING:
    from anju.front.demo.core import Demo

DOWN_PERMILLE = 200  # 演示：首付两成；方案只定下限
MONTHS = 24


def run(demo: "Demo") -> None:
    """Sign, take the first money, split it, match it with the bank's statement, write the register."""
    signed = {letter: _sign(demo, letter) for letter in ("A", "C")}
    _refused(demo, signed["A"])
    for letter, contracts in signed.items():
        if contracts:
            _payments(demo, letter, contracts)
    money.reconcile(demo)
    money.write_books(demo)
    _register(demo)
    with demo.scope():
        ctx = demo.ctx("operator")
        empty = reads.vacant(demo.city, ctx.today, ctx.inforce())
    late = sum(v.verdict.outcome.value == "fail" for v in empty)
    demo.say(f"空置预警：{len(empty)} 套已收购而没有合同，其中超过时限 {late} 套")


def _sign(demo: "Demo", letter: str) -> list[Contract]:
    """The contracts of a project's chosen homes; a sale waits for the registration, a lease does not."""
    with demo.scope():
        rows = reads.waiting(demo.city).filter(batch=demo.state[letter]["batch"]).order_by("batch_unit__label")
        choices = list(rows)
        registered = permits.annotated(demo.state[letter]["project"])
    sales = [c for c in choices if c.batch_unit.tenure == SALE]
    leases = [c for c in choices if c.batch_unit.tenure == RENT]
    if sales and not registered:
        demo.expect_refusal(f"项目{letter} 没有办理转移登记就签配售合同", lambda: _sale(demo, sales[0], DOWN_PERMILLE))
        sales = []
    elif sales:
        demo.expect_refusal("首付一成的配售合同", lambda: _sale(demo, sales[0], 100))
    if leases:
        demo.expect_refusal("租期 60 个月的租赁合同", lambda: _lease(demo, leases[0], 60))
    found = [_sale(demo, c, DOWN_PERMILLE) for c in demo.progress(sales, f"项目{letter} 配售合同")]
    found += [_lease(demo, c, MONTHS) for c in demo.progress(leases, f"项目{letter} 租赁合同")]
    demo.say(
        f"项目{letter} 签订配售合同 {len(sales)} 份、租赁合同 {len(leases)} 份；定金抵作首付或转为押金，家庭移出轮候库"
    )
    for number, contract in enumerate(c for c in found if c.tenure == SALE):
        acts.record_filing(
            ctx=demo.ctx("operator"), contract_id=contract.id, filing_number=f"绥网签2026（合成）{letter}{number:05d}"
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


def _payments(demo: "Demo", letter: str, signed: list[Contract]) -> None:
    """The rest of the down payment, or the first month's rent; then finance's head pays on what the waterfall says."""
    project, total = demo.state[letter]["project"], 0
    for number, contract in enumerate(demo.progress(signed, f"项目{letter} 首付款和首月租金到账"), 1):
        amount = (
            (contract.down_payment_fen or 0) - contract.earnest_fen
            if contract.tenure == SALE
            else contract.rent_fen or 0
        )
        if amount:
            acts.receive_payment(
                ctx=demo.ctx("finance"), contract_id=contract.id, amount_fen=amount, received_on=contract.signed_on,
                reference=f"HC{letter}{number:06d}",
            )  # fmt: skip
            total += amount
    earnest = funds.split_earnest(ctx=demo.ctx("finance"), project_id=project.id)
    done = funds.distribute_receipts(ctx=demo.ctx("finance_head"), project_id=project.id)
    demo.say(
        f"项目{letter} 到账 {yuan(total)}，连同转入的定金 {earnest} 笔按顺序分配：法定义务 {yuan(done.statutory_fen)}，"
        f"归还收购贷款 {yuan(done.loan_fen)}，余款 {yuan(done.remainder_fen)}"
    )


def _register(demo: "Demo") -> None:
    name, data = acts.write_register(demo.ctx("buyer"))
    path = demo.out / "register" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    demo.paper(path, "保障性住房统一台账（合成）", "4.4")
    demo.say(f"统一台账写入 {path.relative_to(demo.out)}，每列附说明；导出已留痕")
