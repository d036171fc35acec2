"""Tiles (C2SP tlog-tiles): the tree's hashes in files of 256, kept outside so that a bad entry can be named."""

import os
from collections.abc import Callable
from pathlib import Path

WIDTH, HEIGHT, HASH = 256, 8, 32


class Forked(RuntimeError):
    """What was published before differs from what the database now holds: history was rewritten."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Where tile ``number`` of a level lies: 1234067 is ``x001/x234/067``; fewer than 256 hashes add ``.p/width``."""
    parts: list[str] = []
    rest = number
    while True:
        rest, part = divmod(rest, 1000)
        parts.append(f"{part:03d}" if not parts else f"x{part:03d}")
        if not rest:
            break
    suffix = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{suffix}"


def tiles_between(old: int, new: int) -> list[tuple[int, int, int]]:
    """The tiles (level, number, width) that a tree of ``new`` leaves has and one of ``old`` had not."""
    found = []
    level = 0
    while new >> HEIGHT * level:
        before, after = old >> HEIGHT * level, new >> HEIGHT * level
        if after > before:
            for number in range(before // WIDTH, after // WIDTH + 1):
                width = min(WIDTH, after - number * WIDTH)
                if width:
                    found.append((level, number, width))
        level += 1
    return found


def write_once(path: Path, data: bytes) -> None:
    """Write a file that is never changed again. Raises Forked where it stands with other content."""
    if path.exists():
        if path.read_bytes() != data:
            raise Forked(f"{path.name} 已发布过，内容与现在的数据库不同：历史被改动，停止发布，请审计核查")
        return
    replace(path, data)


def replace(path: Path, data: bytes) -> None:
    """Write a whole file or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def write_tiles(folder: Path, old: int, new: int, read: Callable[[int, int, int], list[bytes]]) -> int:
    """Write the tiles of growth; ``read(level, first, count)`` gives hashes. How many. Raises Forked."""
    wanted = tiles_between(old, new)
    for level, number, width in wanted:
        hashes = read(HEIGHT * level, number * WIDTH, width)
        write_once(folder / tile_path(level, number, width), b"".join(hashes))
    return len(wanted)


def published_leaves(folder: Path, size: int, number: int) -> list[bytes]:
    """The published leaf hashes of level-0 tile ``number`` in a log of ``size``; empty where no tile was kept."""
    whole = folder / tile_path(0, number)
    width = min(WIDTH, size - number * WIDTH)
    path = whole if whole.exists() else folder / tile_path(0, number, width)
    if not path.exists():
        return []
    data = path.read_bytes()
    return [data[at : at + HASH] for at in range(0, min(len(data), width * HASH), HASH)]
