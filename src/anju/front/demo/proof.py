"""Proof: log, books and draws verify, and fail when one row is changed behind the acts' back.

Outside checks beside our own: the draw by a stand-alone script, the books by bean-check.
"""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connections

from anju.base.calendar.days import installation
from anju.base.log import publish, sequencer
from anju.base.secrets import keys
from anju.oversight.reads import verify_all

if TYPE_CHECKING:
    from anju.front.demo.core import Demo


def run(demo: "Demo") -> None:
    """Publishes the log, verifies all, tampers once and is caught, runs the outside checks."""
    sequencer.sequence()
    with demo.scope():
        checkpoint = publish.publish(key=keys.log_key(), origin=installation().origin, now=demo.now)
        demo.say(f"日志已公布：{checkpoint.size} 条，根 {checkpoint.root.hex()[:16]}…")
        report = verify_all(demo.city)
    for line in report.lines:
        demo.say(line)
    if report.problems:
        raise AssertionError(f"核验不通过：{report.problems[0]}")
    caught(demo)
    draws(demo)
    books(demo)


def caught(demo: "Demo") -> None:
    """The tables' owner changes one entry with the triggers off: verification must say so; then it is put back."""
    with connections["owner"].cursor() as owner:
        owner.execute("ALTER TABLE base_act DISABLE TRIGGER USER")
        owner.execute("SELECT id, body FROM base_act WHERE name = 'offering.judge_gate' ORDER BY id LIMIT 1")
        row = owner.fetchone()
        if row is None:
            raise AssertionError("没有达标判断的日志条目")
        owner.execute("UPDATE base_act SET body = replace(body, '3.5-3', '3.5-1') WHERE id = %s", [row[0]])
        with demo.scope():
            found = verify_all(demo.city).problems
        owner.execute("UPDATE base_act SET body = %s WHERE id = %s", [row[1], row[0]])
        owner.execute("ALTER TABLE base_act ENABLE TRIGGER USER")
    if not found:
        raise AssertionError("日志被改动而核验没有发现")
    demo.say(f"停用触发器改动一条日志，核验发现：{found[0]}")
    with demo.scope():
        if verify_all(demo.city).problems:
            raise AssertionError("恢复后核验仍不通过")


def draws(demo: "Demo") -> None:
    """Every published transcript by the stand-alone script, in a Python without site packages."""
    folder = demo.out / "draws"
    script = folder / "verify_draw.py"
    for transcript in sorted(folder.glob("*.json")):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(script), str(transcript)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"{transcript.name}: {done.stdout}{done.stderr}")
        demo.say(f"独立程序核验摇号 {transcript.name}：{done.stdout.strip().splitlines()[-1]}")


def books(demo: "Demo") -> None:
    """Every project's book by bean-check, where it is installed (a development package)."""
    program = Path(sys.executable).with_name("bean-check")
    files = sorted((demo.out / "books").glob("*.beancount"))
    if not files:
        raise AssertionError("没有项目账文件")
    for file in files:
        if not program.exists():
            demo.say(f"项目账 {file.name} 已写出；本机没有 bean-check，未作外部核验")
            continue
        done = subprocess.run([str(program), str(file)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{file.name}: {done.stderr}")
        demo.say(f"bean-check 通过：{file.name}")
