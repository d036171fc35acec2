"""The agreement's text, from what is frozen in it."""

from collections.abc import Sequence

from anju.base.numbers import capitals, m2, yuan
from anju.base.papers import Block, clause, facts, para, signatures, table
from anju.purchase.models import Agreement, Milestone
from anju.reserve.models import Unit


def agreement_blocks(
    agreement: Agreement, lines: Sequence[tuple[Unit, int]], steps: Sequence[Milestone]
) -> list[Block]:
    """The purchase agreement (存量商品房收购协议): parties, ground, homes, price, instalments, delivery, the seller's proceeds."""
    letter, gate, special = agreement.letter, agreement.gate, agreement.special
    ground = (
        f"批次 {gate.batch.number} 锁定需求 {gate.taken}/{gate.offered} 套，达到 {gate.ratio}%（{gate.needed} 套）"
        if special is None
        else f"批次 {gate.batch.number} 锁定需求 {gate.taken}/{gate.offered} 套，经一事一议决定（{special.resolution.number}）"
    )
    total = f"{yuan(agreement.total_fen)}（人民币{capitals(agreement.total_fen)}）"
    homes = [
        (at, unit.building.number, unit.stairwell, unit.floor, unit.room, m2(unit.gross_cm2), yuan(fen), unit.code)
        for at, (unit, fen) in enumerate(lines, 1)
    ]
    return [
        facts(
            [
                ("甲方（收购主体）", letter.acquirer.name),
                ("乙方（出卖人）", agreement.project.developer.name),
                ("项目", agreement.project.name),
                ("坐落", agreement.project.address),
                ("收购意向书", letter.number),
                ("三重一大决定", agreement.decision.number),
                ("收购依据", ground),
            ]
        ),
        para("甲乙双方就甲方收购乙方已建成存量商品房用作保障性住房，经协商一致，订立本协议。"),
        clause(
            "一、收购房源",
            f"共 {agreement.units_count} 套，建筑面积合计 {m2(agreement.gross_cm2)}，明细见附表一。",
            "乙方保证房源手续齐备、产权清晰、已竣工验收，具备申请不动产登记确权条件；有抵押的，按约定的方案先行解除。",
        ),
        clause(
            "二、收购价款",
            f"单价 {yuan(agreement.price_fen_m2)}/㎡，不高于评估确定的收购价上限。总价 {total}。",
            "面积以不动产登记为准的，差额按本协议单价结算，但总价不得高于收购价上限。",
        ),
        clause(
            "三、付款",
            "甲方按下列收购进度付款，由贷款银行审核后以受托支付方式从资金监管专户付至乙方账户，明细见附表二。",
        ),
        clause(
            "四、乙方所得资金的使用",
            "乙方出售所得资金依法依规先偿还本项目债务；仍有结余的，可用于本企业或集团公司其他未建成项目，不得截留他用，并接受监督。",
        ),
        clause(
            "五、交付与登记", "乙方按进度交付房屋及资料，配合甲方办理不动产登记；配售型保障性住房按封闭管理要求登记。"
        ),
        clause("六、违约与争议", "一方违约的，依法承担违约责任；争议协商不成的，向房屋所在地人民法院起诉。"),
        table(
            ("序号", "楼号", "单元", "层", "房号", "建筑面积", "价款", "不动产单元代码"),
            homes,
            title="附表一 房源及价款",
            widths=(1, 2, 1, 1, 2, 3, 4, 6),
        ),
        table(
            ("序号", "收购进度", "应付金额"),
            [(step.order, step.title, yuan(step.amount_fen)) for step in steps],
            title="附表二 收购进度与付款",
            widths=(1, 5, 4),
        ),
        signatures(["甲方（盖章）", "乙方（盖章）"]),
    ]
