"""The contracts as paper: terms of the plan, the household's numbers masked (the signed paper carries them by hand)."""

from anju.base import numbers
from anju.base.acts import ActContext
from anju.base.papers import clause, facts, issue, signatures, table
from anju.base.papers.blocks import Block
from anju.base.papers.models import Paper
from anju.base.secrets import unseal
from anju.base.wordings.text import say
from anju.homes.models import SALE, Contract


def issue_contract(ctx: ActContext, contract: Contract, acquirer: str) -> Paper:
    """Draw the contract and number it within its kind and year."""
    sale = contract.tenure == SALE
    blocks = [
        facts([("甲方（收购主体）", acquirer), ("乙方", contract.application.applicant_name)]),
        _household(contract),
        _home(contract),
        *(_sale(ctx, contract) if sale else _lease(ctx, contract)),
        _sign(),
    ]
    return issue(
        ctx=ctx, kind="sale_contract" if sale else "lease", title="保障性住房配售合同" if sale else "保障性住房租赁合同", blocks=blocks,
        obj=contract, case=contract.application_id, prefix="售" if sale else "租",
    )  # fmt: skip


def _household(contract: Contract) -> Block:
    members = contract.application.members.order_by("relation", "id")
    rows = [[m.name, m.get_relation_display(), numbers.mask_document(unseal(m.document))] for m in members]
    return table(
        ["姓名", "与申请人关系", "身份证号（脱敏，签署时手填）"],
        rows,
        title=f"乙方家庭（轮候编号 {contract.application.number}）",
    )


def _home(contract: Contract) -> Block:
    unit, project = contract.unit, contract.project
    return facts([
        ("房屋坐落", f"{project.address} {project.name} {unit.building.number} 号楼 {unit.stairwell} 单元 {unit.room}"),
        ("不动产单元代码", unit.code), ("建筑面积", numbers.m2(unit.gross_cm2)), ("居室", f"{unit.rooms} 室"), ("规划用途", unit.use),
    ])  # fmt: skip


def _sale(ctx: ActContext, contract: Contract) -> list[Block]:
    price, down = contract.price_fen or 0, contract.down_payment_fen or 0
    rest = price - down
    loan = (
        f"余款 {numbers.yuan(rest)} 由乙方以{'住房公积金贷款' if contract.provident_fund else '贷款或自有资金'}支付。"
    )
    return [
        clause("一、价款", f"总价 {numbers.yuan(price)}（大写：{numbers.capitals(price)}），为公告的一房一价。",
               f"乙方已缴定金 {numbers.yuan(contract.earnest_fen)}，自本合同签订之日起抵作首付款。",
               f"首付款 {numbers.yuan(down)}（含定金）。" + (loan if rest else "")),
        clause("二、专户", "全部款项存入贷款银行开立的资金监管专户，履行法定义务后优先归还收购贷款。"),
        clause("三、封闭管理", say("homes.closed", region=ctx.region, on=ctx.today, values={}).text),
        clause("四、一户一套", "乙方家庭承诺没有享受其他保障性住房；查实不符的，合同解除。"),
    ]  # fmt: skip


def _lease(ctx: ActContext, contract: Contract) -> list[Block]:
    rent = contract.rent_fen or 0
    return [
        clause("一、租期", f"自 {contract.starts_on} 起至 {contract.ends_on} 止。"),
        clause("二、租金与押金", f"月租金 {numbers.yuan(rent)}（大写：{numbers.capitals(rent)}），为公告的租金，按月预付。",
               f"乙方已缴定金 {numbers.yuan(contract.earnest_fen)}，自本合同签订之日起转为押金，退租时按约退还。"),
        clause("三、专户", "租金存入贷款银行开立的资金监管专户，履行法定义务后优先归还收购贷款。"),
        clause("四、使用", say("homes.use", region=ctx.region, on=ctx.today, values={}).text),
    ]  # fmt: skip


def _sign() -> Block:
    return signatures(["甲方（收购主体，盖章）", ("乙方（签字）", ("身份证号：", "日期：      年    月    日"))])
