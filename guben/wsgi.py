"""The web server's door."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")
application = get_wsgi_application()

# What every page needs stays until the end: it is not looked through again and again for what may go, which held some
# page up for a tenth of a second.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
