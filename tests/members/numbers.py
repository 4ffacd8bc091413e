"""Identity numbers with a right check digit, of nobody."""

from datetime import date

from stdnum.cn import ric


def id_number(born_on: date, sex: str, number: int = 1, area: str = "990000") -> str:
    """The `number`-th identity number of this sex for a birth date."""
    head = f"{area}{born_on:%Y%m%d}{number * 2 - (1 if sex == '1' else 0):03d}"
    return head + ric.calc_check_digit(head + "0")
