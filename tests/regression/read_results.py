"""Opens a result folder as its users would: h5py, xarray, json. read_results.py FOLDER; the exit code tells."""
import glob
import json
import sys

import h5py
import numpy as np
import xarray

folder = sys.argv[1]
names = {"mass", "h_norm", "H", "grad_x", "grad_v", "cross", "g_min", "edge"}
with h5py.File(f"{folder}/series.h5", "r") as file:
    witness = {"witness_h_norm", "witness_H"} & set(file)
    assert len(witness) != 1 and names | witness | {"time"} == set(file), set(file)
    names |= witness
    rows = file["time"].shape
    for name in names:
        assert file[name].shape == rows and file[name].dims[0]["time"] == file["time"], name
        assert file[name].attrs["units"] and file[name].attrs["long_name"], name
with xarray.open_dataset(f"{folder}/series.h5", engine="h5netcdf") as data:
    assert names <= set(data.data_vars) and "time" in data.coords and list(data.dims) == ["time"], data
    assert np.isfinite(data.h_norm.sel(time=float(data.time[-1]) / 2, method="nearest"))
for path in glob.glob(f"{folder}/fields/*.h5"):
    with h5py.File(path, "r") as file:
        for grid in file.values():
            shape = grid["points"].shape
            assert all(field.shape == shape[:-1] for name, field in grid.items() if name != "points"), path
with open(f"{folder}/summary.json") as text:
    summary = json.load(text)
for section, keys in {
    "theory": "regime mu mu_as_printed C C_hat C2 eps0 eps_bound assumption", "initial": "mass h_norm H", "final": "time mass h_norm H",
    "measured": "rate_h rate_H window uncertainty", "steady": "mean covariance theta_mean theta_covariance residual mass norm",
    "admissibility": "numerical_abscissa edge_share_of_F verdict why", "cost": "seconds applications cells peak_bytes",
}.items():
    missing = set(keys.split()) - set(summary[section])
    assert not missing, (section, missing)
assert {"case", "versions", "ranks", "verdicts"} <= set(summary)
assert all({"claim", "holds", "value", "bound"} <= set(v) for v in summary["verdicts"])
cost = summary["cost"]
assert summary["by"] == "witness" or summary["ranks"] > 1 or abs(cost["predicted_peak_bytes"] / cost["peak_bytes"] - 1) < 0.15, cost  # what check says
print("series, fields and summary open as they should")
