"""Statistics: yearly tables, trends, comparison and distribution for any unit."""
