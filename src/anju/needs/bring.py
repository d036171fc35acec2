"""Which papers to bring (要带的材料), from a few answers: no personal data, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Paper:
    """One paper: its kind (as attachments are kept), what it is called, and what to watch for."""

    kind: str
    title: str
    note: str


MARRIED, WIDOWED, DIVORCED = "20", "30", "40"
OF_MARRIAGE = {
    MARRIED: "结婚证",
    WIDOWED: "配偶死亡证明或户口注销证明",
    DIVORCED: "离婚证和离婚协议，或法院判决书、调解书",
}
OF_WORK = {
    "employed": ("近三个月工资流水或单位收入证明", "收入证明加盖单位公章"),
    "flexible": ("近三个月收入流水或收入承诺书", "没有流水的，当面填写承诺书"),
    "business": ("营业执照和近一年纳税记录", "个体工商户须经营者本人"),
    "farming": ("村（社区）出具的收入说明", "写明主要来源"),
    "student": ("学生证或学籍证明", ""),
    "retired": ("养老金发放流水或退休证", ""),
    "none": ("村（社区）出具的无固定收入说明", ""),
}


def papers_for(answers: Mapping[str, Any]) -> list[Paper]:
    """The papers of a household that answered so; what was not answered is asked for by the wider paper."""
    found = [
        Paper("identity", "全体家庭成员身份证", "原件核对，交复印件；未办身份证的子女带出生医学证明"),
        Paper("register", "户口簿", "首页、户主页和每名成员页"),
        Paper("consent", "承诺和授权查询书", "网上已勾选的不用再交；窗口办理的当面签字，成年成员都签"),
    ]
    marriage = answers.get("marriage")
    if marriage in OF_MARRIAGE:
        found.append(Paper("marriage", OF_MARRIAGE[marriage], "原件核对，交复印件"))
    title, note = OF_WORK.get(answers.get("work") or "", ("申请人收入证明", "工资流水、单位证明或村（社区）说明之一"))
    found.append(Paper("income", title, note))
    if answers.get("group") == "new_citizen" or answers.get("registration") == "else":
        found.append(Paper("insurance", "社会保险缴费证明或居住证", "外地户籍须有；可在人社网上打印"))
    elif answers.get("insured_months"):
        found.append(Paper("insurance", "社会保险缴费证明", "可在人社网上打印"))
    if answers.get("home_area_cm2") == 0:
        found.append(Paper("home", "租房合同或居住证明", "没有住房的，写明现在住哪里"))
    else:
        found.append(Paper("home", "自有住房的不动产权证", "写明面积；共有的写明份额"))
    if answers.get("transferred") == "yes":
        found.append(Paper("home", "住房转让合同或过户证明", "写明转让日期"))
    if answers.get("policy_homes"):
        found.append(Paper("policy", "现住保障性住房的合同", "取得新房时须退出"))
    if answers.get("ill"):
        found.append(Paper("need", "残疾证、重病诊断或行动不便的证明", "用于优先安排合适的房源"))
    if answers.get("proxy"):
        found.append(Paper("proxy", "代办委托书和代办人身份证", "申请人签字，写明范围和期限"))
    return found
