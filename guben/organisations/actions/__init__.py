"""The verbs of the tree, the teams, the groups and the sites; each in one transaction with its history entry."""

from guben.organisations.actions.bulk import NewUnit, found_many
from guben.organisations.actions.corrections import correct, hindrances
from guben.organisations.actions.exports import export_units
from guben.organisations.actions.index import rebuild_index
from guben.organisations.actions.proof import check_tree, prove_tree
from guben.organisations.actions.reform import carry_out, rehearse
from guben.organisations.actions.sites import add_site, change_site, close_site
from guben.organisations.actions.teams import add_group, add_post, close_group, close_post, elect_team
from guben.organisations.actions.tree import dissolve, found, keep_from, move, rename

__all__ = [
    "NewUnit",
    "add_group",
    "add_post",
    "add_site",
    "carry_out",
    "change_site",
    "check_tree",
    "close_group",
    "close_post",
    "close_site",
    "correct",
    "dissolve",
    "elect_team",
    "export_units",
    "found",
    "found_many",
    "hindrances",
    "keep_from",
    "move",
    "prove_tree",
    "rebuild_index",
    "rehearse",
    "rename",
]
