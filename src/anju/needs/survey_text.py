"""A questionnaire as a clerk types it, one question a line: ``单选* | 题目 | 选项一 / 选项二``. Codes are given by the place."""

import re
from collections.abc import Sequence
from typing import Any

from anju.needs.questions import KINDS, STANDARD, BadQuestions

HINT = (
    "一行一题，各部分用竖线隔开：题型 | 题目 | 选项。题型写 单选、多选、数字、文字，必答的加 *；选项用 / 隔开；"
    "数字题第三部分写 单位 最小-最大，如 元 0-20000。"
)
STANDARD_LINE = "标准题"
BY_WORD = {word: code for code, word in KINDS.items()}
RANGE = re.compile(r"^(\D*?)\s*(\d+)\s*[-—~至]\s*(\d+)$")


def parsed(text: str) -> list[dict[str, Any]]:
    """The questions that the lines say. Raises BadQuestions with the line."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line == STANDARD_LINE:
            found += [dict(one) for one in STANDARD]
        elif line:
            found.append(_question(number, line, f"q{number}"))
    return found


def _question(number: int, line: str, code: str) -> dict[str, Any]:
    kind, *rest = [part.strip() for part in re.split(r"[|｜]", line)]
    required, word = kind.endswith(("*", "＊")), kind.rstrip("*＊ ")
    if word not in BY_WORD or not rest:
        raise BadQuestions(
            f"第 {number} 行「{line[:30]}」看不懂：应写成 题型 | 题目 | 选项，题型为 {'、'.join(BY_WORD)}"
        )
    one: dict[str, Any] = {"code": code, "title": rest[0], "kind": BY_WORD[word], "required": required}
    third = rest[1] if len(rest) > 1 else ""
    if one["kind"] in ("single", "multi"):
        words = [part.strip() for part in re.split(r"[/／]", third) if part.strip()]
        one["choices"] = [[f"c{at}", text] for at, text in enumerate(words, 1)]
    elif one["kind"] == "number" and third:
        match = RANGE.match(third)
        if match is None:
            raise BadQuestions(f"第 {number} 行的数字范围「{third}」看不懂：应写成 单位 最小-最大，如 元 0-20000")
        one |= {"unit": match[1].strip(), "low": int(match[2]), "high": int(match[3])}
    return one


def written(questions: Sequence[dict[str, Any]]) -> str:
    """The lines that say these questions, for the form that revises them."""
    lines, given = [], list(questions)
    if given[: len(STANDARD)] == STANDARD:
        lines.append(STANDARD_LINE)
        given = given[len(STANDARD) :]
    for one in given:
        star = "*" if one["required"] else ""
        parts = [f"{KINDS[one['kind']]}{star}", one["title"]]
        if "choices" in one:
            parts.append(" / ".join(words for _, words in one["choices"]))
        elif one["kind"] == "number":
            parts.append(f"{one['unit']} {one['low']}-{one['high']}".strip())
        lines.append(" | ".join(parts))
    return "\n".join(lines)
