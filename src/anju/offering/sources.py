"""Public values (公共随机值) by strength: the lotteries' formats, and what an entered result must look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, log2

# 24 bits: trying 2^40 secrets then lifts a chance of 10 % to 10.05 %. See docs/draw-transcript.md and the design of the draw.
BITS_MIN = 24


class BadValue(ValueError):
    """A result that the game cannot have; the message is for the person."""


@dataclass(frozen=True)
class Drum:
    """So many balls out of ``low`` … ``high``."""

    count: int
    low: int
    high: int


@dataclass(frozen=True)
class Game:
    """A public lottery: its drums in the order of its official notice."""

    title: str
    drums: tuple[Drum, ...]

    @property
    def bits(self) -> float:
        """Its strength: the logarithm of how many results it can have."""
        return sum(log2(comb(d.high - d.low + 1, d.count)) for d in self.drums)


DIGIT = Drum(1, 0, 9)
GAMES: dict[str, Game] = {
    "kl8": Game("快乐8", (Drum(20, 1, 80),)),
    "dlt": Game("大乐透", (Drum(5, 1, 35), Drum(2, 1, 12))),
    "ssq": Game("双色球", (Drum(6, 1, 33), Drum(1, 1, 16))),
    "pl5": Game("排列5", (DIGIT,) * 5),
    "fc3d": Game("3D", (DIGIT,) * 3),
}


def strength(games: Sequence[str]) -> float:
    """Bits of several games together. Raises KeyError for an unknown one."""
    return sum(GAMES[game].bits for game in games)


def check(game: str, drums: Sequence[Sequence[int]]) -> list[list[int]]:
    """The result as it is kept, each drum ascending. Raises BadValue."""
    wanted = GAMES[game]
    if len(drums) != len(wanted.drums):
        raise BadValue(f"{wanted.title}应有 {len(wanted.drums)} 组号码，收到 {len(drums)} 组")
    for at, (numbers, drum) in enumerate(zip(drums, wanted.drums, strict=True), 1):
        if len(numbers) != drum.count or len(set(numbers)) < drum.count:
            raise BadValue(f"{wanted.title}第 {at} 组应有 {drum.count} 个不同的号码，收到 {len(numbers)} 个")
        outside = [n for n in numbers if not drum.low <= n <= drum.high]
        if outside:
            raise BadValue(f"{wanted.title}第 {at} 组号码应在 {drum.low}–{drum.high} 之间，收到 {outside[0]}")
    return [sorted(numbers) for numbers in drums]


def read(text: str) -> list[list[int]]:
    """What a person types, ``1 5 9 17 26 33 / 8``, as drums. Raises BadValue."""
    try:
        return [[int(n) for n in part.replace(",", " ").replace("，", " ").split()] for part in text.split("/")]
    except ValueError as error:
        raise BadValue(f"号码应为数字，组与组之间用 / 分开，收到「{text}」") from error
