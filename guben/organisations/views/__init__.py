"""The pages of the tree and of a unit's own records, one module per noun."""
