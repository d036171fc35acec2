"""The draw (摇号), pure: frozen lists, seed, order, allotment, transcript. Exact bytes: ``docs/draw-transcript.md``.

Nothing here reads the database or the clock. ``verify_draw.py`` repeats it from the written rules, without this file.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RULE = "anju-draw/1"
# Step-free homes first to those who need them: both files carry one column more.
STEP_FREE_RULE = "anju-draw/2"
YES = "1"
NUMBER = re.compile(r"[0-9A-Za-z]{1,12}")
LABEL = re.compile(r"[^\s,]{1,24}")


class BadList(ValueError):
    """A list that cannot be frozen; the message is for the person."""


@dataclass(frozen=True)
class Entrant:
    """One household in the draw, under its draw number alone. ``group`` 1 comes first; ``wishes`` are home labels.

    ``needs``: a member's need of a step-free home (无障碍房源) has been confirmed.
    """

    number: str
    group: int
    wishes: tuple[str, ...]
    needs: bool = False


@dataclass(frozen=True)
class Home:
    """One home. ``reserved`` is the priority group that comes first for it, None for all groups alike.

    ``step_free``: on the ground floor or with a lift, and by the county's decision first for those who need that.
    """

    label: str
    unit: str
    reserved: int | None = None
    step_free: bool = False


@dataclass(frozen=True)
class Holder:
    """An independent holder (notary, citizen): its commitment and secret in hex; "" where none was revealed in time."""

    holder: str
    commitment: str
    secret: str = ""


@dataclass(frozen=True)
class Source:
    """A public value: game, the issue drawn (期号), the numbers of each drum, and the issue announced before.

    The two issues differ where the announced one was not held; an empty ``announced`` is the same issue.
    """

    game: str
    issue: str
    drums: tuple[tuple[int, ...], ...]
    announced: str = ""


def sha256(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def entrants_file(entrants: Iterable[Entrant], homes: Iterable[Home]) -> str:
    """Draw number TAB group TAB wishes LF, by draw number; where a home is step-free, TAB 1 or nothing (need) too. Raises BadList."""
    offered = list(homes)
    rows, labels = sorted(entrants, key=lambda e: e.number.encode()), {h.label for h in offered}
    more = _more(offered)
    for row in rows:
        if not NUMBER.fullmatch(row.number):
            raise BadList(f"编号「{row.number}」应为 1–12 位字母或数字")
        if not row.wishes or len(set(row.wishes)) < len(row.wishes) or not labels.issuperset(row.wishes):
            raise BadList(f"编号 {row.number} 的志愿 {'、'.join(row.wishes) or '（空）'} 有重复、为空或不在本批房源内")
    if len({row.number for row in rows}) < len(rows):
        raise BadList("编号有重复，不能封存名单")
    return "".join(f"{row.number}\t{row.group}\t{','.join(row.wishes)}{more(row.needs)}\n" for row in rows)


def homes_file(homes: Iterable[Home]) -> str:
    """Label TAB unit code TAB reserved group (empty for none) LF, by label; one step-free: TAB 1 or nothing too. Raises BadList."""
    rows = sorted(homes, key=lambda h: h.label.encode())
    for row in rows:
        if not LABEL.fullmatch(row.label):
            raise BadList(f"房源标签「{row.label}」应为 1–24 个字符，不含空白和逗号")
    if len({row.label for row in rows}) < len(rows) or len({row.unit for row in rows}) < len(rows):
        raise BadList("房源标签或单元代码有重复，不能封存名单")
    more = _more(rows)
    return "".join(
        f"{row.label}\t{row.unit}\t{'' if row.reserved is None else row.reserved}{more(row.step_free)}\n"
        for row in rows
    )


def _more(homes: Iterable[Home]) -> Callable[[bool], str]:
    """The further column of both files: there is one only where a home is step-free."""
    if not any(home.step_free for home in homes):
        return lambda _: ""
    return lambda yes: f"\t{YES}" if yes else "\t"


def rule_of(homes: str) -> str:
    """The version of the rules that a frozen file of homes is kept by."""
    return STEP_FREE_RULE if homes.split("\n", 1)[0].count("\t") == 3 else RULE


def basis_file(basis: Mapping[str, str]) -> str:
    """Draw number TAB the key it is ordered by LF: for the waiting list and for scores, where nothing is drawn."""
    return "".join(f"{number}\t{basis[number]}\n" for number in sorted(basis, key=str.encode))


def read_entrants(text: str) -> list[Entrant]:
    """The entrants of a frozen file."""
    rows = (line.split("\t") for line in text.splitlines())
    return [Entrant(r[0], int(r[1]), tuple(r[2].split(",")), r[3:] == [YES]) for r in rows]


def read_homes(text: str) -> list[Home]:
    """The homes of a frozen file."""
    rows = (line.split("\t") for line in text.splitlines())
    return [Home(r[0], r[1], int(r[2]) if r[2] else None, r[3:] == [YES]) for r in rows]


def encode(sources: Iterable[Source]) -> str:
    """Numbers of a drum ascending, each followed by ``.``; drums in announced order, each ended by ``/`` (RFC 3797)."""
    return "".join("".join(f"{n}." for n in sorted(drum)) + "/" for source in sources for drum in source.drums)


def opens(holder: Holder) -> bool:
    """Whether the revealed secret is 32 bytes and matches the commitment."""
    try:
        secret = bytes.fromhex(holder.secret)
    except ValueError:
        return False
    return len(secret) == 32 and hashlib.sha256(secret).hexdigest() == holder.commitment


def prk(freeze_sha256: str, secrets: Iterable[bytes], values: str) -> bytes:
    """HMAC-SHA256(freeze hash ‖ secrets in announced order, encoded public values)."""
    return hmac.digest(bytes.fromhex(freeze_sha256) + b"".join(secrets), values.encode(), "sha256")


def draw_keys(seed: bytes, numbers: Iterable[str]) -> dict[str, str]:
    """Each entrant's key, HMAC-SHA256(prk, draw number ‖ 01) in hex; of that entrant alone, so nobody moves another."""
    return {number: hmac.digest(seed, number.encode() + b"\x01", "sha256").hex() for number in numbers}


