"""The tree of the log: published vectors, another implementation's roots, proofs that fail when anything changes."""

import random

import pytest
from pymerkle import InmemoryTree

from anju.base.log import tiles, tree

# RFC 6962's own hashing, from the test constants of transparency-dev/merkle: eight entries and the root after each.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def reader(leaves: list[bytes], hash_: tree.Hash = tree.sha256) -> tree.Read:
    """Perfect subtrees of a list, as the database keeps them."""

    def read(level: int, idx: int) -> bytes:
        part = leaves[idx << level : (idx + 1) << level]
        assert len(part) == 1 << level, "only whole subtrees are read"
        return tree.root_of(part, hash_)

    return read


def test_the_roots_are_those_of_rfc_6962() -> None:
    leaves = [tree.leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
    for size, root in enumerate(ROOTS):
        assert tree.root_of(leaves[:size]).hex() == root, size
        assert tree.root(reader(leaves), size).hex() == root, size


def test_a_tree_of_sm3_has_its_own_roots() -> None:
    leaves = [tree.leaf_hash(b"", tree.sm3), tree.leaf_hash(b"\x00", tree.sm3)]
    found = [tree.root_of([], tree.sm3), leaves[0], tree.root_of(leaves, tree.sm3)]
    assert [root.hex()[:8] for root in found] == ["1ab21d83", "2daef60e", "0b990fe0"]


def test_another_implementation_finds_the_same_roots() -> None:
    oracle, edge = InmemoryTree(algorithm="sha256"), tree.Range()
    for number in range(300):
        entry = number.to_bytes(3, "big")
        oracle.append_entry(entry)
        edge.append(tree.leaf_hash(entry))
        assert edge.root() == oracle.get_root(), number


def test_every_entry_of_every_size_up_to_33_is_proved_and_no_other() -> None:
    leaves = [tree.leaf_hash(bytes([number])) for number in range(34)]
    for size in range(1, 34):
        root = tree.root_of(leaves[:size])
        for index in range(size):
            proof = tree.inclusion(reader(leaves), index, size)
            assert tree.root_from_inclusion(index, size, leaves[index], proof) == root, (index, size)
            for wrong in (index ^ 1, index + size):
                assert tree.root_from_inclusion(wrong, size, leaves[index], proof) != root
            assert tree.root_from_inclusion(index, size, leaves[33], proof) != root
            assert tree.root_from_inclusion(index, size, leaves[index], [*proof, leaves[33]]) is None
            if proof:
                assert tree.root_from_inclusion(index, size, leaves[index], proof[:-1]) != root


def test_every_older_tree_up_to_33_is_proved_and_no_rewritten_one() -> None:
    leaves = [tree.leaf_hash(bytes([number])) for number in range(34)]
    roots = [tree.root_of(leaves[:size]) for size in range(34)]
    for new in range(1, 34):
        for old in range(1, new + 1):
            proof = tree.consistency(reader(leaves), old, new)
            assert tree.is_consistent(old, new, roots[old], roots[new], proof), (old, new)
            assert not tree.is_consistent(old, new, leaves[33], roots[new], proof)
            assert not tree.is_consistent(old, new, roots[old], leaves[33], proof)
            assert not tree.is_consistent(old, new, roots[old], roots[new], [*proof, leaves[33]])
            if proof:
                assert not tree.is_consistent(old, new, roots[old], roots[new], proof[:-1])
                broken = [*proof[:-1], leaves[33]]
                assert not tree.is_consistent(old, new, roots[old], roots[new], broken)


def test_a_proof_from_an_empty_log_is_refused() -> None:
    leaves = [tree.leaf_hash(b"x")]
    assert not tree.is_consistent(0, 1, tree.root_of([]), tree.root_of(leaves), [])
    with pytest.raises(ValueError, match="只能证明"):
        tree.consistency(reader(leaves), 0, 1)
    with pytest.raises(ValueError, match="没有第 1 条"):
        tree.inclusion(reader(leaves), 1, 1)


def test_the_tiles_of_seventy_thousand_entries_end_where_the_standard_says() -> None:
    paths = [tiles.tile_path(*tile) for tile in tiles.tiles_between(0, 70_000)]
    assert paths[272:274] == ["tile/0/272", "tile/0/273.p/112"]
    assert paths[-3:] == ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert tiles.tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tiles.tile_path(0, 256_000) == "tile/0/x256/000"


def test_tiles_written_as_the_log_grows_are_those_of_the_grown_log() -> None:
    rng = random.Random(6962)
    for _ in range(20):
        sizes = sorted(rng.sample(range(1, 140_000), 6))
        grown = {tile for old, new in zip([0, *sizes], sizes, strict=False) for tile in tiles.tiles_between(old, new)}
        assert set(tiles.tiles_between(0, sizes[-1])) <= grown
