"""The same tree in django-treebeard's tables, for comparison only."""
