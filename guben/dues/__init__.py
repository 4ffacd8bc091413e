"""Membership dues: one balance for each member and year."""
