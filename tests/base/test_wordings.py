"""Wordings: a whitelist of placeholders, dated versions of two people, every message once, to the right phone, with a next step."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from anju.base.acts import InvalidInput, Refused
from anju.base.messages import outbox
from anju.base.messages.models import Message
from anju.base.regions import scope, uuid7
from anju.base.wordings import acts
from anju.base.wordings.kinds import KINDS, MESSAGE, WordingKind
from anju.base.wordings.models import Wording
from anju.base.wordings.text import ends_with_next_step, faults, fill, in_force, say
from support.db import NOON, context, open_act

SRC = Path(outbox.__file__).parents[2]
KIND = WordingKind("t", "试", MESSAGE, "{编号} 好了，请查看。", {"编号": ("号", "1")}, "4.4")
DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{编号} 好了，请查看。", ""), ("", "内容是空的"), ("{姓名}请查看", "第 1 个字处的「{姓名}」"),
        ("好 {编号 请", "第 3 个字处的「{」没有配对"), ("编号}请", "第 3 个字处的「}」"),
        ("{编号.__class__}请", "「{编号.__class__}」不是可用的占位"), ("{0}请", "「{0}」"), ("{}请", "「{}」"),
        ("{编号} 好了。", "没有说下一步"), ("请看。{编号} 好了。", "没有说下一步"), ("请" * 301, "超过上限 300 个字"),
    ],
)  # fmt: skip
def test_a_wording_is_judged_by_name_and_place(text: str, said: str) -> None:
    found = "；".join(faults(KIND, text))
    assert said in found and bool(said) == bool(found)


@given(value=st.text(max_size=30))
def test_a_value_is_put_in_as_it_is_and_never_read_as_a_wording(value: str) -> None:
    assert fill("甲{编号}乙{编号}", {"编号": value}) == f"甲{value}乙{value}"


def test_every_registered_message_ends_by_saying_what_to_do_next() -> None:
    messages = [k for k in KINDS.values() if k.kind == MESSAGE]
    assert len(messages) >= 9
    for kind in messages:
        assert faults(kind, kind.default) == [], kind.code
        assert ends_with_next_step(fill(kind.default, kind.examples)), kind.code


def templates() -> Iterator[tuple[str, str]]:
    """(where, the template) of every call in the rooms that puts a message into the outbox."""
    for path in SRC.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            str(getattr(one.targets[0], "id", "")): one.value for one in tree.body if isinstance(one, ast.Assign)
        }  # what a constant of the file says
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and path.parent.name != "messages" and (found := _template(node)) is not None:
                value = named.get(found.id, found) if isinstance(found, ast.Name) else found
                if not isinstance(found, ast.Name) or found.id in named:
                    yield f"{path.name}:{node.lineno}", _said(value)


def _template(node: ast.Call) -> ast.expr | None:
    """The argument that names the wording: by keyword, third of the waiting list's ``tell``, second of the offering's."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "tell" and node.args:
        return node.args[2] if len(node.args) > 3 else node.args[1]
    if name == "queue_many" or (name == "queue" and _is_outbox(node)):
        return next((k.value for k in node.keywords if k.arg == "template"), None)
    return None


def _said(value: ast.expr) -> str:
    """A constant as it stands; what a review's outcome is put into, as it stands for the one that is told so."""
    if isinstance(value, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "supplement" for p in value.values)
    return str(getattr(value, "value", value))


