"""Establishments (enterprises, social organisations …) with and without an organisation, and the steps toward one."""
