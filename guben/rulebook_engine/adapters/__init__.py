"""Engines that run the checked tree: each module needs its own library, so none is imported from here."""