def _is_outbox(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "outbox"


def test_every_message_that_a_room_sends_is_a_registered_wording() -> None:
    found = list(templates())
    assert len(found) >= 8
    assert [(where, name) for where, name in found if name not in KINDS] == []


def drafted(text: str = "{验证码}，{分钟} 分钟内有效，请填写。", valid_from: date = DAY, **changes: object) -> Wording:
    return acts.draft_wording(ctx=context(**changes), code="signin-code", text=text, valid_from=valid_from)


@pytest.mark.django_db
def test_a_draft_says_nothing_until_a_second_person_released_it_and_then_from_its_day() -> None:
    maker = uuid7()
    values = {"验证码": "000000", "分钟": "10"}
    row = drafted(valid_from=DAY + timedelta(days=1), account=maker)
    with pytest.raises(Refused, match="另一人"):
        acts.release_wording(ctx=context(account=maker), wording_id=row.id, tried_on="示例")
    with pytest.raises(Refused, match="预览"):
        acts.release_wording(ctx=context("office_head"), wording_id=row.id, tried_on=" ")
    acts.release_wording(ctx=context("office_head"), wording_id=row.id, tried_on="示例")
    with scope("231200"):
        assert say("signin-code", region="231202", on=DAY, values=values).version is None
        said = say("signin-code", region="231202", on=DAY + timedelta(days=1), values=values)
    assert (said.text, said.version) == ("000000，10 分钟内有效，请填写。", row.id)


@pytest.mark.django_db
def test_a_countys_own_wording_goes_before_the_citys_and_the_later_before_the_earlier() -> None:
    for region, day, word in (("231200", 2, "市"), ("231202", 2, "县"), ("231200", 5, "市新")):
        row = drafted(f"{word}{{验证码}}{{分钟}}，请填写。", date(2026, 3, day), region=region)
        acts.release_wording(ctx=context("office_head", region), wording_id=row.id, tried_on="示例")
    with scope("231200"):
        found = {
            (region, day): str(getattr(in_force("signin-code", region, date(2026, 3, day)), "text", ""))[:2]
            for region in ("231200", "231202", "231221") for day in (1, 3, 6)
        }  # fmt: skip
    assert found == {
        ("231200", 1): "", ("231200", 3): "市{", ("231200", 6): "市新", ("231202", 1): "", ("231202", 3): "县{", ("231202", 6): "县{",
        ("231221", 1): "", ("231221", 3): "市{", ("231221", 6): "市新",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_draft_of_a_day_gone_by_or_with_a_strange_placeholder_is_not_kept() -> None:
    for text, day, said in (("{验证码}请填", DAY - timedelta(days=1), "早于今天"), ("{密码}请填", DAY, "「{密码}」")):
        with pytest.raises(InvalidInput, match=said):
            drafted(text, day)
    with scope("231200"):
        assert not Wording.objects.exists()


@pytest.mark.django_db
def test_two_versions_of_one_day_and_a_change_of_what_was_released_are_refused() -> None:
    first, second = drafted(), drafted("{验证码}{分钟}，请。")
    acts.release_wording(ctx=context("office_head"), wording_id=first.id, tried_on="示例")
    with pytest.raises(Refused, match="已有"):
        acts.release_wording(ctx=context("office_head"), wording_id=second.id, tried_on="示例")
    for statement in ("UPDATE base_wording SET text = 'x' WHERE id = %s", "DELETE FROM base_wording WHERE id = %s"):
        with open_act(), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement, [first.id])
    with open_act(), pytest.raises(IntegrityError), transaction.atomic():
        Wording.objects.create(
            owner_region="231200", code="x", text="y", valid_from=DAY, state="released", drafted_by=first.id, released_by=first.id,
            drafted_at=NOON, released_at=NOON,
        )  # fmt: skip


@pytest.mark.django_db
def test_a_message_goes_once_to_the_phone_it_was_meant_for_in_the_wording_of_its_day() -> None:
    row = drafted()
    acts.release_wording(ctx=context("office_head"), wording_id=row.id, tried_on="示例")
    with open_act():
        for _ in range(2):
            outbox.queue(
                region="231200",
                phone="13800000001",
                template="signin-code",
                values={"验证码": "111111", "分钟": "10"},
                once_key="k",
                now=NOON,
            )
        assert outbox.queue_many(
            region="231200", template="needs.objection", now=NOON,
            rows=[("13800000002", {"受理号": "甲"}, "a", None),
                ("13800000003", {"受理号": "乙"}, "b", None), ("13800000003", {"受理号": "乙"}, "b", None)],
        ) == 3  # fmt: skip
        found = {str(m.to_phone): (str(m.text), m.wording) for m in Message.objects.all()}
    assert found == {
        "13800000001": ("111111，10 分钟内有效，请填写。", row.id),
        "13800000002": ("公示期间收到对申请 甲 的异议，经核查不成立，您的申请继续办理。现在不用您办什么。", None),
        "13800000003": ("公示期间收到对申请 乙 的异议，经核查不成立，您的申请继续办理。现在不用您办什么。", None),
    }  # fmt: skip
    with open_act(), pytest.raises(KeyError, match="分钟"), transaction.atomic():
        outbox.queue(region="231200", phone="1", template="signin-code", values={"验证码": "1"}, once_key="z", now=NOON)


def test_a_default_that_would_be_refused_cannot_be_registered() -> None:
    from anju.base.wordings.kinds import register

    with pytest.raises(ValueError, match="没有说下一步"):
        register(replace(KIND, code="bad", default="好了。"))
