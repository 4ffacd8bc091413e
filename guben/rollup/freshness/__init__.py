"""Figures of large trees that follow the records: kept for each unit, put right where the history tells of an act."""
