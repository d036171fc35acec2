"""In a real Chromium: a family from its first visit to its letter, on a phone; a village worker where the signal is lost."""

import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.secrets import blind
from anju.needs import acts
from anju.needs.models import Application, HomeVisit, MadeFor
from anju.parties.models import Setting
from needs.helpers import COUNTY, NOON, TOWN, VALUES, ctx_of, id_number, later, submitted
from support.desk import person
from support.laid import lay
from web.test_browser import Seen, chromium, faults_of_access, served, session_of

__all__ = ["chromium", "served"]
pytestmark = [pytest.mark.browser]
PHONE, WIDTHS = "19900000001", (360, 1440)
PDF = {
    "name": "收入证明.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
}


@pytest.fixture(autouse=True)
def county_parameters(committed: None) -> None:
    """The city has set its parameters (演示取值)."""
    from anju.base.regions import uuid7

    lay(*[
        Setting(
            owner_region="231200", name=name, value=value, valid_from=date(2025, 1, 1), document="演示〔2025〕1号", demonstration=True,
            proposed_by=uuid7(), proposed_at=NOON, confirmed_by=uuid7(), confirmed_at=NOON,
        )
        for name, value in VALUES.items()
    ])  # fmt: skip


class Walk:
    """A walk through pages: each is looked at in both widths, and what is wrong with it is kept by its address."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.page, self.faults = seen, seen.page, {}  # type: ignore[var-annotated]

    def look(self) -> None:
        """What axe finds on the page as it stands, and how far it scrolls sideways, at 1440 and 360 px."""
        found = []
        for width in reversed(WIDTHS):
            self.page.set_viewport_size({"width": width, "height": 800})
            found += [f"{width} px: {fault}" for fault in faults_of_access(self.page)]
            if self.seen.sideways > 0:
                found.append(f"{width} px: scrolls {self.seen.sideways} px sideways")
        if found:
            self.faults[self.page.url] = found

    def fill(self, **values: str) -> None:
        """Fill the fields in by name, folded rows opened first."""
        self.page.evaluate("document.querySelectorAll('details.data').forEach(d => d.open = true)")
        for name, value in values.items():
            field = self.page.locator(f"[name={name}]").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, words: str) -> None:
        """Press a button or follow a link by its words, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_text(words, exact=False).locator("visible=true").last.click()


def code_sent() -> str:
    with scope("231200"):
        rows = Message.objects.filter(template="signin-code", to_blind=blind("phone", PHONE)).order_by(
            "-queued_at", "-id"
        )
        found = re.search(r"\d{6}", str(rows[0].text))
    assert found
    return found[0]


def test_a_family_goes_from_its_first_visit_to_its_letter_on_a_phone(served: str, chromium: Any) -> None:
    with Seen(chromium, served, "/portal/", width=360) as seen:
        walk = Walk(seen)
        walk.press("我能申请吗，要带什么")
        walk.fill(
            county=COUNTY, programme="sale", group="wage_earner", persons="2", age="36", income_month_fen="4000", home_area_cm2="0",
            residence_months="36", policy_homes="0", insured_months="40", transferred="no", registration="here", marriage="20",
            work="employed",
        )  # fmt: skip
        walk.press("算一算")
        assert walk.page.is_visible("text=要带的材料") and walk.page.is_visible("text=结婚证")
        walk.look()
        walk.press("看填好的表")
        walk.look()
        walk.page.emulate_media(media="print")
        assert not walk.page.is_visible(".p-nav") and walk.page.is_visible("text=承诺和授权查询书")
        walk.page.emulate_media(media="screen")
        _sign_in(walk, served)
        _apply(walk)
        row = _sees_its_case(walk)
        _becomes_qualified(row)
        walk.page.reload()
        assert walk.page.is_visible("text=第 1 位，本类共 1 户")
        with walk.page.expect_download() as download:
            walk.page.get_by_role("button", name="下载通知书").click()
        assert download.value.path().read_bytes().startswith(b"%PDF")
        walk.page.reload()
        walk.look()
        walk.press("验真页")
        assert walk.page.is_visible("text=这份通知书有效") and walk.page.is_visible("text=测**")
        walk.look()
        assert walk.faults == {}
        # The one refusal on the way, handing in without the promise, is a 422 that the browser writes down.
        assert [line for line in seen.complaints if "status of 422" not in line] == []


def _sign_in(walk: Walk, base: str) -> None:
    walk.page.goto(base + reverse("parties:phone"))
    walk.fill(phone=PHONE)
    with walk.page.expect_navigation():
        walk.page.locator("main button.pri").click()
    walk.fill(code=code_sent())
    with walk.page.expect_navigation():
        walk.page.locator("main button.pri").click()


