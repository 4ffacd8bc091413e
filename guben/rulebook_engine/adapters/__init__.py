"""Engines that run the checked tree: each module needs its own library, so none is imported from here.

What polars and pyarrow no longer need they give back to the system after a minute, not at once: they need it again for
the next rows, and a whole run took a fifth more of the processor to be given it anew. They read this when they are
imported.
"""

import os

os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:60000,muzzy_decay_ms:60000")  # polars
os.environ.setdefault("MIMALLOC_PURGE_DELAY", "60000")  # pyarrow
