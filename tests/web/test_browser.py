"""In a real Chromium: no page scrolls sideways at 360 or 1440 px, none breaks the CSP, none fails axe; what scripts add works."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.desk import person, tickets

pytestmark = [pytest.mark.browser]
WIDTHS = {360: 780, 1440: 900}
SESSION = "sessionid"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """An installed Chromium, or Playwright's own."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs beside the test's own queries
    path = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def served(committed: None) -> Iterator[str]:
    """The house over HTTP, on the test's own database."""
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", lambda application: application)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    thread.join()


def session_of(account: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(account, backend="anju.parties.signin.PasswordBackend")
    return client.cookies[SESSION].value


class Seen:
    """A page that was opened, and what the browser complained of."""

    def __init__(self, browser: Any, base: str, path: str, *, width: int, session: str = "", **options: Any) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 780)}, locale="zh-CN", **options
        )
        if session:
            self.context.add_cookies([{"name": SESSION, "value": session, "url": base}])
        self.page, self.base = self.context.new_page(), base
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.status = self.page.goto(base + path).status
        self.page.wait_for_load_state("networkidle")

    def __enter__(self) -> "Seen":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def faults(self, path: str) -> list[str]:
        """What is wrong with the page at each width: another answer than 200, complaints, what axe finds, a sideways scroll."""
        self.complaints.clear()
        answer = self.page.goto(self.base + path)
        found = [] if answer.status == 200 else [f"status {answer.status}"]
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            found += [f"{width} px: {fault}" for fault in faults_of_access(self.page)]
            if self.sideways > 0:
                found.append(f"{width} px: scrolls {self.sideways} px sideways")
        return found + self.complaints

    @property
    def sideways(self) -> int:
        """How far the page scrolls sideways, in px."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def faults_of_access(page: Any) -> list[str]:
    """What axe finds, by rule and element."""
    from axe_core_python.sync_playwright import Axe

    found = Axe().run(page)["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


def published_things() -> None:
    """One publication of each kind that has a page of its own."""
    import json

    from support.publications import ANNOUNCED, published, transcript

    published("announcement", "2026-001", ANNOUNCED, title="关于收购枫林雅苑房源用于配售配租的公告")
    published("draw", "d1", {"transcript": json.loads(transcript())}, title="向阳嘉园摇号结果")
    gate = {"project": "龙泽苑", "taken": 33, "offered": 37, "needed": 36, "ratio": 95, "passed": False}
    published("gate", "g1", gate, title="未达标")


MISSING = "/no-such-page/"
PORTAL = (
    "/portal/", "/portal/news/", "/portal/news/announcement/231200/2026-001/", "/portal/homes/231200/2026-001/1-01/",
    "/portal/news/gate/231200/g1/", "/portal/draws/", "/portal/draws/231200/d1/?no=16", "/portal/check/?code=ABCD",
    "/portal/how/", MISSING,
)  # fmt: skip
STAFF = ("/", "/waiting/", "/cockpit/", "/search/?q=2312", "/loads/", "/papers/", "/api/docs")


def test_the_portal_fits_stands_under_the_csp_and_passes_axe(served: str, chromium: Any) -> None:
    published_things()
    with Seen(chromium, served, PORTAL[0], width=1440) as seen:
        faults = {path: seen.faults(path) for path in PORTAL}
    assert {path: found for path, found in faults.items() if found and path != MISSING} == {}
    assert all("404" in complaint for complaint in faults[MISSING]), "nothing but the missing page itself"


def test_the_staffs_doors_fit_stand_under_the_csp_and_pass_axe(served: str, chromium: Any) -> None:
    tickets(60, "231202", post="leader")
    with Seen(chromium, served, STAFF[0], width=1440, session=session_of(person("leader"))) as seen:
        faults = {path: seen.faults(path) for path in STAFF}
    assert {path: found for path, found in faults.items() if found} == {}


def rooms() -> list[tuple[str, str]]:
    """Each room's list, and a post that may see it."""
    from django.urls import reverse

    from anju.parties.posts import PARTY_POSTS, read_powers
    from anju.web import nav

    powers = read_powers()
    found = []
    for room in nav.ROOMS:
        posts = [post for post in powers.get(room.power, ()) if post not in PARTY_POSTS]
        if posts:
            found.append((reverse(room.url), posts[0]))
    return found


