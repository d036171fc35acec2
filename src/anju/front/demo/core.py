"""The run: its clock, its cast, its files; each stage is acts of its own room by accounts that hold the power."""

import importlib
import json
import os
import random
import resource
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from rich.console import Console
from rich.progress import track

from anju.base.acts import ActContext, Refused
from anju.base.calendar.days import installation, now_of
from anju.base.regions import scope
from anju.base.sheets import loads
from anju.base.sheets.models import Load
from anju.front.demo.papers import index, write_papers
from anju.parties import acts as parties
from anju.parties.context import actor_named

T = TypeVar("T")
SEED = 20250004
CITY = "231200"
COUNTIES = ("231202", "231221", "231222", "231223", "231224", "231225", "231226", "231281", "231282", "231283")
# In the plan's own order; each module gives ``run(demo)`` and may give ``files(demo)``.
STAGES = (
    ("parties", "一、区划、机构与岗位"),
    ("needs", "二、需求与轮候"),
    ("reserve", "三、房源储备与核查"),
    ("pricing", "四、定价"),
    ("planning", "五、拟购方案"),
    ("negotiation", "六、协商与意向书"),
    ("offering", "七、公告、摇号、选房与锁定"),
    ("purchase", "八、收购协议"),
    ("funds", "九、资金与账"),
    ("permits", "十、绿色通道"),
    ("homes", "十一、配售配租与台账"),
    ("oversight", "十二、监督考核"),
    ("desks", "十三、留在桌上的事"),
    ("proof", "十四、核验"),
)


class Demo:
    """What the stages share. ``state`` holds rows by name; ``password`` is the demonstration's one password."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.rng = random.Random(SEED)
        self.city, self.counties = CITY, COUNTIES
        self.out = Path(settings.OUT)
        self.folder = self.out / "files"
        self.password = "anju-demo-2026"
        self.state: dict[str, Any] = {}
        self.sign_ins: list[tuple[str, str, str]] = []
        self.papers: list[tuple[str, str, str]] = []
        self.refusals: list[dict[str, str]] = []

    @property
    def now(self) -> datetime:
        """The demonstration's clock."""
        return now_of(installation())

    def ctx(self, username: str, *, post: str | None = None, region: str | None = None) -> ActContext:
        """The context of an act by one of the cast, at this moment."""
        return actor_named(username, post=post).context(region=region)

    @contextmanager
    def scope(self, region: str = CITY) -> Iterator[None]:
        """For reads between acts."""
        with scope(region):
            yield

    def say(self, text: str) -> None:
        """A line of what a stage did."""
        self.console.print(f"  {text}", highlight=False, markup=False, soft_wrap=True)

    def progress(self, items: Iterable[T], title: str, total: int | None = None) -> Iterable[T]:
        """The items, with a bar."""
        return track(items, description=f"  {title}", console=self.console, total=total, transient=True)

    def advance(self, *, days: int) -> None:
        """Move the clock by an act of the system administrator, to nine in the morning."""
        to = (self.now + timedelta(days=days)).astimezone().replace(minute=0, second=0, microsecond=0)
        parties.move_clock(ctx=self.ctx("sys"), to=to)

    def expect_refusal(self, what: str, act: Callable[[], Any]) -> Refused:
        """An act that must be refused; its sentence and clause are shown and kept. Raises AssertionError where it goes through."""
        try:
            act()
        except Refused as refused:
            self.refused(what, refused.sentence, refused.clause)
            return refused
        raise AssertionError(f"应当被拒绝而没有：{what}")

    def refused(self, what: str, sentence: str, clause: str) -> None:
        """Show one refusal."""
        self.refusals.append({"what": what, "clause": clause, "sentence": sentence})
        self.console.print(
            f"  ✕ 拒绝（{clause or '–'}）{what}：{sentence}", highlight=False, markup=False, style="red", soft_wrap=True
        )

    def import_file(
        self, kind: str, path: Path, who: str, checker: str | None = None, *, post: str | None = None, **options: Any
    ) -> Load:
        """A file through the users' own import: bad cells shown, good rows taken by ``who`` or, where the kind needs one, ``checker``."""
        load = loads.bring_file(
            ctx=self.ctx(who, post=post), kind=kind, name=path.name, data=path.read_bytes(), options=options
        )
        for error in load.errors[:4]:
            self.refused(
                f"{path.name} 第 {error['row']} 行「{error['column']}」{error['value']}",
                error["reason"],
                error["clause"],
            )
        if load.errors_total > 4:
            self.say(f"{path.name}：另有 {load.errors_total - 4} 处问题，见导入页")
        taker = checker or who
        loads.accept_load(
            ctx=self.ctx(taker),
            load_id=load.id,
            reasons={error["column"]: "演示：已与原件核对" for error in load.errors},
        )
        with scope(load.region):
            load = loads.run_load(self.ctx(taker), load)
        for row in load.refused[:2]:
            self.refused(f"{path.name} 第 {row['row']} 行", row["reason"], "")
        return load

    def paper(self, path: Path, title: str, clause: str = "") -> None:
        """List a file under ``out/`` in the index."""
        self.papers.append((str(path.relative_to(self.out)), title, clause))


def run_programme() -> Demo:
    """All stages; writes ``out/`` with its index and ``run.json``."""
    demo = Demo(Console())
    if demo.out.exists():
        shutil.rmtree(demo.out)
    demo.folder.mkdir(parents=True)
    started = time.monotonic()
    demo.console.print("安居演示城市：以下人、房、价、款均为合成，不代表真实情况", style="bold yellow")
    seconds: dict[str, float] = {}
    for name, title in STAGES[: int(os.environ.get("ANJU_DEMO_STAGES", "99"))]:
        begun = time.monotonic()
        demo.console.rule(title, align="left")
        module = importlib.import_module(f"anju.front.demo.{name}")
        for part in ("files", "run"):
            if hasattr(module, part):
                getattr(module, part)(demo)
        seconds[name] = round(time.monotonic() - begun, 2)
        demo.say(f"用时 {seconds[name]:.1f} 秒")
    write_papers(demo)
    total = time.monotonic() - started
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report = {"seconds": round(total, 1), "rss_mib": round(rss, 1), "stages": seconds, "refusals": demo.refusals}
    (demo.out / "run.json").write_text(json.dumps(report, ensure_ascii=False, indent=1))
    index(demo)
    finish(demo, total, rss)
    return demo


def finish(demo: Demo, total: float, rss: float) -> None:
    """Say how long it took, where the papers lie and how to sign in."""
    demo.console.rule("完成", align="left")
    demo.say(f"共 {total:.0f} 秒，内存峰值 {rss:.0f} MiB；文件在 {demo.out / 'index.html'}")
    demo.say(f"演示账号（密码都是 {demo.password}）：")
    for username, title, region in demo.sign_ins:
        demo.say(f"  {username:<16} {title}（{region}）")
