"""No page carries a style or a script of its own: the policy of the house allows neither, and a template that tries breaks silently."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SOURCES = Path(settings.ROOT) / "src" / "anju"
TEMPLATES = sorted(SOURCES.rglob("templates/**/*.html"))
# Pages only: the demonstration writes files that are opened from disk.
CODE = sorted(p for p in SOURCES.rglob("*.py") if not {"migrations", "demo", "commands"} & set(p.parts))
FORBIDDEN = (
    (re.compile(r"\sstyle\s*=", re.I), "an inline style"),
    (re.compile(r"<style\b", re.I), "a style element"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I), "an event handler"),
    (
        re.compile(r"\bhx-on\b|\bhx-vals\s*=\s*[\"']js:|hx-trigger\s*=\s*[\"'][^\"']*\[", re.I),
        "an htmx attribute that needs eval",
    ),
    (re.compile(r"javascript:", re.I), "a javascript: address"),
    (re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.I), "an inline script"),
    (re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I), "an asset or link of another site"),
)


def faults(text: str) -> list[str]:
    """What the policy would block."""
    return [f"{what}: {found.group(0)!r}" for pattern, what in FORBIDDEN for found in pattern.finditer(text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(SOURCES)))
def test_a_template_has_no_inline_style_script_or_foreign_asset(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


def test_html_made_in_python_has_none_either() -> None:
    made = [
        (p, line)
        for p in CODE
        for line in p.read_text(encoding="utf-8").splitlines()
        if re.search(r"<[a-z]+[ >]", line)
    ]
    found = {str(p.relative_to(SOURCES)): faults(line) for p, line in made if faults(line)}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ('<p style="color:red">', True), ("<script>x</script>", True), ('<a onclick="x()">', True), ('<p class="style">', False),
        ('<script src="/static/web/anju.js" defer></script>', False), ('<script type="application/json" id="d">{}</script>', False),
        ('<img src="https://example.org/x.png">', True), ('<p hx-on:click="x">', True),
    ],
)  # fmt: skip
def test_the_search_finds_what_the_policy_blocks(text: str, bad: bool) -> None:
    assert bool(faults(text)) is bad


def test_the_policy_allows_nothing_inline_and_no_eval() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'self'"]
    assert not any("unsafe" in source for sources in directives.values() for source in sources)


def test_scripts_served_do_not_evaluate_text() -> None:
    own = sorted((SOURCES / "web" / "static" / "web").glob("*.js"))
    assert own, "the scripts moved"
    for path in own:
        assert not re.search(
            r"\beval\(|new Function|\.style\.|setAttribute\('style'", path.read_text(encoding="utf-8")
        ), path.name
