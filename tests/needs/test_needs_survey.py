"""Questionnaires: questions as data, a window, one answer a household, duplicates that count less, shares with their interval."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from anju.base.acts import Conflict, InvalidInput, Refused
from anju.base.publication.models import Publication
from anju.base.regions import scope
from anju.base.secrets import blind
from anju.needs import acts, cells, damping, intervals, questions, results, survey_text
from anju.needs.acts import Given
from anju.needs.models import Answer, Survey, SurveyVersion
from anju.needs.questions import STANDARD, BadQuestions
from anju.parties.models import Account
from needs.helpers import COUNTY, NOON, ctx_of, later, submitted
from support.db import open_act
from support.desk import person, signed_in, text

CITY, TODAY = "231200", date(2026, 3, 2)
WHY = {
    "code": "why",
    "title": "为什么需要？",
    "kind": "multi",
    "required": False,
    "choices": [["rent", "房租高"], ["far", "住得远"]],
}
SAY = {"code": "say", "title": "还想说什么？", "kind": "text", "required": False, "longest": 100}
ASKED: list[dict[str, Any]] = [*STANDARD, WHY, SAY]
WANTS_TO_BUY = {"wants": "sale", "rooms": 2, "area": 85, "why": ["rent"], "say": ""}


def drafted(title: str = "住房需求", region: str = CITY) -> Survey:
    return acts.draft_survey(ctx=ctx_of("office_clerk", region), title=title, intro="两分钟", asked=ASKED)


def opened(title: str = "住房需求", region: str = CITY, days: int = 30) -> Survey:
    row = drafted(title, region)
    return acts.publish_survey(
        ctx=ctx_of("office_head", region), survey_id=row.id, opens_on=TODAY, closes_on=TODAY + timedelta(days)
    )


def given(county: str = COUNTY, band: str = "20-34", size: int = 2, **replies: Any) -> Given:
    return Given(county, band, size, {**WANTS_TO_BUY, **replies})


def answered(
    row: Survey, *, device: bytes | None = None, address: bytes | None = None, **changes: Any
) -> dict[str, Any]:
    ctx = ctx_of("survey_desk", row.region, account=None, now=changes.pop("now", NOON))
    return acts.answer_survey(
        ctx=ctx,
        code=row.code,
        version=row.version,
        given=changes.pop("given", given(**changes)),
        device=device,
        address=address,
    )


@pytest.mark.clause("3.2-1")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("多选 | 缺选项 | 一个", "2 至"),
        ("选择题 | 题目 | 甲 / 乙", "看不懂"),
        ("数字 | 几个？ | 很多", "数字范围"),
        ("单选 |  | 甲 / 乙", "题目应为"),
        ("", "1 至"),
    ],
)
def test_a_line_that_is_no_question_is_named(line: str, words: str) -> None:
    with pytest.raises(BadQuestions, match=words):
        questions.checked(survey_text.parsed(line))


def test_questions_typed_as_lines_come_back_as_the_same_lines() -> None:
    lines = "标准题\n单选* | 住哪里？ | 自有房 / 租房\n多选 | 缺什么？ | 学校 / 医院\n数字* | 月租？ | 元 0-5000\n文字 | 还想说什么？"
    asked = questions.checked(survey_text.parsed(lines))
    assert survey_text.written(asked) == lines
    assert [one["kind"] for one in asked] == ["single", "number", "number", "single", "multi", "number", "text"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"wants": "castle"}, "wants"), ({"wants": None}, "wants"), ({"rooms": 99}, "rooms"), ({"rooms": "2"}, "rooms"),
        ({"why": ["rent", "rent"]}, "why"), ({"why": "rent"}, "why"), ({"say": "长" * 101}, "say"), ({"other": 1}, "other"),
        ({"say": "我的电话 13912345678"}, "say"),
    ],
)  # fmt: skip
def test_a_reply_that_the_question_does_not_allow_is_refused(changed: dict[str, Any], field: str) -> None:
    assert set(questions.faults(questions.checked(ASKED), {**WANTS_TO_BUY, **changed})) == {field}


@pytest.mark.django_db
@pytest.mark.clause("3.2-1")
def test_a_questionnaire_is_published_by_another_person_and_only_its_questions_are_public() -> None:
    row = drafted()
    with pytest.raises(Refused, match="同一人"):
        acts.publish_survey(
            ctx=ctx_of("office_head", CITY, account=row.maker), survey_id=row.id, opens_on=TODAY, closes_on=TODAY
        )
    with pytest.raises(InvalidInput, match="起止日"):
        acts.publish_survey(
            ctx=ctx_of("office_head", CITY), survey_id=row.id, opens_on=TODAY, closes_on=date(2026, 3, 1)
        )
    with pytest.raises(Conflict, match="已有名为"):
        drafted()
    acts.publish_survey(ctx=ctx_of("office_head", CITY), survey_id=row.id, opens_on=TODAY, closes_on=date(2026, 3, 31))
    with scope(CITY):
        shown = Publication.objects.get(kind="survey")
    assert set(shown.body) == {"intro", "version", "questions", "opens_on", "closes_on"} and shown.until == date(
        2026, 3, 31
    )
    acts.close_survey(ctx=ctx_of("office_clerk", CITY), survey_id=row.id)
    with pytest.raises(Refused, match="没有在征集"):
        answered(row)
    with pytest.raises(Refused, match="已截止"):
        acts.revise_survey(ctx=ctx_of("office_clerk", CITY), survey_id=row.id, asked=STANDARD)


@pytest.mark.django_db
def test_answers_come_within_the_window_only_and_keep_the_version_they_answered() -> None:
    row = opened(days=5)
    with pytest.raises(Refused, match="征集期"):
        answered(row, now=later(6))
    first = answered(row)
    with pytest.raises(InvalidInput, match="没有变化"):
        acts.revise_survey(ctx=ctx_of("office_clerk", CITY), survey_id=row.id, asked=ASKED)
    acts.revise_survey(ctx=ctx_of("office_clerk", CITY), survey_id=row.id, asked=STANDARD)
    with scope(CITY):
        row.refresh_from_db()
        assert row.version == 2 and Publication.objects.get(kind="survey").body["version"] == 2
    answered(row, given=Given(COUNTY, "60+", 1, {"wants": "none"}))
    with scope(CITY):
        assert list(Answer.objects.order_by("number").values_list("version__number", flat=True)) == [1, 2]
        assert Answer.objects.get(number=first["number"]).replies == {
            "wants": "sale",
            "rooms": 2,
            "area": 85,
            "why": ["rent"],
        }
    with pytest.raises(InvalidInput, match="区县"):
        answered(row, given=Given("110101", "60+", 1, {"wants": "none"}))


@pytest.mark.django_db
@pytest.mark.clause("3.2-1")
def test_a_family_answers_once_for_its_household_and_never_for_anothers() -> None:
    case, row = submitted(1), opened()
    with open_act(CITY):
        mine = Account.objects.create(
            username="fam", name="测", password="!", synthetic=True, phone_blind=blind("phone", "19900000001")
        )
    ctx = ctx_of("family", CITY, account=mine.id)
    say = {"code": row.code, "version": 1, "given": given(), "application_id": case.id}
    with pytest.raises(Refused, match="不是本账号"):
        acts.answer_survey(ctx=ctx_of("family", CITY), **say)
    assert acts.answer_survey(ctx=ctx, **say)["tied"]
    with pytest.raises(Refused, match="一户一份"):
        acts.answer_survey(ctx=ctx, **say)
    with scope(CITY):
        kept = Answer.objects.get()
        assert kept.device is None and kept.address is None and kept.way == "family"
        assert cells.households(CITY, TODAY) == {}, "an answer is no demand of the list"
    with (
        pytest.raises(IntegrityError, match="one_answer_per_application"),
        open_act(CITY),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO needs_answer (id, region, survey, number, way, county, age_band, household_size, replies,"
            " application_region, application_id) SELECT gen_random_uuid(), region, survey, 7, way, county, age_band,"
            " household_size, replies, application_region, application_id FROM needs_answer"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("UPDATE needs_answer SET way = 'family'", "23514"),
        ("UPDATE needs_answer SET weight_ppm = 0", "23514"),
        ("UPDATE needs_answer SET household_size = household_size + 1", "AJ005"),
        ("UPDATE needs_answer SET replies = '{}'", "AJ005"),
        ("UPDATE needs_answer SET survey = 'x'", "AJ005"),
        ("DELETE FROM needs_answer", "AJ005"),
        ("UPDATE needs_surveyversion SET questions = '[]'", "AJ005"),
        ("UPDATE needs_survey SET checker = maker", "23514"),
        ("UPDATE needs_survey SET closes_on = opens_on - 1", "23514"),
    ],
)
def test_the_database_keeps_what_was_asked_and_answered(statement: str, state: str) -> None:
    answered(opened())
    with pytest.raises(Exception) as caught, open_act(CITY), connection.cursor() as cursor:
        cursor.execute(statement)
    assert caught.value.__cause__.sqlstate == state  # type: ignore[union-attr]


@pytest.mark.clause("3.2-1")
def test_answers_of_one_browser_count_as_one_and_a_crowded_address_as_few() -> None:
    half = damping.shares([("a", b"x", None), ("b", b"x", None), ("c", b"y", None), ("d", None, None)])
    assert half == {"a": 500_000, "b": 500_000, "c": 1_000_000, "d": 1_000_000}
    crowd = damping.shares([(n, bytes([n]), b"office") for n in range(20)])
    assert set(crowd.values()) == {250_000}, "twenty of one address in a day count as five"
    assert set(damping.shares([(n, None, b"home") for n in range(5)]).values()) == {1_000_000}


@pytest.mark.django_db
@pytest.mark.clause("3.2-1")
def test_a_browser_that_answers_nine_times_does_not_move_the_result_nine_times() -> None:
    row = opened()
    for _ in range(9):
        answered(row, device=b"same", wants="sale")
    answered(row, device=b"other", wants="none", rooms=None, area=None)
    told = acts.weigh_survey(ctx=ctx_of("office_clerk", CITY), survey=row.title)
    with scope(CITY):
        shown = results.of_survey(CITY, row.title)
    bars = {bar.title: bar for bar in shown[0].bars}
    buy, none = bars["需要，想购买（配售）"], bars["不需要"]
    assert (buy.count, none.count) == (9, 1) and abs((buy.permille or 0) - (none.permille or 0)) <= 1
    assert told["damped"] == 9 and told["effective"] < 10
    assert buy.low is not None and buy.low < (buy.permille or 0) < (buy.high or 0)
    assert [bar.title for bar in shown[1].bars] == ["2 室"] and shown[4].texts == []


@pytest.mark.parametrize(
    ("part", "size", "low", "high"),
    [(0, 10, 0, 278), (5, 10, 236, 764), (10, 10, 722, 1000), (199, 1000, 175, 225), (2794, 14058, 192, 206)],
)
def test_the_wilson_interval_holds_the_published_values(part: int, size: int, low: int, high: int) -> None:
    assert intervals.wilson(part, size, size) == (low, high)


def test_an_interval_of_nobody_is_not_made_up() -> None:
    with pytest.raises(ValueError, match="no interval"):
        intervals.wilson(0, 0, 0)


# --- the pages ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed")
def test_from_draft_to_result_through_the_pages_and_the_phone() -> None:
    clerk, head = signed_in("office_clerk", CITY), signed_in("office_head", CITY)
    made = clerk.post(
        reverse("needs:draft_survey"), {"title": "春季问卷", "intro": "", "text": "标准题\n文字 | 还想说什么？"}
    )
    page = text(clerk.get(made.headers["Location"]))
    assert "草稿" in page and "还想说什么？" in page
    with scope(CITY):
        row = Survey.objects.get()
    clash = clerk.post(reverse("needs:draft_survey"), {"title": "又一份", "intro": "", "text": "难题 | 什么？"})
    assert clash.status_code == 422 and "看不懂" in clash.content.decode()
    day = {"opens_on": TODAY.isoformat(), "closes_on": (TODAY + timedelta(9)).isoformat()}
    assert head.post(reverse("needs:publish_survey", args=[row.id]), day).status_code == 302
    page = text(clerk.get(reverse("needs:survey", args=[row.id])))
    assert (
        "征集中" in page
        and f"/needs/ask/{CITY}/{row.code}/" in page
        and 'class="segno"' in page
        and "style=" not in page
    )
    qr = clerk.get(reverse("needs:survey_qr", args=[row.id]))
    assert qr["Content-Type"] == "image/svg+xml" and b"<svg" in qr.content
    _answer_on_a_phone(row)
    assert clerk.post(reverse("needs:weigh", args=["春季问卷"]), {}).status_code == 302
    shown = text(clerk.get(reverse("needs:survey_result", args=["春季问卷"])))
    assert "100.0%" in shown and "有效样本量" in shown and "同一浏览器" in shown and "离城太远" in shown
    assert "春季问卷" in text(clerk.get(reverse("needs:surveys"))) and "春季问卷" in text(Client().get("/portal/"))


def _answer_on_a_phone(row: Survey) -> None:
    phone, address = Client(), reverse("needs:ask", args=[CITY, row.code])
    shown = phone.get(address)
    assert shown.status_code == 200 and shown.cookies["anju_ask"]["httponly"] and "匿名填写" in text(shown)
    lacking = phone.post(address, {"version": 1, "county": COUNTY, "age_band": "20-34", "household_size": 2})
    assert lacking.status_code == 422 and "请回答这道题" in lacking.content.decode()
    full = {
        "version": 1,
        "county": COUNTY,
        "age_band": "20-34",
        "household_size": 2,
        "q_wants": "rent",
        "q_q2": "离城太远",
    }
    done = phone.post(address, full, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="9.9.9.9, 61.180.0.7")
    assert done.status_code == 200 and re.search(r"编号 1000001", text(done))
    again = phone.post(address, full, REMOTE_ADDR="61.180.0.7")
    assert "编号 1000002" in text(again)
    with scope(CITY):
        first, second = Answer.objects.order_by("number")
        assert (
            first.device
            and bytes(first.device) == bytes(second.device)
            and bytes(first.address) == bytes(second.address)
        )
        assert SurveyVersion.objects.count() == 1
    assert phone.get(reverse("needs:ask", args=[CITY, "NOSUCH"])).status_code == 404
    stale = phone.post(address, {**full, "version": 9})
    assert stale.status_code == 422 and "题目已更新" in stale.content.decode()


@pytest.mark.usefixtures("committed")
def test_a_signed_in_family_answers_for_its_application() -> None:
    case, row = submitted(1), opened()
    account = person("family", CITY, username="family1")
    with open_act(CITY):
        Account.objects.filter(pk=account.pk).update(phone_blind=blind("phone", "19900000001"))
    acts.find_my_applications(ctx=ctx_of("family", CITY, account=account.id))
    phone = Client()
    phone.force_login(account, backend="anju.parties.signin.PasswordBackend")
    address = reverse("needs:ask", args=[CITY, row.code])
    assert case.number in text(phone.get(address))
    full = {"version": 1, "county": COUNTY, "age_band": "20-34", "household_size": 2, "q_wants": "none"}
    assert "按您家的轮候申请记一份" in text(phone.post(address, full))
    assert "一户一份" in phone.post(address, full).content.decode()
