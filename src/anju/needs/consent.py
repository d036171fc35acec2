"""The promise and authorisation that an applicant gives (承诺和授权查询): dated texts, kept beside the code; a given one names its text."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from anju.base.acts import ActContext, InvalidInput
from anju.base.files.models import Evidence
from anju.needs.models import Application, Consent


@dataclass(frozen=True)
class ConsentText:
    """One version; it holds from its day until the next one's."""

    version: str
    since: date
    title: str
    lines: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The digest of what was read and agreed to."""
        return hashlib.sha256("\n".join((self.title, *self.lines)).encode()).hexdigest()


@cache
def texts() -> tuple[ConsentText, ...]:
    """All versions, oldest first."""
    rows = yaml.safe_load(Path(__file__).with_name("consents.yaml").read_text(encoding="utf-8"))
    found = [ConsentText(str(row["version"]), row["since"], row["title"], tuple(row["lines"])) for row in rows]
    return tuple(sorted(found, key=lambda text: text.since))


def current(on: date) -> ConsentText:
    """The version of a day."""
    return [text for text in texts() if text.since <= on][-1]


def record(
    *, ctx: ActContext, application: Application, version: str, way: str, paper: Evidence | None = None
) -> Consent:
    """Keep, within an act, that the household agreed to a text. Raises InvalidInput where it is not the one of today."""
    text = current(ctx.today)
    if version != text.version:
        raise InvalidInput(
            "承诺和授权书已更新，没有提交；请重新打开页面，读过新的内容再勾选", field="consent", clause="3.2-0"
        )
    return Consent.objects.create(
        region=ctx.region, application=application, version=version, text_sha256=text.sha256, way=way, paper=paper,
        given_at=ctx.now, account=ctx.account,
    )  # fmt: skip