def _apply(walk: Walk) -> None:
    walk.page.goto(walk.seen.base + reverse("needs:apply"))
    walk.press("开始填写")
    walk.fill(county=COUNTY, programme="sale", group="wage_earner")
    walk.press("保存，下一步")
    walk.fill(
        phone=PHONE, town=TOWN, income_month_fen="4000", home_area_cm2="0", residence_months="36", policy_homes="0"
    )
    walk.press("保存，下一步")
    walk.fill(
        name_1="测试甲", document_1=id_number(1), marriage_1="20", registration_1=COUNTY, work_1="employed", insured_1="40",
        name_2="测试乙", document_2=id_number(2), relation_2="10",
    )  # fmt: skip
    walk.look()
    walk.press("保存，下一步")
    walk.page.goto(walk.seen.base + reverse("needs:apply"))
    assert walk.page.url.endswith(reverse("needs:step", args=[4])), "it goes on where it was left"
    walk.fill(transferred="no")
    walk.press("保存，下一步")
    walk.fill(
        county_1=COUNTY, rooms_1="2", area_from_1="80", area_to_1="90", ceiling_1="300000", zone_1="城东", floor_1="low"
    )
    walk.press("保存，下一步")
    walk.look()
    walk.press("提交申请")
    assert walk.page.is_visible("text=请先读完并勾选"), "nothing is handed in without the promise"
    walk.page.check("#promise")
    walk.press("提交申请")


def _sees_its_case(walk: Walk) -> Application:
    with scope(COUNTY):
        row = Application.objects.get(phone_blind=blind("phone", PHONE))
    assert walk.page.url.endswith(reverse("needs:my_case", args=[row.id])) and walk.page.is_visible("text=未交")
    walk.press("上传收入证明")
    walk.page.set_input_files("[name=papers]", PDF)
    with walk.page.expect_navigation():
        walk.page.locator("main form button.pri").click()
    assert walk.page.locator("li", has_text="收入证明").get_by_text("已收").is_visible()
    walk.press("变更意向")
    walk.fill(rooms_1="3")
    with walk.page.expect_navigation():
        walk.page.locator("main form button.pri").click()
    assert walk.page.is_visible("text=3 室 80—90 ㎡")
    return row


def _becomes_qualified(row: Application) -> None:
    acts.bulk_first_review(ctx=ctx_of(), ids=[row.id])
    acts.bulk_second_review(ctx=ctx_of("reviewer"), ids=[row.id])
    shown = acts.publish_applications(ctx=ctx_of("reviewer"), ids=[row.id], title="审核结果公示")
    acts.end_publicity(ctx=ctx_of("reviewer", now=later(8)), publicity_id=shown.id)


def test_a_worker_fills_forms_where_the_signal_is_lost_and_they_are_sent_once_when_it_is_back(
    served: str, chromium: Any
) -> None:
    worker = person("village_worker", COUNTY, name="孙协理")
    acts.assign_town(ctx=ctx_of(), account_id=worker.pk, town=TOWN)
    visited = submitted(51)
    path = reverse("needs:offline")
    with Seen(chromium, served, path, width=360, session=session_of(worker)) as seen:
        walk, page = Walk(seen), seen.page
        page.wait_for_selector("#offline[data-ready=yes]", timeout=20_000)
        page.fill("#pin", "short")
        page.click("[data-unlock] button")
        page.wait_for_selector("text=口令至少 8 位")
        _unlock(page)
        walk.look()
        seen.context.set_offline(True)
        page.reload()
        _unlock(page)
        walk.fill(
            name_1="测试甲", document_1=id_number(1), marriage_1="20", county=COUNTY, programme="sale", group="wage_earner",
            phone="19900000001", town=TOWN, income_month_fen="4000", home_area_cm2="0", residence_months="36", policy_homes="0",
            county_1=COUNTY, rooms_1="2", area_from_1="80", area_to_1="90", ceiling_1="300000",
        )  # fmt: skip
        page.check("#o-signed")
        page.click("form[data-form=application] button.pri")
        page.wait_for_selector("text=已加密存在这台设备上")
        page.evaluate("document.querySelector('[data-kind=visit]').open = true")
        for name, value in {
            "number": visited.number,
            "visited_on": "2026-03-02",
            "met": "测试1（本人）",
            "findings": "租住平房一间",
        }.items():
            page.fill(f"form[data-form=visit] [name={name}]", value)
        page.click("form[data-form=visit] button.pri")
        page.locator("[data-kept] li").nth(1).wait_for()
        assert "测试甲" not in page.evaluate(KEPT) and id_number(1) not in page.evaluate(KEPT), (
            "at rest nothing is readable"
        )
        page.click("[data-send-all]")
        page.wait_for_selector("text=没有信号，没有发送")
        seen.context.set_offline(False)
        page.wait_for_selector("[data-none]:not([hidden])", timeout=30_000)
        assert walk.faults == {}
    with scope(COUNTY):
        made = MadeFor.objects.get()
        assert made.application.applicant_name == "测试甲" and made.maker == worker.pk
        assert HomeVisit.objects.get().offline and HomeVisit.objects.get().application_id == visited.id


# Everything that lies in the device's store, as text.
KEPT = """async () => {
  const asked = fn => new Promise(yes => { const a = fn(); a.onsuccess = () => yes(a.result); });
  const base = await asked(() => indexedDB.open('anju-village'));
  const rows = await asked(() => base.transaction('forms').objectStore('forms').getAll());
  base.close();
  return rows.map(r => JSON.stringify(r) + new TextDecoder().decode(r.sealed.body)).join('');
}"""


def _unlock(page: Any) -> None:
    page.fill("#pin", "beilin-2026")
    page.click("[data-unlock] button")
    page.wait_for_selector("[data-open]:not([hidden])", timeout=20_000)
