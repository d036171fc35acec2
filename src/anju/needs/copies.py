"""All that the house holds of one household, as values: what its own copy (我的信息副本) says. Read in the reader's own scope."""

from typing import Any

from django.db import connection

from anju.base.acts import REGISTRY
from anju.base.acts.context import SHANGHAI
from anju.base.files.models import Evidence
from anju.base.secrets import unseal
from anju.needs.models import Application
from anju.parties.posts import BY_CODE

PARTS = {
    "homes": "申报的住房", "benefits": "享受过的政策性住房", "consents": "承诺和授权", "proxies": "代办人",
    "visits": "入户走访", "letters": "资格通知书", "verifications": "部门核验", "deferrals": "容缺受理",
    "locked_facts": "部门确认的事项", "reviews": "审核", "reconsiderations": "复核", "events": "家庭变化",
    "former_members": "已离开的成员", "needs": "特殊需要", "bans": "限制申请", "rechecks": "年审",
    "pauses": "暂停和失效", "changes": "状态变化", "wishes": "住房意向",
}  # fmt: skip
# Keys of rows and accounts say nothing to a household; indexes by which we find it stay with us.
HIDDEN = frozenset({
    "id", "region", "application", "maker", "account", "phone_blind", "document_blind", "sort_key", "from_key", "to_key", "load",
    "publicity", "reviewer", "asked_by", "checker", "decided_by", "refuser", "granted_by", "closed_by", "recorded_by", "done_by",
    "confirmed_by", "ended_by", "vacates", "act", "subject", "member", "event", "refusal", "round", "verification", "other", "batch",
})  # fmt: skip
GOES = (
    "受理窗口、街道和县级审核岗位按职责办理；核验时向婚姻、不动产、户籍、社保、公积金、税务、市场监管部门只提供核对所需的姓名和证件号码；"
    "公示只含受理号、遮盖的姓名、人数和类别；配房后由收购和运营单位签约。保存期满或经您申请注销后删除。"
)


def gather(row: Application) -> dict[str, Any]:
    """The copy. Own numbers in full; of those who objected, nothing; of those who looked, who and why."""
    found: dict[str, Any] = {
        "受理号": row.number, "申请": _values(row), "家庭成员": [_values(one) for one in row.members.order_by("relation", "id")]
    }  # fmt: skip
    for name, title in PARTS.items():
        found[title] = [_values(one) for one in getattr(row, name).order_by("id")]
    papers = Evidence.objects.filter(region=row.region, case_id=row.id).order_by("id")
    found["材料"] = [{"名称": one.name, "种类": one.kind, "收到": _moment(one.uploaded_at)} for one in papers]
    found["发给您的短信"] = [
        {"时间": _moment(sent or queued), "状态": "已发" if state == "sent" else "未发出", "内容": unseal(text)}
        for queued, sent, state, text in _call("case_messages", row)
    ]
    found["谁看过您的个人信息"] = [
        {
            "时间": _moment(at),
            "办理": _title(act),
            "岗位": BY_CODE[post].title if post in BY_CODE else post,
            "姓名": who,
            "事由": reason,
        }
        for at, act, post, who, reason in _call("case_lookers", row)
    ]
    found["信息去向"] = GOES
    return found


def lines(copy: dict[str, Any]) -> list[list[str]]:
    """The same as rows of a sheet: part, which one, what, value."""
    found = []
    for part, value in copy.items():
        rows = value if isinstance(value, list) else [value]
        for number, one in enumerate(rows, 1):
            pairs = one.items() if isinstance(one, dict) else [("", one)]
            found += [[part, str(number) if isinstance(value, list) else "", name, _text(what)] for name, what in pairs]
    return found


def _values(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in row._meta.local_fields:
        if field.name in HIDDEN:
            continue
        value = getattr(row, field.attname)
        if field.name in getattr(row, "sealed", ()):
            value = unseal(value)
        elif field.choices:
            value = dict(field.choices).get(value, value)
        found[TITLES.get(field.name, field.name)] = value
    return found


TITLES = {
    "number": "受理号", "programme": "申请类别", "applicant_name": "申请人", "phone": "手机号",
    "group": "群体", "town": "乡镇（街道）", "income_month_fen": "月收入（分）",
    "home_area_cm2": "自有住房面积（平方厘米）", "residence_months": "居住或参保月数",
    "policy_homes": "保障性住房套数", "transferred": "转让过住房", "score": "积分", "persons": "家庭人数",
    "priority": "优先次序", "state": "状态", "accepted_on": "受理日期", "qualified_on": "取得资格日期",
    "name": "姓名", "relation": "关系", "marriage": "婚姻", "document": "证件号码",
    "document_kind": "证件种类", "born_on": "出生日期", "registration": "户籍地", "work": "就业",
    "employer": "工作单位", "insured_months": "参保月数", "outcome": "结果", "reason": "理由",
    "item": "项目", "department": "部门", "result": "结果", "value": "部门记录", "said": "您的申报",
    "step": "环节", "reviewed_at": "审核时间", "verdicts": "逐条结论", "county": "区县", "rank": "顺序",
    "rooms": "室数", "from_state": "原状态", "to_state": "新状态", "at": "时间", "act_name": "办理",
    "post": "岗位",
}  # fmt: skip


def _call(function: str, row: Application) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s)", [row.id])
        return list(cursor.fetchall())


def _title(act: str) -> str:
    known = REGISTRY.get(act)
    return known.title if known else act


def _moment(at: Any) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def _text(value: Any) -> str:
    if value is None or value == "":
        return "未填"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(str(one.get("sentence", one)) if isinstance(one, dict) else str(one) for one in value)
    return str(value)
