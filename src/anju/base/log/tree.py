"""The Merkle tree of RFC 6962 and RFC 9162 over a ``read`` of perfect subtrees; the hash is pluggable (SM3)."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Hash = Callable[[bytes], bytes]
# The hash of a perfect subtree: ``read(level, idx)`` covers 2**level leaves from idx * 2**level on.
Read = Callable[[int, int], bytes]


def sha256(data: bytes) -> bytes:
    """The log's own hash."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """GB/T 32905, for a parallel tree under an origin of its own."""
    return hashlib.new("sm3", data).digest()


def leaf_hash(entry: bytes, hash_: Hash = sha256) -> bytes:
    """The leaf of an entry."""
    return hash_(b"\x00" + entry)


def node_hash(left: bytes, right: bytes, hash_: Hash = sha256) -> bytes:
    """The parent of two subtrees."""
    return hash_(b"\x01" + left + right)


class Range:
    """The right edge of a growing tree: appends leaves in order, knows the root after each, in logarithmic memory."""

    def __init__(self, hash_: Hash = sha256, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        self.size = size
        self.edge = list(edge)
        self._hash = hash_

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.edge.append(leaf)
        self.size += 1
        # As many pairs close as the new size has trailing zero bits.
        size = self.size
        while size % 2 == 0:
            right, left = self.edge.pop(), self.edge.pop()
            self.edge.append(node_hash(left, right, self._hash))
            size //= 2

    def root(self) -> bytes:
        """The root of what was appended so far."""
        if not self.edge:
            return self._hash(b"")
        found = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            found = node_hash(left, found, self._hash)
        return found


def root_of(leaves: Iterable[bytes], hash_: Hash = sha256) -> bytes:
    """The root over leaf hashes."""
    edge = Range(hash_)
    for leaf in leaves:
        edge.append(leaf)
    return edge.root()


def root(read: Read, size: int, hash_: Hash = sha256) -> bytes:
    """The root of the first ``size`` leaves."""
    return _subtree(read, 0, size, hash_) if size else hash_(b"")


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(read: Read, start: int, end: int, hash_: Hash) -> bytes:
    count = end - start
    if count & (count - 1) == 0:  # starts lie on multiples of their width, by construction
        level = count.bit_length() - 1
        return read(level, start >> level)
    middle = start + _split(count)
    return node_hash(_subtree(read, start, middle, hash_), _subtree(read, middle, end, hash_), hash_)


def inclusion(read: Read, index: int, size: int, hash_: Hash = sha256) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size``, the leaf's sibling first. Raises ValueError outside."""
    if not 0 <= index < size:
        raise ValueError(f"日志共 {size} 条，没有第 {index} 条（从 0 起）")

    def path(start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*path(start, middle), _subtree(read, middle, end, hash_)]
        return [*path(middle, end), _subtree(read, start, middle, hash_)]

    return path(0, size)


def consistency(read: Read, old: int, new: int, hash_: Hash = sha256) -> list[bytes]:
    """The proof that ``new`` only appended to ``old``. Raises ValueError from size 0, which proves nothing."""
    if not 0 < old <= new:
        raise ValueError(f"只能证明 1 至 {new} 条的旧日志被保留，收到 {old}")

    def proof(start: int, end: int, whole: bool) -> list[bytes]:
        if end == old:
            return [] if whole else [_subtree(read, start, end, hash_)]
        middle = start + _split(end - start)
        if old <= middle:
            return [*proof(start, middle, whole), _subtree(read, middle, end, hash_)]
        return [*proof(middle, end, False), _subtree(read, start, middle, hash_)]

    return proof(0, new, True)


def root_from_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], hash_: Hash = sha256
) -> bytes | None:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); None where its shape is wrong."""
    if not 0 <= index < size:
        return None
    fn, sn, found = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return None
        if fn % 2 or fn == sn:
            found = node_hash(sibling, found, hash_)
            while fn % 2 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, sibling, hash_)
        fn, sn = fn >> 1, sn >> 1
    return found if sn == 0 else None


def is_consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes], hash_: Hash = sha256
) -> bool:
    """Whether a consistency proof holds (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        return False
    fn, sn = old - 1, new - 1
    while fn % 2:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn % 2 or fn == sn:
            first, second = node_hash(step, first, hash_), node_hash(step, second, hash_)
            while fn % 2 == 0 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, step, hash_)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root
