"""Every kind of file is read in its own layout, and known when it is taken for another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from samples import SAMPLES, Sample

import computeplan
from computeplan.imports.catalog import KINDS

OUTSIDE = Path(__file__).parents[3] / "shared" / "layouts"
FOLDERS = {
    "electricity_maps": "electricity-maps", "uk_carbon_intensity": "uk-carbon-intensity",
    "energy_charts": "energy-charts", "cn_96points": "cn-points", "open_meteo": "open-meteo",
    "renewables_ninja": "renewables-ninja",
}  # fmt: skip
"""Kinds by the folders of outside files, where the names differ."""
PARTS = {"mean": np.nanmean, "min": np.nanmin, "max": np.nanmax}


def write(sample: Sample, folder: Path) -> Path:
    path = folder / sample.name
    content = sample.content
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.kind}-{sample.name}")
def test_a_file_is_read_in_its_layout(sample, tmp_path):
    imported = computeplan.import_series(sample.kind, [write(sample, tmp_path)])
    assert [each.label for each in imported.series] == [label for label, *_ in sample.series]
    for each, (label, unit, start, step_min, values) in zip(imported.series, sample.series, strict=True):
        assert (each.unit, each.grid.step_s) == (unit, 60 * step_min), label
        assert np.datetime64(each.grid.start_s, "s") == np.datetime64(start.removesuffix("Z")), label
        np.testing.assert_allclose(each.grid.values, values, rtol=1e-12, err_msg=label)


def test_every_kind_has_a_sample():
    assert {sample.kind for sample in SAMPLES} == set(KINDS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.kind}-{sample.name}")
def test_a_file_of_another_kind_is_recognized(sample, tmp_path):
    path = write(sample, tmp_path)
    for kind in KINDS.keys() - {sample.kind}:
        message = re.escape(f"a file of {kind} (") + ".*" + re.escape(f"one that looks like {sample.kind};")
        with pytest.raises(computeplan.SourceError, match=message):
            computeplan.import_series(kind, [path])


def outside() -> dict[str, dict]:
    if not OUTSIDE.is_dir():
        pytest.skip("the outside layouts are not here: no ../shared/layouts beside the project")
    known = json.loads((OUTSIDE / "expected_series.json").read_text(encoding="utf-8"))
    return {file: series for file, series in known.items() if isinstance(series, dict) and "/" in file}


def test_outside_files_hold_what_is_known_of_them():
    for file, known in outside().items():
        folder = file.split("/")[1]
        imported = computeplan.import_series(FOLDERS.get(folder, folder), [OUTSIDE / file])
        found = [
            {
                "start": f"{np.datetime64(each.grid.start_s, 's')}Z",
                "end": f"{np.datetime64(each.grid.end_s, 's')}Z",
                "step": each.grid.step_s // 60,
                "intervals": len(each.grid.values),
                "missing": int(each.grid.missing.sum()),
                **{name: pytest.approx(part(each.grid.values)) for name, part in PARTS.items()},
            }
            for each in imported.series
        ]
        for name, series in known.items():
            start = series.get("series_start_utc") or series["first_stamp_utc"]
            wanted = {"start": start, "end": series["series_end_utc"], "step": series["step_minutes"]}
            wanted |= {key: series[key] for key in ("intervals", "missing", *PARTS)}
            assert wanted in found, f"{file}: {name}"
