"""One table of posts × acts: every act's power is given to a post or named as nobody's, and no power is without an act or a page."""

from importlib.util import find_spec

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from anju.base.acts import REGISTRY
from anju.parties.posts import POSTS
from support.powers import powers

# Done by the set-up or by a nested act of another room; no post holds them.
NOBODYS = {"parties.load_powers", "parties.import_regions", "parties.import_census", "parties.load_rates"}
# About one's own account, held by everybody: the password, views of lists, taking out what one sees (which leaves an entry).
# What leaves an entry and nothing else.
LOOKS = {"needs.read_personal", "needs.print_case", "front.read_file", "front.print_paper"}
OWN = {"parties.change_password", "base.save_view", "base.export_list"}
READ_ONLY_POSTS = {"auditor"}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """Every route of the site, nested ones too."""
    found: list[tuple[str, URLPattern]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        found += routes(entry, path) if isinstance(entry, URLResolver) else [(path, entry)]
    return found


def test_posts_named_in_the_table_exist() -> None:
    known = {row.code for row in POSTS}
    for power, posts in powers().items():
        assert set(posts) <= known, f"{power}: {set(posts) - known}"


def test_every_act_has_a_post_that_may_do_it() -> None:
    given = powers()
    assert find_spec("anju.front.urls")
    missing = (
        {d.power for name, d in REGISTRY.items() if not name.startswith("tests.") and not d.power.startswith("tests.")}
        - set(given)
        - NOBODYS
    )
    assert missing == set()


def test_every_power_is_asked_for_by_an_act_or_a_page() -> None:
    asked = {d.power for d in REGISTRY.values()} | {getattr(p.callback, "power", "") for _, p in routes()}
    asked |= {kind.power for kind in _kinds()}
    assert {power for power in powers() if power not in asked and not power.endswith(".view")} == set()


def _kinds() -> list[object]:
    from anju.base.sheets.kinds import EXPORTS, KINDS

    return [*KINDS.values(), *EXPORTS.values()]


def test_auditors_change_nothing() -> None:
    acts = {d.power: d.name for d in REGISTRY.values()}
    for power, posts in powers().items():
        if power in acts and READ_ONLY_POSTS & set(posts):
            assert power in OWN | LOOKS, f"{power} is given to {posts}"


def test_system_audit_and_security_administrators_share_no_power_to_change() -> None:
    acts = {d.power for d in REGISTRY.values()}
    held = {
        post: {p for p, posts in powers().items() if post in posts and p in acts} - OWN
        for post in ("system_admin", "security_admin", "audit_admin")
    }
    assert not held["system_admin"] & held["security_admin"]
    assert not held["audit_admin"] & (held["system_admin"] | held["security_admin"])


def test_every_page_names_its_power() -> None:
    for path, pattern in routes():
        if path.startswith(("api/", "static/")):
            continue
        assert getattr(pattern.callback, "power", None), f"{path} says nothing of who may open it"


@pytest.mark.django_db
def test_the_government_holds_none_of_the_acquirers_own_decisions() -> None:
    government = {"office_clerk", "office_head", "leader", "reviewer", "intake_clerk", "department_clerk"}
    for power in ("negotiation.decide", "negotiation.confirm_decision"):
        assert not government & set(powers()[power])
