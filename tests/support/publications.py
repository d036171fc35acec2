"""Publications for the tests of the portal and of its pages in a browser."""

import hashlib
from random import Random
from typing import Any

from anju.base.regions import uuid7
from anju.offering import draw
from support.db import open_act

SECRETS = {"公证员": bytes(range(32)), "市民代表": bytes(range(32, 64))}


def published(
    kind: str, slug: str, body: dict[str, Any], *, region: str = "231200", title: str = "", **changes: Any
) -> Any:
    from anju.base.publication.models import Publication

    with open_act(region) as ctx:
        return Publication.objects.create(
            region=region,
            kind=kind,
            title=title or f"关于{slug}的公告",
            slug=slug,
            body=body,
            object_id=uuid7(),
            published_at=ctx.now,
            **changes,
        )


def transcript(entrants: int = 40, homes: int = 12, *, missing: bool = False, step_free: bool = False) -> str:
    """A finished draw with one reserved home and, where asked, a holder who did not reveal, or five step-free homes."""
    seed = Random(20260302)
    offered = [draw.Home(f"1-{n:02d}", f"unit{n}", 1 if n == 0 else None, step_free and n < 5) for n in range(homes)]
    rows = [
        draw.Entrant(
            f"{n:04d}", 1 if n % 10 == 0 else 9, tuple(seed.sample([h.label for h in offered], 3)), step_free and n % 6 == 5
        )
        for n in range(entrants)
    ]  # fmt: skip
    holders = [
        draw.Holder(name, hashlib.sha256(secret).hexdigest(), "" if missing and name == "市民代表" else secret.hex())
        for name, secret in SECRETS.items()
    ]
    frozen = draw.Frozen("B1", 1, "draw", draw.entrants_file(rows, offered), draw.homes_file(offered))
    return draw.run(frozen, holders, [draw.Source("快乐8", "2026055", ((3, 1, 44), (9,)))]).transcript


ANNOUNCED = {
    "number": "绥安居公告〔2026〕第 1 号", "by": "绥化市居安保障房建设投资发展有限公司", "apply_until": "2026-03-20",
    "paragraphs": ["枫林雅苑位于北林区，已竣工验收备案。"], "facts": [["定金", "10,000 元"]],
    "homes": [
        {"label": "1-01", "building": "1", "stairwell": 1, "room": "301", "rooms": 2, "gross_cm2": 893_200, "tenure": "sale",
            "amount_fen": 29_350_552},
        {"label": "1-02", "tenure": "rent", "gross_cm2": 584_000, "amount_fen": 50_224, "朝向": "南"},
    ],
    "tables": [{"title": "时间表", "header": ["事项", "日期"], "rows": [["申请截止", "2026-03-20"], ["说明", None]]}],
}  # fmt: skip