def order(entrants: Iterable[Entrant], keys: Mapping[str, str]) -> list[str]:
    """Draw numbers by (group, key); the draw number itself ends a tie, which a draw cannot have."""
    return [e.number for e in sorted(entrants, key=lambda e: (e.group, keys[e.number].encode(), e.number.encode()))]


def allot(ranking: Sequence[str], entrants: Iterable[Entrant], homes: Iterable[Home]) -> dict[str, str]:
    """Draw number → label: each gets its first wish that nobody with a better right holds.

    The better right is the earlier place in the one common order; for a step-free home, those who need one come before
    the others, and for a reserved home, its group. So nobody prefers a home that went to one behind (stable), and listing
    wishes honestly is best. Without such homes this is one-by-one choice in the order.
    """
    place = {number: at for at, number in enumerate(ranking)}
    rows, offered = {e.number: e for e in entrants}, {h.label: h for h in homes}
    # Label → the right by which it is held, and who holds it; the lower right is the better one.
    held: dict[str, tuple[tuple[bool, bool, int], str]] = {}
    tried = dict.fromkeys(ranking, 0)
    waiting = list(reversed(ranking))
    while waiting:
        number = waiting.pop()
        row = rows[number]
        if tried[number] == len(row.wishes):
            continue
        label = row.wishes[tried[number]]
        tried[number] += 1
        home, rival = offered.get(label), held.get(label)
        if home is None:
            waiting.append(number)
            continue
        right = (*passed_over(home, row.group, row.needs), place[number])
        if rival is None or right < rival[0]:
            held[label] = (right, number)
            if rival is not None:
                waiting.append(rival[1])
        else:
            waiting.append(number)
    return {number: label for label, (_, number) in sorted(held.items(), key=lambda item: place[item[1][1]])}


def passed_over(home: Home, group: int, needs: bool) -> tuple[bool, bool]:
    """Whether others come before a household at this home: those who need step-free, then the group it is reserved for."""
    return home.step_free and not needs, home.reserved is not None and group != home.reserved


@dataclass(frozen=True)
class Frozen:
    """What was closed before any randomness existed. ``method``: draw, waiting_list or score."""

    batch: str
    round: int
    method: str
    entrants: str
    homes: str
    basis: str = ""


@dataclass(frozen=True)
class Result:
    """A finished round: each draw number's group and sort key, the order, who got which home, and the text to publish."""

    groups: dict[str, int]
    keys: dict[str, str]
    order: list[str]
    allotment: dict[str, str]
    transcript: str

    @property
    def sha256(self) -> str:
        """Digest of the transcript."""
        return sha256(self.transcript)


def run(frozen: Frozen, holders: Sequence[Holder] = (), sources: Sequence[Source] = ()) -> Result:
    """Order and allot a frozen round. Raises BadList where a draw has no public value or an order has no basis."""
    entrants, homes = read_entrants(frozen.entrants), read_homes(frozen.homes)
    body: dict[str, Any] = {
        "rule": rule_of(frozen.homes), "batch": frozen.batch, "round": frozen.round, "method": frozen.method,
        "entrants": frozen.entrants, "entrants_sha256": sha256(frozen.entrants),
        "homes": frozen.homes, "homes_sha256": sha256(frozen.homes),
    }  # fmt: skip
    if frozen.method == "draw":
        keys, how = _drawn(frozen, entrants, holders, sources)
    else:
        keys, how = _listed(frozen, entrants)
    ranking = order(entrants, keys)
    allotment = allot(ranking, entrants, homes)
    groups = {e.number: e.group for e in entrants}
    return Result(
        groups, keys, ranking, allotment, canonical({**body, **how, "order": ranking, "allotment": allotment})
    )


def _drawn(
    frozen: Frozen, entrants: list[Entrant], holders: Sequence[Holder], sources: Sequence[Source]
) -> tuple[dict[str, str], dict[str, Any]]:
    if not sources or not all(source.drums for source in sources):
        raise BadList("公共随机值没有录齐，不能排序")
    values = encode(sources)
    good = [h for h in holders if opens(h)]
    seed = prk(sha256(frozen.entrants), [bytes.fromhex(h.secret) for h in good], values)
    how = {
        "holders": [
            {"holder": h.holder, "commitment": h.commitment, "secret": h.secret if h in good else ""} for h in holders
        ],
        "sources": [
            {
                "game": s.game,
                "issue": s.issue,
                "announced": s.announced or s.issue,
                "drums": [sorted(d) for d in s.drums],
            }
            for s in sources
        ],
        "values": values,
        "prk": seed.hex(),
    }
    return draw_keys(seed, (e.number for e in entrants)), how


def _listed(frozen: Frozen, entrants: list[Entrant]) -> tuple[dict[str, str], dict[str, Any]]:
    keys = dict(line.split("\t", 1) for line in frozen.basis.splitlines())
    if keys.keys() != {e.number for e in entrants}:
        raise BadList("排序依据与封存名单的编号不一致，不能排序")
    return keys, {"basis": frozen.basis, "basis_sha256": sha256(frozen.basis)}


def canonical(value: Any) -> str:
    """JSON as it is published and hashed: sorted keys, no spaces, one LF at the end."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
