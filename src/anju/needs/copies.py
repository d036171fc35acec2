"""All that the house holds of one household, as values: what its own copy (我的信息副本) says. Read in the reader's own scope."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from anju.base.acts import REGISTRY
from anju.base.acts.context import SHANGHAI
from anju.base.files.models import Evidence
from anju.base.messages.models import Message
from anju.base.numbers import m2, yuan
from anju.base.secrets import unseal
from anju.needs import imports, route
from anju.needs.facts import BY_FIELD
from anju.needs.facts import TITLES as ITEM_TITLES
from anju.needs.models import Application
from anju.parties.models import Region
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
    "paper", "evidence", "photo", "proof", "confirmed_by", "ended_by", "vacates", "act",
    "subject", "member", "event", "refusal", "round", "verification", "other", "batch",
})  # fmt: skip
GOES = (
    "受理窗口、街道和县级审核岗位按职责办理；核验时向婚姻、不动产、户籍、社保、公积金、税务、市场监管部门只提供核对所需的姓名和证件号码；"
    "公示只含受理号、遮盖的姓名、人数和类别；配房后由收购和运营单位签约。保存期满或经您申请注销后删除。"
)


# Every column that a copy shows, as the household reads it; tests walk the tables, so that none goes out under its English name.
TITLES = {
    "number": "受理号", "programme": "申请类别", "applicant_name": "申请人", "phone": "手机号", "group": "群体", "town": "乡镇（街道）",
    "income_month_fen": "月收入", "home_area_cm2": "自有住房面积", "residence_months": "居住或参保月数", "policy_homes": "保障性住房套数",
    "transferred": "转让过住房", "score": "积分", "persons": "家庭人数", "priority": "优先次序（1 最先，9 为一般）", "state": "状态",
    "accepted_on": "受理日期", "qualified_on": "取得资格日期", "confirmed_on": "确认日期", "order_on": "位次起算日期",
    "steps_needed": "审核环节数", "withdrawn_from": "撤回前状态", "withdrawn_on": "撤回日期", "back_entered": "补录",
    "verdicts": "逐条结论", "name": "姓名", "relation": "关系", "marriage": "婚姻", "document": "证件号码", "document_kind": "证件种类",
    "born_on": "出生日期", "registration": "户籍地", "registered_on": "落户日期", "work": "就业", "employer": "工作单位",
    "insured_months": "参保月数", "kind": "种类", "place": "坐落", "area_cm2": "面积", "on": "日期", "since": "开始日期",
    "until": "结束日期",    "version": "文本版本", "way": "方式", "given_at": "承诺时间", "text_sha256": "文本摘要",
    "scope": "代办范围", "until_on": "截止日期",
    "ended_on": "终止日期", "end_reason": "终止理由", "visited_on": "走访日期", "met": "见到的人", "findings": "走访情况",
    "latitude_e6": "纬度（百万分之一度）", "longitude_e6": "经度（百万分之一度）", "offline": "离线记录", "recorded_at": "记录时间",
    "recorded_on": "登记日期", "code": "验证码", "masked_name": "通知书上的姓名", "issued_on": "出具日期", "item": "项目",
    "department": "部门", "method": "核验方式", "asked_on": "提出日期", "due_on": "应回复日期", "said": "您的申报", "note": "说明",
    "result": "结果", "value": "部门记录", "answered_on": "回复日期", "decision": "处理", "decision_reason": "处理理由",
    "decided_on": "决定日期", "granted_on": "准予日期", "good_by": "补齐日期", "closed_on": "办结日期", "outcome": "结果",
    "field": "事项", "source": "确认部门", "step": "环节", "reason": "理由", "reviewed_at": "审核时间", "text": "复核理由",
    "granted": "是否通过", "happened_on": "发生日期", "confirmed": "是否核实", "ground": "事由", "facts": "认定的事实",
    "proposed_on": "提出日期", "heard_on": "听取陈述日期", "statement": "您的陈述", "done_on": "办结日期", "from_on": "开始日期",
    "act_name": "办理", "post": "岗位", "at": "时间", "written_at": "登记时间", "from_state": "原状态", "to_state": "新状态",
    "rank": "顺序", "tenure": "方式（购或租）", "rooms": "室数", "area_from_cm2": "面积下限", "area_to_cm2": "面积上限",
    "ceiling_fen": "总价或月租上限", "county": "区县", "zone": "片区", "floor": "楼层", "lift": "电梯", "twin": "与另一意向相同",
}  # fmt: skip
STATES, GROUPS = dict(Application.STATES), {code: title for title, code in imports.GROUPS.items()}
PAPERS = {
    "attachment": "申请材料", "supplement": "补正材料", "correction": "更正材料", "back_entry": "补录材料", "paper": "文书",
    "signed": "签章件", "deferral": "容缺材料", "household_event": "家庭变化证明", "need": "特殊需要证明", "reconsideration": "复核材料",
    "verification": "核验回执",
}  # fmt: skip
SENT = dict(Message._meta.get_field("state").flatchoices)


def _state(code: str) -> str:
    return STATES.get(code, code)


def _place(code: str) -> str:
    return Region.objects.filter(code=code).values_list("name", flat=True).first() or code


def _act(name: str) -> str:
    known = REGISTRY.get(name)
    return known.title if known else name


def _post(code: str) -> str:
    return BY_CODE[code].title if code in BY_CODE else code


# Codes whose columns carry no words of their own.
WORDS: dict[str, Callable[[Any], Any]] = {
    "state": _state, "from_state": _state, "to_state": _state, "withdrawn_from": _state, "town": _place, "county": _place,
    "registration": _place, "act_name": _act, "post": _post, "step": lambda code: route.TITLES.get(code, code),
    "group": lambda code: GROUPS.get(code, code), "item": lambda code: ITEM_TITLES[code],
    "field": lambda name: BY_FIELD[name].title if name in BY_FIELD else name,
    "verdicts": lambda found: [one["sentence"] for one in found],
}  # fmt: skip


def gather(row: Application) -> dict[str, Any]:
    """The copy. Own numbers in full; of those who objected, nothing; of those who looked, who and why."""
    found: dict[str, Any] = {
        "受理号": row.number, "申请": _values(row), "家庭成员": [_values(one) for one in row.members.order_by("relation", "id")]
    }  # fmt: skip
    for name, title in PARTS.items():
        found[title] = [_values(one) for one in getattr(row, name).order_by("id")]
    papers = Evidence.objects.filter(region=row.region, case_id=row.id).order_by("id")
    found["材料"] = [
        {"名称": one.name, "种类": PAPERS.get(one.kind, "材料"), "收到": _moment(one.uploaded_at)} for one in papers
    ]
    found["发给您的短信"] = [
        {"时间": _moment(sent or queued), "状态": SENT[state], "内容": unseal(text)}
        for queued, sent, state, text in _call("case_messages", row)
    ]
    found["谁看过、导出或打印过您的个人信息"] = [
        {
            "时间": _moment(at),
            "办理": _act(act),
            "岗位": _post(post),
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
        if field.name not in HIDDEN:
            found[TITLES[field.name]] = _value(row, field, getattr(row, field.attname))
    return found


def _value(row: Any, field: Any, value: Any) -> Any:
    if value is None or value == "":
        return value
    if field.name in getattr(row, "sealed", ()):
        return unseal(value)
    if field.name in WORDS:
        return WORDS[field.name](value)
    if field.name.endswith("_fen"):
        return yuan(value)
    if field.name.endswith("_cm2"):
        return m2(value)
    if field.choices:
        return dict(field.choices).get(value, value)
    return _moment(value) if isinstance(value, datetime) else value


def _call(function: str, row: Application) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}(%s)", [row.id])
        return list(cursor.fetchall())


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
