"""Questions of a questionnaire as data (3.2.1): what a version holds, and whether a reply is one of it.

A question: ``code``, ``title``, ``kind`` (single, multi, number, text), ``required``; of a choice ``choices`` [[code, words]]; of a number
``unit``, ``low``, ``high``; of a text ``longest``. County, age band and household size are asked of everybody and are not among them:
the weights stand on them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from anju.base.publication.release import scan

KINDS = {"single": "单选", "multi": "多选", "number": "数字", "text": "文字"}
MOST, CHOICES_MOST, TITLE_MOST, TEXT_MOST = 30, 20, 120, 300
CODE = re.compile(r"[a-z][a-z0-9_]{0,23}")
WANTS: list[tuple[str, str]] = [("sale", "配售"), ("rent", "配租"), ("none", "不需要")]
# What the city's own form asks; files of answers (问卷答卷表) have these columns.
STANDARD: list[dict[str, Any]] = [
    {
        "code": "wants", "title": "您家是否需要保障性住房？", "kind": "single", "required": True,
        "choices": [["sale", "需要，想购买（配售）"], ["rent", "需要，想租住（配租）"], ["none", "不需要"]],
    },
    {"code": "rooms", "title": "需要几室？", "kind": "number", "required": False, "unit": "室", "low": 1, "high": 9},
    {"code": "area", "title": "合适的建筑面积？", "kind": "number", "required": False, "unit": "㎡", "low": 10, "high": 300},
]  # fmt: skip


class BadQuestions(ValueError):
    """The questions are not what a version may hold; the sentence says which and why."""


def checked(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The questions as a version keeps them. Raises BadQuestions."""
    if not 1 <= len(questions) <= MOST:
        raise BadQuestions(f"问卷应有 1 至 {MOST} 道题，现有 {len(questions)} 道")
    found, seen = [], set()
    for number, one in enumerate(questions, 1):
        kept = _one(number, one)
        if kept["code"] in seen:
            raise BadQuestions(f"第 {number} 题的代号「{kept['code']}」与前面重复")
        seen.add(kept["code"])
        found.append(kept)
    return found


def _one(number: int, one: Mapping[str, Any]) -> dict[str, Any]:
    code, title, kind = str(one.get("code", "")), str(one.get("title", "")).strip(), str(one.get("kind", ""))
    if not CODE.fullmatch(code):
        raise BadQuestions(f"第 {number} 题的代号「{code}」应以小写字母开头，只用小写字母、数字和下划线")
    if not title or len(title) > TITLE_MOST:
        raise BadQuestions(f"第 {number} 题的题目应为 1 至 {TITLE_MOST} 个字")
    if kind not in KINDS:
        raise BadQuestions(f"第 {number} 题的题型「{kind}」不认识；可选：{'、'.join(KINDS.values())}")
    kept: dict[str, Any] = {"code": code, "title": title, "kind": kind, "required": bool(one.get("required"))}
    if kind in ("single", "multi"):
        kept["choices"] = _choices(number, one.get("choices", ()))
    elif kind == "number":
        kept |= {"unit": str(one.get("unit", ""))[:10], "low": one.get("low", 0), "high": one.get("high", 1_000_000)}
        if not all(isinstance(kept[k], int) for k in ("low", "high")) or kept["low"] > kept["high"]:
            raise BadQuestions(f"第 {number} 题的数值范围 {kept['low']}–{kept['high']} 不对：应为整数，前小后大")
    else:
        kept["longest"] = min(int(one.get("longest", TEXT_MOST)), TEXT_MOST)
    return kept


def _choices(number: int, given: Any) -> list[list[str]]:
    pairs = [[str(code), str(words).strip()] for code, words in given]
    if not 2 <= len(pairs) <= CHOICES_MOST:
        raise BadQuestions(f"第 {number} 题应有 2 至 {CHOICES_MOST} 个选项，现有 {len(pairs)} 个")
    if len({code for code, _ in pairs}) < len(pairs) or not all(CODE.fullmatch(c) and w for c, w in pairs):
        raise BadQuestions(f"第 {number} 题的选项代号重复、不合规则或没有文字")
    return pairs


def faults(questions: Sequence[Mapping[str, Any]], replies: Mapping[str, Any]) -> dict[str, str]:
    """Question's code → what is wrong with its reply; empty where all are good."""
    known = {one["code"] for one in questions}
    found = {code: "问卷里没有这道题" for code in replies if code not in known}
    for one in questions:
        value = replies.get(one["code"])
        if value in (None, "", []):
            if one["required"]:
                found[one["code"]] = "请回答这道题"
        elif why := _fault(one, value):
            found[one["code"]] = why
    return found


def _fault(one: Mapping[str, Any], value: Any) -> str:
    codes = {code for code, _ in one.get("choices", ())}
    match one["kind"]:
        case "single":
            return "" if value in codes else "请从选项中选一个"
        case "multi":
            fine = isinstance(value, list) and len(set(value)) == len(value) and set(value) <= codes
            return "" if fine else "请从选项中选"
        case "number":
            if not isinstance(value, int) or isinstance(value, bool) or not one["low"] <= value <= one["high"]:
                return f"请填 {one['low']} 至 {one['high']} 之间的整数"
            return ""
    if not isinstance(value, str) or len(value) > one["longest"]:
        return f"最多 {one['longest']} 个字"
    personal = scan({"text": value})
    return f"请不要填写{'、'.join(personal)}：问卷不收集个人信息" if personal else ""


def kept(questions: Sequence[Mapping[str, Any]], replies: Mapping[str, Any]) -> dict[str, Any]:
    """The replies that say something, in the order of the questions."""
    return {one["code"]: replies[one["code"]] for one in questions if replies.get(one["code"]) not in (None, "", [])}