def test_every_rooms_list_fits_stands_under_the_csp_and_passes_axe(served: str, chromium: Any) -> None:
    by_post: dict[str, list[str]] = {}
    for path, post in rooms():
        by_post.setdefault(post, []).append(path)
    faults = {}
    for post, paths in by_post.items():
        with Seen(chromium, served, paths[0], width=1440, session=session_of(person(post))) as seen:
            faults.update({path: seen.faults(path) for path in paths})
    assert {path: found for path, found in faults.items() if found} == {}


def test_large_print_grows_the_portal_and_stays_on_the_next_page(served: str, chromium: Any) -> None:
    published_things()
    with Seen(chromium, served, "/portal/", width=360) as seen:
        seen.page.click("[data-size-toggle]")
        assert seen.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
        seen.page.goto(served + "/portal/news/announcement/231200/2026-001/")
        assert seen.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
        assert seen.sideways <= 0


def test_a_visitor_recomputes_the_draw_by_one_click(served: str, chromium: Any) -> None:
    published_things()
    with Seen(chromium, served, "/portal/draws/231200/d1/", width=360) as seen:
        seen.page.click("[data-verify]")
        seen.page.locator("[data-verdict]", has_text="✓").wait_for(timeout=20_000)
        assert seen.page.locator("[data-mark].ok").count() == 5
        assert seen.complaints == []


def test_a_changed_transcript_is_caught_in_the_browser(served: str, chromium: Any) -> None:
    import json

    from support.publications import published, transcript

    whole = json.loads(transcript())
    first, second = list(whole["allotment"])[:2]
    whole["allotment"][first], whole["allotment"][second] = whole["allotment"][second], whole["allotment"][first]
    published("draw", "d2", {"transcript": whole}, title="被改过的结果")
    with Seen(chromium, served, "/portal/draws/231200/d2/", width=1440) as seen:
        seen.page.click("[data-verify]")
        seen.page.locator("[data-verdict]", has_text="✕").wait_for(timeout=20_000)
        assert seen.page.locator("[data-step=allotment] [data-mark].bad").count() == 1
        assert seen.page.locator("[data-mark].ok").count() == 4


def test_a_list_is_swapped_in_place_and_its_address_kept(served: str, chromium: Any) -> None:
    tickets(60, "231202", post="leader")
    with Seen(chromium, served, "/waiting/", width=1440, session=session_of(person("leader"))) as seen:
        seen.page.evaluate("window.stayed = true")
        seen.page.click("a[rel=next]")
        seen.page.wait_for_url("**/waiting/?page=2")
        seen.page.wait_for_selector("text=第 51–60 条")
        seen.page.fill("#f-q", "事项 0001")
        seen.page.press("#f-q", "Enter")
        seen.page.wait_for_selector("text=共 1 条")
        assert seen.page.evaluate("window.stayed") is True
        assert "q=" in seen.page.url and seen.complaints == []
        seen.page.reload()
        seen.page.wait_for_selector("text=共 1 条")


def test_a_page_works_without_scripts(served: str, chromium: Any) -> None:
    tickets(60, "231202", post="leader")
    with Seen(
        chromium, served, "/waiting/", width=360, session=session_of(person("leader")), java_script_enabled=False
    ) as seen:
        seen.page.click("a[rel=next]")
        seen.page.wait_for_selector("text=第 51–60 条")
        seen.page.click(".menu-btn")
        assert seen.page.is_visible("#rail")


def test_the_first_tab_skips_to_the_text_and_the_menu_closes_by_escape(served: str, chromium: Any) -> None:
    with Seen(chromium, served, "/", width=1440, session=session_of(person("leader"))) as seen:
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.textContent") == "跳到正文"
        seen.page.click("details.menu summary")
        assert seen.page.is_visible("details.menu .sheet")
        seen.page.keyboard.press("Escape")
        assert not seen.page.is_visible("details.menu .sheet")


def test_a_printed_page_is_a4_without_the_shell(served: str, chromium: Any, tmp_path: Path) -> None:
    tickets(60, "231202", post="leader")
    with Seen(chromium, served, "/waiting/", width=1440, session=session_of(person("leader"))) as seen:
        seen.page.emulate_media(media="print")
        assert (
            not seen.page.is_visible(".bar")
            and not seen.page.is_visible(".rail")
            and not seen.page.is_visible(".filters")
        )
        assert seen.page.is_visible("h1") and seen.page.is_visible("table")
        seen.page.pdf(path=tmp_path / "p.pdf", format="A4", print_background=True)
        assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF")
