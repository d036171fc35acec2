"""What the components say: verdicts, clocks, the gauge of the gate, a parameter's version."""

import pytest

from anju.policy.verdict import failed, passed, unknown, waivable
from anju.web import shown, versions


def test_what_blocks_stands_first_then_what_is_unknown_then_what_may_be_waived() -> None:
    found = [
        passed("a", "3.3-3", measured="1", limit="2", sentence="过"),
        waivable("b", "3.3-4", measured="103", limit="100", sentence="原则上"),
        unknown("c", "3.3-5", sentence="缺"),
        failed("d", "3.3-3", measured="130", limit="120", sentence="超"),
    ]
    rows = shown.verdict_rows(found, {"b": [("申请豁免", "/w/")]})
    assert [r.tone for r in rows] == ["bad", "unk", "waive", "ok"]
    assert rows[2].actions == (("申请豁免", "/w/"),)
    assert [r.sentence for r in shown.verdict_rows([v.as_dict() for v in found])] == [r.sentence for r in rows]


@pytest.mark.parametrize(
    ("left", "limit", "text", "tone", "width"),
    [
        (-1, 10, "超 1 个工作日", "bad", 100), (0, 10, "今天到期", "near", 100), (1, 10, "剩 1 个工作日", "near", 90),
        (2, 10, "剩 2 个工作日", "near", 80), (3, 10, "剩 3 个工作日", "ok", 70), (10, 10, "剩 10 个工作日", "ok", 0),
        (12, 10, "剩 12 个工作日", "ok", 0), (5, None, "剩 5 个工作日", "ok", 50),
    ],
)  # fmt: skip
def test_a_clock_is_amber_at_two_working_days_and_red_when_over(
    left: int, limit: int | None, text: str, tone: str, width: int
) -> None:
    found = shown.clock_of(left, limit)
    assert (found.text, found.tone, found.width) == (text, tone, width)


@pytest.mark.clause("3.5-3")
@pytest.mark.parametrize(
    ("taken", "held", "offered", "needed", "heading", "share"),
    [
        (109, 6, 120, 114, "还差 5 套", "90.83%"), (114, 0, 120, 114, "已达标", "95.00%"), (113, 7, 120, 114, "还差 1 套", "94.16%"),
        (0, 0, 1, 1, "还差 1 套", "0.00%"), (19, 0, 19, 19, "已达标", "100.00%"),
    ],
)  # fmt: skip
def test_the_gauge_states_the_gap_at_the_integer_threshold(
    taken: int, held: int, offered: int, needed: int, heading: str, share: str
) -> None:
    found = shown.gate(taken=taken, held=held, offered=offered, needed=needed)
    assert found.heading == heading and share in found.detail and found.free == offered - taken - held
    assert float(found.line) <= needed and all(0 <= float(x) <= offered for x, _ in found.stripes)


def test_a_thousand_homes_on_hold_are_not_a_thousand_stripes() -> None:
    assert len(shown.gate(taken=0, held=1000, offered=1000, needed=950).stripes) == 80


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("price_profit_max=500@plan:2025-01-01", "（方案，2025-01-01 起）"),
        ("lock_ratio_min=95@plan:2025-01-01", "「锁定需求比例下限」95%（方案，2025-01-01 起）"),
        ("order_method=\"draw\"@city:2026-01-01", "（市，2026-01-01 起）"),
        ("房产测绘成果", "房产测绘成果"), ("no_such_name=1@city:2026-01-01", "no_such_name=1@city:2026-01-01"), ("", ""),
    ],
)  # fmt: skip
def test_the_version_of_a_parameter_is_said_in_words(written: str, words: str) -> None:
    assert words in versions.said(written)
    assert "_" not in versions.said(written) or written.startswith("no_such")


def test_every_parameter_of_the_catalogue_can_be_said() -> None:
    from anju.policy.catalogue import catalogue

    for name, parameter in catalogue().items():
        for dated in parameter.values:
            from anju.policy.parameters import Value

            text = versions.said(Value(name, dated.value, dated.layer, dated.source, dated.valid_from).version)
            assert parameter.title in text and name not in text
