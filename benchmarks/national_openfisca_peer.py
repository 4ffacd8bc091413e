"""Runs in OpenFisca's own virtual environment: formulas over the columns of units, each calculated once.

python national_openfisca_peer.py FOLDER    # with input.npz and formulas.json; writes verdicts.npz, prints a line
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

MONTH = periods.DateUnit.MONTH


def divided(left, right):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(right == 0, np.nan, left / right)


def verdict(about, holds, fails):
    return np.where(about, np.where(holds, 1, np.where(fails, 2, 3)), 0)


def formula_of(code):
    def formula(unit, period):
        names = {"get": lambda name: unit(name, period), "divided": divided, "unknown": np.isnan, "verdict": verdict}
        return eval(code, names)

    return formula


def main(folder):
    columns = dict(np.load(folder / "input.npz"))
    formulas = json.loads((folder / "formulas.json").read_text())
    entity = entities.build_entity("unit", "units", "A unit", is_person=True)
    system = taxbenefitsystems.TaxBenefitSystem([entity])
    shared = {"entity": entity, "definition_period": MONTH}
    for name in columns:
        system.add_variable(type(name, (variables.Variable,), {**shared, "value_type": float}))
    for number, (key, text) in enumerate(formulas.items()):
        code = compile(text, key, "eval")
        members = {**shared, "value_type": int, "formula": formula_of(code)}
        system.add_variable(type(f"v{number}", (variables.Variable,), members))
    units = len(next(iter(columns.values())))
    period = periods.period("2024-12")  # any one will do: nothing here reaches back
    begun, used = time.perf_counter(), time.process_time()
    simulation = simulations.SimulationBuilder().build_default_simulation(system, count=units)
    for name, values in columns.items():
        simulation.set_input(name, period, values)
    found = {key: simulation.calculate(f"v{number}", period) for number, key in enumerate(formulas)}
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    np.savez(folder / "verdicts.npz", **found)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "processor": processor, "mb": memory, "count": units}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
