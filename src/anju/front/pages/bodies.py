"""Words for the data that rooms publish: each known key of a body gets its label, its form and its place."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from anju.base import numbers
from anju.base.acts.context import SHANGHAI
from anju.web import shown


def _day(value: str) -> str:
    found = date.fromisoformat(value[:10])
    return f"{found.year} 年 {found.month} 月 {found.day} 日（星期{'一二三四五六日'[found.weekday()]}）"


def _moment(value: str) -> str:
    return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _count(unit: str) -> Callable[[Any], str]:
    return lambda value: f"{value:,} {unit}" if isinstance(value, int) else str(value)


# In the order in which they are shown.
FACTS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "paper": ("公告文号", str),
    "number": ("批次", str),
    "project": ("项目", str),
    "address": ("坐落", str),
    "acquirer": ("收购主体", str),
    "round": ("轮次", lambda v: f"第 {v} 轮"),
    "announced_on": ("公告日", _day),
    "apply_from": ("申请开始", _day),
    "apply_until": ("申请截止", _day),
    "earnest_until": ("缴定金截止", _day),
    "method_title": ("选房顺序", str),
    "earnest_fen": ("每套定金", numbers.yuan),
    "offered": ("公告房源", _count("套")),
    "needed": ("达标所需", _count("套")),
    "taken": ("已缴定金", _count("套")),
    "ratio": ("锁定比例", lambda v: f"{v}%"),
    "passed": ("结论", lambda v: "达标" if v else "未达标"),
    "refund_days": ("未达标退款", lambda v: f"{v} 个工作日内全部退回"),
    "entrants": ("参加", _count("户")),
    "homes": ("房源", _count("套")),
    "allotted": ("配到房", _count("户")),
    "reveal_until": ("密数揭开截止", _moment),
    "value_from": ("公共随机值不早于", _moment),
    "frozen_at": ("名单封存", _moment),
    "drawn_at": ("排定时间", _moment),
    "judged_at": ("判定时间", _moment),
    "entrants_sha256": ("家庭名单摘要", str),
    "homes_sha256": ("房源名单摘要", str),
    "snapshot_sha256": ("名单快照摘要", str),
    "transcript_sha256": ("全过程数据摘要", str),
    "rule": ("规则版本", str),
    "if_absent": ("缺席时", str),
    "next": ("下一步", str),
}


def facts_of(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A body's own facts, then those of its keys that are known; what is absent is left out."""
    own = [(str(label), shown.words(value)) for label, value in body.get("facts", [])]
    return own + [
        (label, form(body[key]))
        for key, (label, form) in FACTS.items()
        if body.get(key) not in (None, "", []) and _plain(body[key])
    ]


def _plain(value: Any) -> bool:
    return not isinstance(value, list | dict)


def tables_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A body's own tables, then the holders and sources of a draw."""
    found = [_table(t) for t in body.get("tables", [])]
    if body.get("holders"):
        rows = [[h["holder"], h["commitment"]] for h in body["holders"]]
        found.append({"title": "密数持有人", "header": ["持有人", "密数摘要（SHA-256）"], "rows": rows})
    if body.get("sources"):
        found.append(_sources(body["sources"]))
    return found


def _sources(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The issues announced; beside them the ones used, once the draw is done."""
    done = any("drawn" in s for s in rows)
    return {
        "title": "公共随机值来源",
        "header": ["名称", "公告期号", "所用期号"] if done else ["名称", "期号"],
        "rows": [[s["game"], f"第 {s['issue']} 期", *([_used(s)] if done else [])] for s in rows],
    }


def _used(source: Mapping[str, Any]) -> str:
    """The issue that was drawn, and that it is not the announced one where it is not."""
    other = "" if source["drawn"] == source["issue"] else "（公告期未开奖，改用此期）"
    return f"第 {source['drawn']} 期{other}"


def _table(table: Mapping[str, Any]) -> dict[str, Any]:
    rows = [["—" if cell is None else shown.words(cell) for cell in row] for row in table.get("rows", [])]
    return {"title": table.get("title", ""), "header": [str(h) for h in table.get("header", [])], "rows": rows}


def paragraphs_of(kind: str, body: Mapping[str, Any]) -> list[str]:
    """A body's own paragraphs; for an announcement, a list or a gate without any, what it means for a household."""
    own = [str(p) for p in body.get("paragraphs", [])]
    if own or kind not in WORDS:
        return own
    try:
        return [text.format_map(body) for text in WORDS[kind]]
    except KeyError:
        return []


WORDS = {
    "announcement": [
        "{project}位于{address}，已竣工验收、产权清晰。现面向全社会公告，已进入轮候库、审核符合保障对象条件的家庭"
        "可在申请期限内选报志愿房源，一个家庭限申请一套。",
        "已选房并缴定金的房源达到 {ratio}%（{offered} 套中的 {needed} 套），收购主体与开发企业签订正式收购协议，定金抵作价款或租金；"
        "达不到的，本项目不收购，定金全部退回。",
    ],
    "draw_list": [
        "名单已封存，之后任何人不能再进出。下面的摘要先于随机数公布：以后公布的名单若与摘要不符，就是被改过。"
    ],
    "draw_plan": ["次序由各持有人的密数和公共随机值共同算出，任何一方都不能单独左右。结果公布后，任何人都能重算一遍。"],
    "gate": ["{project}共公告 {offered} 套，规定日已缴定金 {taken} 套，达标需要 {needed} 套（{ratio}%）。{next}。"],
}
