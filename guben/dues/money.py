"""Amounts of money between text and whole cents."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def cents_of(text: str) -> int:
    """The cents of an amount in yuan such as 12, 12.5 or 1,200.00.

    Raises:
        ValueError: it is no amount, or has fractions of a cent.
    """
    plain = text.strip().replace(",", "").replace("，", "").removesuffix("元")
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation:
        raise ValueError(text) from None
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > 10**10:
        raise ValueError(text)
    return int(cents)


def yuan(cents: int) -> str:
    """123456 → 1,234.56"""
    sign = "−" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
