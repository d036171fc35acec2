"""What a questionnaire says, question by question: unweighted counts, weighted shares with their interval. Beside the list, never in it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anju.needs import intervals, questions, weights
from anju.needs.models import Answer, Survey, SurveyVersion

TEXTS, BARS = 20, 12


@dataclass(frozen=True)
class Bar:
    """One choice (or number, or range of numbers): how many said it, the weighted share in ‰ with its interval; None unweighted."""

    title: str
    count: int
    permille: int | None
    low: int | None
    high: int | None

    @property
    def percent(self) -> str:
        """``28.3%``, or a dash while unweighted."""
        return "—" if self.permille is None else f"{self.permille // 10}.{self.permille % 10}%"

    @property
    def interval(self) -> str:
        """``23.1–33.9%``, or nothing."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.low // 10}.{self.low % 10}–{self.high // 10}.{self.high % 10}%"


@dataclass(frozen=True)
class QuestionResult:
    """One question: who answered it, how many effectively, the bars; the latest texts of a text question."""

    title: str
    kind: str
    answered: int
    effective: int | None
    bars: list[Bar]
    texts: list[str]


def asked_in(region: str, survey: str) -> list[dict[str, Any]]:
    """Every question that a version of the survey asked, the latest wording first to be kept; the standard ones for files."""
    found: dict[str, dict[str, Any]] = {}
    versions = SurveyVersion.objects.filter(region=region, survey__title=survey).order_by("-number")
    for version in versions:
        for one in version.questions:
            found.setdefault(one["code"], one)
    if Answer.objects.filter(region=region, survey=survey, version=None).exists():
        for one in questions.STANDARD:
            found.setdefault(one["code"], one)
    return list(found.values())


def of_survey(region: str, survey: str) -> list[QuestionResult]:
    """The result of every question, weighted where every answer has its weight."""
    rows = list(Answer.objects.filter(region=region, survey=survey).order_by("number"))
    weighted = bool(rows) and all(row.weight_ppm for row in rows)
    return [_result(one, rows, weighted) for one in asked_in(region, survey)]


def _result(one: Mapping[str, Any], rows: Sequence[Answer], weighted: bool) -> QuestionResult:
    mine = [row for row in rows if row.replies.get(one["code"]) not in (None, "", [])]
    known = [row.weight_ppm or 0 for row in mine]
    effective = weights.effective(known) if weighted and mine else None
    if one["kind"] == "text":
        texts = [str(row.replies[one["code"]]) for row in reversed(mine)][:TEXTS]
        return QuestionResult(one["title"], one["kind"], len(mine), effective, [], texts)
    names = _names(one, mine)
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for row in mine:
        for key in _keys(one, row.replies[one["code"]], names):
            counts[key] += 1
            totals[key] += row.weight_ppm or 0
    whole = sum(known)
    bars = [_bar(title, counts[key], totals[key], whole, effective) for key, title in names.items()]
    return QuestionResult(one["title"], one["kind"], len(mine), effective, bars, [])


def _bar(title: str, count: int, part: int, whole: int, effective: int | None) -> Bar:
    if effective is None:
        return Bar(title, count, None, None, None)
    low, high = intervals.wilson(part, whole, effective)
    return Bar(title, count, 1000 * part // whole, low, high)


def _names(one: Mapping[str, Any], rows: Sequence[Answer]) -> dict[str, str]:
    """Key → words of the bars: the choices, or the numbers that were said, in ranges where there are many."""
    if one["kind"] != "number":
        return dict(one["choices"])
    said = sorted({row.replies[one["code"]] for row in rows})
    unit = f" {one['unit']}" if one["unit"] else ""
    if len(said) <= BARS:
        return {str(value): f"{value}{unit}" for value in said}
    step = _step(said[0], said[-1])
    first = said[0] - said[0] % step
    return {f"{at}:{step}": f"{at}—{at + step - 1}{unit}" for at in range(first, said[-1] + 1, step)}


def _step(low: int, high: int) -> int:
    """A round width that makes at most ``BARS`` ranges."""
    width = 1
    while True:
        for times in (1, 2, 5):
            if (high - low + 1) <= BARS * width * times:
                return width * times
        width *= 10


def _keys(one: Mapping[str, Any], value: Any, names: Mapping[str, str]) -> Iterable[str]:
    if one["kind"] == "multi":
        return [key for key in value if key in names]
    if one["kind"] == "single":
        return [value] if value in names else []
    if str(value) in names:
        return [str(value)]
    return [key for key in names if int(key.split(":")[0]) <= value < sum(map(int, key.split(":")))]


def titles(region: str) -> list[str]:
    """Every survey of a region by name: those asked here, and those only brought by file."""
    asked = Survey.objects.filter(region=region).order_by("-opens_on", "title").values_list("title", flat=True)
    brought = Answer.objects.filter(region=region).order_by("survey").values_list("survey", flat=True).distinct()
    return list(dict.fromkeys([*asked, *brought]))
