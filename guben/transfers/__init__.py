"""Transfers of membership, members away, and contact with those who cannot come."""
