"""A draw as the public sees it: look up a number, recompute everything in one's own browser, or with a script of one page."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

import anju.offering
from anju.front.pages import portal, published
from anju.parties.access import public

METHODS = {"draw": "摇号", "waiting_list": "轮候次序", "score": "积分"}
LISTED = 3_000


@dataclass(frozen=True)
class Place:
    """What one draw number got."""

    number: str
    position: int
    of: int
    group: str
    wishes: str
    home: str
    rank: int | None
    last: int


@public
def draws(request: HttpRequest) -> HttpResponse:
    """All published draws."""
    return render(request, "front/draws.html", {"items": portal.shown_many(request, portal.live("draw")[:100])})


@public
def draw(request: HttpRequest, region: str, slug: str) -> HttpResponse:
    """One draw: its transcript's steps, the order, and the place of a number that was asked for."""
    row = portal.one("draw", region, slug)
    item = portal.shown_many(request, [row])[0]
    text = published.transcript_text(row)
    transcript = json.loads(text) if text else None
    asked = request.GET.get("no", "").strip()[:12]
    order = transcript["order"] if transcript else []
    return render(request, "front/draw.html", {
        "p": item, "t": transcript, "method": METHODS.get(transcript["method"], "") if transcript else "", "asked": asked,
        "place": place_of(transcript, asked) if transcript and asked else None, "order": order[:LISTED], "more": len(order) > LISTED,
        "sha256": row.body.get("transcript_sha256") or hashlib.sha256(text.encode()).hexdigest(),
        "steps": steps_of(transcript) if transcript else [],
        "homes": len(transcript["homes"].splitlines()) if transcript else 0, "others": portal.others(request, item),
    })  # fmt: skip


def place_of(t: dict[str, Any], asked: str) -> Place | None:
    """The place of a draw number; one written without its leading zeros is found too."""
    found = [n for n in t["order"] if n == asked or (asked.isdecimal() and n.isdecimal() and int(n) == int(asked))]
    if len(found) != 1:
        return None
    number = found[0]
    line = next(row.split("\t") for row in t["entrants"].splitlines() if row.split("\t")[0] == number)
    wishes = line[2].split(",")
    home = t["allotment"].get(number, "")
    last = max((t["order"].index(n) + 1 for n in t["allotment"]), default=0)
    return Place(
        number, t["order"].index(number) + 1, len(t["order"]), group_of(int(line[1])), "、".join(wishes), home,
        wishes.index(home) + 1 if home in wishes else None, last,
    )  # fmt: skip


def group_of(group: int) -> str:
    """A priority group in words; 9 is the ordinary one."""
    return "普通组" if group == 9 else f"第 {group} 优先组"


def steps_of(t: dict[str, Any]) -> list[dict[str, str]]:
    """The five steps, each with what was published for it."""
    drawn = t["method"] == "draw"
    held = "、".join(f"{h['holder']}{'' if h['secret'] else '（未交出，按规则剔除）'}" for h in t.get("holders", []))
    values = "；".join(f"{s['game']}{issue_of(s)}" for s in t.get("sources", []))
    return [
        {"name": "lists", "title": "封存名单",
            "words": f"{len(t['order'])} 户和 {len(t['homes'].splitlines())} 套房源的名单摘要先于摇号公布", "code": t["entrants_sha256"]},
        {"name": "secrets", "title": "交存密数", "words": f"各位保管人先交密数的摘要，后公开密数：{held}", "code": ""}
        if drawn
        else {"name": "secrets", "title": "公布排序依据", "words": f"按{METHODS.get(t['method'], '')}排序，依据的摘要",
            "code": t["basis_sha256"]},
        {"name": "values", "title": "公共随机值", "words": f"事先约定的{values}，合成种子" if drawn else "本次不摇号，没有随机值",
            "code": t.get("prk", "")},
        {"name": "order", "title": "定次序", "words": "逐户算出排序键，先按优先组、再按排序键从小到大", "code": ""},
        {"name": "allotment", "title": "配房", "words": f"按次序选房，{len(t['allotment'])} 户配到", "code": ""},
    ]  # fmt: skip


def issue_of(source: dict[str, Any]) -> str:
    """The issue used; where another was announced, both. Transcripts of the first version name only the one used."""
    announced = source.get("announced", source["issue"])
    if announced == source["issue"]:
        return f"第 {announced} 期"
    return f"第 {source['issue']} 期（公告的第 {announced} 期未开奖，改用此期）"


@public
def transcript(request: HttpRequest, region: str, slug: str) -> HttpResponse:
    """The transcript, byte for byte as it was hashed."""
    text = published.transcript_text(portal.one("draw", region, slug))
    if not text:
        raise Http404("这次结果没有公布过程数据")
    return HttpResponse(text, content_type="application/json; charset=utf-8")


@public
def script(request: HttpRequest) -> HttpResponse:
    """The stand-alone verifier, as it stands in the program: anybody can read it."""
    path = Path(anju.offering.__file__).with_name("verify_draw.py")
    response = HttpResponse(path.read_text(encoding="utf-8"), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="verify_draw.py"'
    return response
