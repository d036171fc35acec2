"""The pages of the wordings: drafted by one post, tried on a real case, released by another; papers say what is in force."""

import pytest

from anju.base.regions import scope
from anju.base.wordings.models import Wording
from needs.helpers import COUNTY, submitted
from support.desk import signed_in, text

pytestmark = pytest.mark.django_db


def test_from_draft_over_a_real_case_to_the_release() -> None:
    with scope(COUNTY):
        case = submitted(1)
    clerk, head = signed_in("office_clerk", COUNTY, name="甲"), signed_in("office_head", COUNTY, name="乙")
    assert "要求补正" in text(clerk.get("/wordings/"))
    bad = clerk.post(
        "/wordings/needs.supplement/draft/", {"text": "{姓名}请来", "valid_from": "2026-03-02", "key": "a"}
    )
    assert bad.status_code == 422 and "「{姓名}」不是可用的占位" in bad.content.decode()
    good = clerk.post(
        "/wordings/needs.supplement/draft/",
        {"text": "县里通知：申请 {受理号} 缺 {原因}，请尽快来。", "valid_from": "2026-03-02", "key": "b"},
    )
    assert good.status_code == 302
    version = good["Location"]
    page = text(head.get(version))
    assert "请先在下面选一个案件" in page and "草稿" in page
    seen = text(head.get(f"{version}&case={case.id}"))
    assert f"县里通知：申请 {case.number} 缺 缺收入证明，请尽快来。" in seen
    key = version.partition("version=")[2]
    own = text(clerk.get(f"{version}&case={case.id}"))
    assert "发布</a>" not in own
    done = head.post(f"/wordings/versions/{key}/release/?case={case.id}", {"key": "c"})
    assert done.status_code == 302
    with scope(COUNTY):
        assert Wording.objects.get().tried_on == case.number
    assert "现用" in text(clerk.get("/wordings/needs.supplement/"))


def test_the_pages_are_the_offices_alone() -> None:
    for post in ("reviewer", "bank_officer", "auditor"):
        assert signed_in(post, COUNTY).get("/wordings/").status_code == 403
