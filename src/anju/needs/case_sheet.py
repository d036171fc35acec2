"""One application on paper (申请表打印件), numbers in full: what the counter puts into the household's file."""

from anju.base.acts import ActContext
from anju.base.numbers import m2, yuan
from anju.base.papers.blocks import facts, note, table
from anju.base.papers.draw import pdf_of
from anju.base.secrets import unseal
from anju.needs import reads
from anju.needs.imports import GROUPS
from anju.needs.models import Application

UNKNOWN = "未填"
GROUP_TITLES = {code: title for title, code in GROUPS.items()}


def pdf(row: Application, ctx: ActContext, *, printed_by: str) -> bytes:
    """The sheet; its foot says who printed it and when."""
    towns, counties = reads.towns(row.region), reads.counties(row.region[:4] + "00")
    blocks = [
        facts([
            ("受理号", row.number), ("申请类别", row.get_programme_display()), ("状态", row.get_state_display()),
            ("申请人", row.applicant_name), ("手机号", unseal(row.phone)), ("群体", GROUP_TITLES.get(row.group, row.group)),
            ("乡镇（街道）", towns.get(row.town, row.town)),
            ("家庭月收入", UNKNOWN if row.income_month_fen is None else yuan(row.income_month_fen)),
            ("自有住房", UNKNOWN if row.home_area_cm2 is None else m2(row.home_area_cm2)),
            ("居住或参保", UNKNOWN if row.residence_months is None else f"{row.residence_months} 个月"),
            ("受理日期", row.accepted_on), ("取得资格", row.qualified_on or "—"),
        ]),
        table(
            ["姓名", "与申请人关系", "证件号码", "出生日期", "工作单位"],
            [[m.name, m.get_relation_display(), unseal(m.document), m.born_on, m.employer or "—"]
             for m in row.members.order_by("relation", "id")],
            title="家庭成员", widths=[2, 2, 4, 2, 3],
        ),
        table(
            ["次序", "区县", "方式", "室数", "总价或月租上限"],
            [[w.rank, counties.get(w.county, w.county), w.get_tenure_display(), w.rooms, yuan(w.ceiling_fen)]
             for w in row.wishes.order_by("rank")],
            title="住房意向", widths=[1, 2, 2, 1, 3],
        ),
        note("含个人信息，只用于本申请的办理和归档；不得转发。"),
    ]  # fmt: skip
    made_up = ctx.demonstration
    return pdf_of({
        "kind": "form", "title": "保障性住房轮候申请表（打印件）", "number": row.number, "code": "", "red_head": "", "issuer": "",
        "issued_at": ctx.now.isoformat(), "region": row.region, "synthetic": made_up,
        "synthetic_note": "合成数据，仅供演示，不具法律效力" if made_up else "", "blocks": blocks,
        "foot": f"{row.number}  {printed_by} {ctx.today} 打印", "code_target": row.number, "code_note": "扫码得受理号。",
    })  # fmt: skip
