"""The Merkle tree hash of RFC 9162, section 2.1, over leaves that come one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over the leaves in their order, in memory that grows with the logarithm of their number."""
    frontier: list[tuple[int, bytes]] = []  # (leaves below, hash), largest first
    for leaf in leaves:
        size, top = 1, leaf_hash(leaf)
        while frontier and frontier[-1][0] == size:
            _, left = frontier.pop()
            size, top = size * 2, node_hash(left, top)
        frontier.append((size, top))
    if not frontier:
        return hashlib.sha256(b"").digest()
    _, result = frontier.pop()
    while frontier:
        result = node_hash(frontier.pop()[1], result)
    return result
