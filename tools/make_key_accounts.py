"""Make the workbooks of the key-account sample, and the true values beside them.

Run it after the study, the truth or the plan of the workbooks has changed::

    python tools/make_key_accounts.py [DIR]

``DIR`` is where the files go, by default the sample's own folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml

from survey.default_truth import load_truth
from survey.definition import load_study
from survey.population import population
from survey.sample_workbook import WorkbookStyle, write_workbook
from survey.simulate import simulate

SAMPLE = Path(__file__).parents[1] / "sample_surveys" / "key_accounts"


def make(folder: Path) -> None:
    """Write ``<wave>.xlsx`` for every wave of the plan, and ``true_values.json``."""
    study = load_study(SAMPLE / "study.yaml")
    truth = load_truth(SAMPLE / "truth.yaml", study)
    plan = yaml.safe_load((SAMPLE / "workbooks.yaml").read_text(encoding="utf-8"))
    for wave, told in plan["waves"].items():
        simulated = simulate(study, truth, wave, told["n"], plan["seed"])
        style = WorkbookStyle.model_validate(told["style"])
        write_workbook(simulated.responses, study, folder / f"{wave}.xlsx", style, seed=plan["seed"])
    values = population(study, truth, list(plan["waves"]), plan["seed"]).document()
    text = json.dumps(values, ensure_ascii=False, indent=1)
    (folder / "true_values.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
