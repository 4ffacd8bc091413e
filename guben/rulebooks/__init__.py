"""The shipped rules, one TOML file per family, with their examples beside them."""
