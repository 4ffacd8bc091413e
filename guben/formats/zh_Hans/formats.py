"""Forms of dates in Chinese pages."""

DATE_FORMAT = "Y年n月j日"
SHORT_DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
SHORT_DATETIME_FORMAT = "n-d H:i"
MONTH_DAY_FORMAT = "n月j日"
