"""Opens the ensembles of a folder as a user would, and holds them to what is exact: read_ensemble.py DIR"""
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
paths = ensemble["paths"]
quadratic = "exact_sde" in h5py.File(folder + "/ensemble.h5")
assert float(root["ks_theta"][0].max()) < 0.02 + 1.7 / paths**0.5 and float(root["ks_y"].max()) < 0.2, "distances to the PDE's marginals"
assert np.allclose(root["time"], root["step"] * ensemble["delta_t"])
groups = ("algorithm", "sde", "pde") + (("exact_algorithm", "exact_sde") if quadratic else ())
for group in groups:
    data = xarray.open_dataset(folder + "/ensemble.h5", engine="h5netcdf", group=group)
    assert data["mean"].shape == (rows, 2 * d) and data["covariance"].shape == (rows, 2 * d, 2 * d), group
    assert data["excess_loss"].shape == (rows,) and np.isfinite(data["excess_loss"]).all(), group
    assert ("mean_se" in data) == (group in ("algorithm", "sde")), group

contraction = ensemble["contraction_per_step"]
with h5py.File(folder + "/ensemble.h5") as f:
    for sampled, exact in (("algorithm", "exact_algorithm"), ("sde", "exact_sde" if quadratic else "pde")):
        for moment in ("mean", "covariance"):
            if exact in f:
                off = np.abs(f[sampled][moment][:] - f[exact][moment][:]) / f[sampled][moment + "_se"][:]
                assert off.max() < 4.5, (sampled, moment, off.max())
    if quadratic:
        assert np.abs(f["pde/covariance"][:] - f["exact_sde/covariance"][:]).max() < 1e-3 * f["exact_sde/covariance"][:].max()
    if summary["case"]["title"].startswith("The algorithm on a loss with a hill"):
        # raw moments of the PDE at t = 1 and 4, by another program
        for row, (theta, y, theta2) in ((2, (-0.146199, 0.633306, 1.953767)), (8, (0.083224, -0.145989, 2.058061))):
            mean = f["pde/mean"][row]
            assert np.abs(mean - [theta, y]).max() < 2e-5, mean
            assert abs(f["pde/covariance"][row][0, 0] + mean[0] ** 2 - theta2) < 5e-5
    if "table" in summary:
        # the PDE's V is tapered and the algorithm has its own step: near, not equal
        last = f["algorithm/covariance"][-1] / f["pde/covariance"][-1]
        assert all(abs(last[i, i] - 1) < 0.1 for i in range(2 * d)), last
if quadratic:
    assert abs(contraction["algorithm"] - contraction["exact_linear"]) < 0.02
    assert abs(contraction["pde"] - contraction["derived"]) < 1e-4
    second = ensemble["second_moment_per_step"]
    assert abs(second["algorithm"] - second["exact_linear"]) < 0.01
assert ensemble["delay_noise_share"] > 0 and ensemble["ran_off"]["algorithm"] == 0
assert ensemble["thresholds"]["algorithm"] > ensemble["thresholds"]["model"]
orders = ensemble["limit"]["orders"]
assert abs(orders["mean"] - 1) < 0.1 and abs(orders["covariance"] - 1) < 0.1, orders
for of_kappa in ensemble["remark_3_3"]:
    alpha, mean = np.array(of_kappa["eta_omega0_squared"]), np.array(of_kappa["algorithm_mean"], float)
    above = (alpha > of_kappa["thresholds"]["algorithm"]) & (alpha < 1)
    assert np.allclose(mean[above], -np.log(of_kappa["kappa"]), atol=1e-6)
if "table" in summary:
    table = summary["table"]
    assert np.allclose(table["noise_eigenvalues_over_omega0_squared"], 1) and abs(table["minimum"][1] + 0.6103523761464008) < 1e-9
    assert table["share_beyond_half_R"]["algorithm"] < 0.2
if "workers" in summary:
    runs = summary["workers"]["runs"]
    with h5py.File(folder + "/workers.h5") as f:
        for r in runs:
            assert abs(r["mean_staleness"] / (r["m"] - 1) - 1) < 0.02 and abs(r["remark_3_4"] - 1) < 0.02, r
            assert abs(f[r["dataset"]]["staleness"][:].sum() - 1) < 1e-9
            assert f[r["dataset"]]["loss"].shape == f[r["dataset"]]["update"].shape == f[r["dataset"]]["loss_se"].shape
            assert f[r["dataset"]]["time"].dims[0].label is not None and f[r["dataset"]]["loss_of_time"].shape == f[r["dataset"]]["time"].shape
    best = {(r["service"], r["m"]): r for r in runs if r["chosen"] == "best"}
    assert 15.5 < best["exponential", 16]["speedup"] < 19 and abs(best["exponential", 16]["synchronous"]["speedup"] - 4.708) < 0.05
    assert best["exponential", 16]["sgd"]["time_to_target"] == 191
    assert xarray.open_dataset(folder + "/workers.h5", engine="h5netcdf", group=runs[0]["dataset"])["loss"].dims == ("update",)

print(f"{folder}: {rows} rows, as they should be")
