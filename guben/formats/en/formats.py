"""Forms of dates in English pages."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
SHORT_DATETIME_FORMAT = "n-d H:i"
MONTH_DAY_FORMAT = "j F"
