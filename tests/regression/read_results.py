"""Opens a result folder as its users would: h5py, xarray, json. read_results.py FOLDER...; the exit code tells."""
import glob
import json
import socket
import sys

import h5py
import numpy as np
import xarray

for folder in sys.argv[1:]:
    with open(f"{folder}/summary.json") as text:
        summary = json.load(text)
    d = summary["case"]["model"]["dimension"]
    names = {"mass", "h_norm", "H", "grad_x", "grad_v", "cross", "g_min", "edge"}
    with h5py.File(f"{folder}/series.h5", "r") as file:
        witness = {"witness_h_norm", "witness_H"} & set(file)
        theta = {f"theta{i}" for i in range(1, d + 1)} | {f"theta{i}_theta{j}" for i in range(1, d + 1) for j in range(1, i + 1)}
        assert len(witness) != 1 and names | witness | theta | {"time"} == set(file), set(file)
        names |= witness | theta
        rows = file["time"].shape
        for name in names:
            assert file[name].shape == rows and file[name].dims[0]["time"] == file["time"], name
            assert file[name].attrs["units"] and file[name].attrs["long_name"], name
    with xarray.open_dataset(f"{folder}/series.h5", engine="h5netcdf") as data:
        assert names <= set(data.data_vars) and "time" in data.coords and list(data.dims) == ["time"], data
        assert np.isfinite(data.h_norm.sel(time=float(data.time[-1]) / 2, method="nearest"))
    for path in glob.glob(f"{folder}/fields/*.h5"):
        with h5py.File(path, "r") as file:
            for points in file["points"].values():
                assert all(file[name].shape == points.shape[:-1] for name in points.attrs["variables"]), path
            if d == 1:  # F/M is there with eps, masked as h is
                assert ("F_over_M" in file) == ("perturbation" in summary["case"]), path
            if "F_over_M" in file:
                m, shown = summary["case"]["model"], np.isfinite(file["F_over_M"])
                x, v = np.meshgrid(file["x"], file["v"], indexing="ij")
                M = m["beta"] * m["omega0"] / (2 * np.pi) * np.exp(-m["beta"] / 2 * (m["omega0"] ** 2 * x**2 + v**2))
                assert np.array_equal(shown, np.isfinite(file["h"])) and np.all(M[shown] > 0.9e-12 * M.max()), path
                assert np.allclose((file["F_over_M"][()] * M)[shown], file["F"][()][shown], rtol=1e-2), path
            for name, field in file.items():
                if name != "points":
                    assert field.attrs["units"] and field.attrs["long_name"], name
    for path in [f"{folder}/series.h5"] + glob.glob(f"{folder}/fields/*.h5") + glob.glob(f"{folder}/checkpoint-*.h5"):
        with h5py.File(path, "r") as file:  # what made it
            said = {name: value.decode() if isinstance(value, bytes) else value for name, value in file.attrs.items()}
            assert said["case"] == open(f"{folder}/case.toml").read() and said["ranks"] == str(summary["ranks"]), path
            assert {name: said[name] for name in summary["versions"]} == summary["versions"], path
            assert socket.gethostname() not in str(said), path
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
    predicted = summary["by"] == "grid" and summary["ranks"] == 1 and "-fsanitize" not in summary["versions"]["flags"]
    assert not predicted or abs(cost["predicted_peak_bytes"] / cost["peak_bytes"] - 1) < 0.15, cost  # what check says
print("series, fields and summary open as they should")
