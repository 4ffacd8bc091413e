#!/bin/sh
# Collects all marked texts into guben/locale/en (needs gettext: apt-get install gettext), then says what is missing.
# For developers; running the house needs no gettext.
set -eu
cd "$(dirname "$0")/.."
command -v xgettext >/dev/null || { echo "xgettext is missing: install the package gettext." >&2; exit 1; }
python="${PYTHON:-python}"
mkdir -p guben/locale
# Not from the folder itself: its package statistics would stand before that of Python.
(cd guben && PYTHONSAFEPATH=1 PYTHONPATH=.. "$python" -m guben manage makemessages --locale en --no-location --no-obsolete --no-wrap \
    --ignore 'static/*' --extension html,py,txt)
"$python" -c 'from guben.kit.catalogues import compile_catalogues; compile_catalogues()'
"$python" scripts/check_catalogues.py
