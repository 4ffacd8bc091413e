"""Guben (固本): the rules of a large membership organisation, run from its ordinary records."""

__version__ = "0.1.0"
