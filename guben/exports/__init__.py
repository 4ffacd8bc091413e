"""Sheets of records for those who may take them: masked by default, written by jobs, expiring."""
