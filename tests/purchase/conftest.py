"""Tests of this room draw one paper and file its bytes for all: what a paper says is tested where ``real_papers`` is asked for."""

import pytest

from offering.programme import one_paper_for_all


@pytest.fixture
def real_papers() -> None:
    """This test looks into the papers."""


@pytest.fixture(autouse=True)
def _papers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_papers" not in request.fixturenames:
        one_paper_for_all(monkeypatch)
