"""Opens the ensembles of folders as a user would, and holds the first to what is exact and the others to its bits: read_ensemble.py DIR..."""
import json
import sys

import h5py
import numpy as np
import xarray

folder = sys.argv[1]
summary = json.load(open(folder + "/summary.json"))
ensemble = summary["ensemble"]
rows = ensemble["steps"] // ensemble["interval"] + 1
d = summary["case"]["model"]["dimension"]

root = xarray.open_dataset(folder + "/ensemble.h5", engine="h5netcdf")
assert root["ks_theta"].dims == ("step", "index") and root["ks_theta"].shape == (rows, d)
assert float(root["ks_theta"][0].max()) < 0.02 and float(root["ks_y"].max()) < 0.2, "distances to the PDE's marginals"
assert np.allclose(root["time"], root["step"] * ensemble["delta_t"])
for group in ("algorithm", "sde", "pde", "exact_algorithm", "exact_sde"):
    data = xarray.open_dataset(folder + "/ensemble.h5", engine="h5netcdf", group=group)
    assert data["mean"].shape == (rows, 2 * d) and data["covariance"].shape == (rows, 2 * d, 2 * d), group
    assert data["excess_loss"].shape == (rows,) and np.isfinite(data["excess_loss"]).all(), group
    assert ("mean_se" in data) == (group in ("algorithm", "sde")), group

with h5py.File(folder + "/ensemble.h5") as f:
    for sampled, exact in (("algorithm", "exact_algorithm"), ("sde", "exact_sde")):
        for moment in ("mean", "covariance"):
            off = np.abs(f[sampled][moment][:] - f[exact][moment][:]) / f[sampled][moment + "_se"][:]
            assert off.max() < 4.5, (sampled, moment, off.max())
    assert np.abs(f["pde/covariance"][:] - f["exact_sde/covariance"][:]).max() < 1e-3 * f["exact_sde/covariance"][:].max()

contraction = ensemble["contraction_per_step"]
assert abs(contraction["algorithm"] - contraction["exact_linear"]) < 0.02
second = ensemble["second_moment_per_step"]
assert abs(second["algorithm"] - second["exact_linear"]) < 0.01
assert abs(contraction["pde"] - contraction["derived"]) < 1e-4
assert ensemble["delay_noise_share"] > 0 and ensemble["ran_off"]["algorithm"] == 0
assert ensemble["thresholds"]["algorithm"] > ensemble["thresholds"]["model"]

for other in sys.argv[2:]:
    with h5py.File(folder + "/ensemble.h5") as one, h5py.File(other + "/ensemble.h5") as two:
        for group in ("algorithm", "sde", "exact_algorithm", "exact_sde"):
            for name, values in one[group].items():
                same = name.startswith("ks_") or np.array_equal(values[:], two[group][name][:])  # ks_: to the PDE, whose sums have an order
                assert same, f"{group}/{name} differs from {other}'s"
print(f"{folder}: {rows} rows, as they should be")
