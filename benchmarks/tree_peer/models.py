"""A unit as django-treebeard's materialised path keeps it: the columns that a list of units shows, nothing dated."""

from __future__ import annotations

from django.db import models
from treebeard.mp_tree import MP_Node


class PeerUnit(MP_Node):
    steplen = 4
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=24)
    territory = models.CharField(max_length=12, blank=True)

    class Meta:
        app_label = "tree_peer"
