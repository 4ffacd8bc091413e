"""The rows of the table `tree`: paths, codes and names of the units of one region."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guben.generator.columns import Shape, table, texts
from guben.generator.fitting import Array
from guben.generator.trees import TERRITORY, Country
from guben.generator.units_plan import FIELDS, UNIT_KINDS

TREE = Shape(
    "tree",
    (
        ("number", "integer"), ("ends", "integer"), ("path", "text"), ("code", "text"), ("name", "text"),
        ("short_name", "text"), ("parent", "integer"), ("kind", "text"), ("field", "text"), ("territory", "text"),
    ),
)  # fmt: skip
LONG = ("委员会", "总支部委员会", "支部委员会", "联合支部委员会", "临时支部", "工作委员会")
SHORT = ("党委", "党总支", "党支部", "联合党支部", "临时党支部", "党工委")
WORDS = ("农村", "社区", "机关", "事业单位", "学校", "国有企业", "非公企业", "社会组织", "流动党员")
TOP = ("全国组织（演示数据）", "全国（演示）")


class Naming:
    """Names of all units; those without a division of their own have the nearest above them in the name."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.paths = country.paths()
        self.names = pa.array(country.names)
        self.home = country.name.astype(np.int64)
        for depth in range(1, int(country.depth.max()) + 1):
            here = np.flatnonzero((country.depth == depth) & (country.name < 0))
            self.home[here] = self.home[country.parent[here]]

    def rows(self, numbers: Array) -> Any:
        """The rows of these units."""
        country = self.country
        long, short = self._names(numbers)
        parent = country.parent[numbers]
        ids = numbers + 1
        code = pc.binary_join_element_wise("D", pc.utf8_lpad(pc.cast(pa.array(ids), pa.string()), 8, "0"), "")
        columns = {
            "number": numbers,
            "ends": country.ends[numbers],
            "path": pc.cast(pa.array(self.paths[numbers].astype(object), type=pa.binary()), pa.string()),
            "code": code,
            "name": long,
            "short_name": short,
            "parent": np.ma.array(parent + 1, mask=parent < 0),
            "kind": texts(country.kind[numbers], UNIT_KINDS),
            "field": texts(country.field[numbers], FIELDS),
            "territory": texts(country.territory[numbers], TERRITORY),
        }
        return table(TREE, ids, int(numbers[0]) if len(numbers) else 0, columns)

    def _names(self, numbers: Array) -> tuple[Any, Any]:
        country = self.country
        kind = pa.array(country.kind[numbers])
        home = pc.take(self.names, pa.array(self.home[numbers]))
        ordinal = pc.cast(pa.array(country.ordinal[numbers] + 1), pa.string())
        serial = pc.binary_join_element_wise(
            pc.take(pa.array(WORDS), pa.array(country.field[numbers])), "第", ordinal, ""
        )
        own = pa.array(country.name[numbers] >= 0)
        long = pc.binary_join_element_wise(
            "中共", home, pc.if_else(own, "", serial), pc.take(pa.array(LONG), kind), ""
        )  # fmt: skip
        short = pc.binary_join_element_wise(pc.if_else(own, home, serial), pc.take(pa.array(SHORT), kind), "")
        top = pa.array(country.parent[numbers] < 0)
        return pc.if_else(top, TOP[0], long), pc.if_else(top, TOP[1], short)
