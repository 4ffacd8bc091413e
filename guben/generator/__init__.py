"""Invents a whole country from a bulletin file: for measuring and for showing, never for records."""
