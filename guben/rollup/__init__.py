"""Figures of a whole tree at once: runs over a snapshot, their results, and what is kept fresh of them."""
