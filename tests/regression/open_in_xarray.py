"""Opens a run's snapshots as one data set along time: open_in_xarray.py FOLDER ENGINE. Then runs the example of io/README.md there."""
import contextlib
import glob
import io
import json
import os
import re
import sys

import numpy as np
import xarray

folder, engine = sys.argv[1:3]
files = sorted(glob.glob(f"{folder}/fields/*.h5"))
with open(f"{folder}/summary.json") as text:
    summary = json.load(text)
d = summary["case"]["model"]["dimension"]
with xarray.open_dataset(files[0], engine=engine) as one:
    assert one.attrs["case"] == open(f"{folder}/case.toml").read(), one.attrs["case"]
    assert one.attrs["hypofp"] == summary["versions"]["hypofp"] and one.attrs["commit"] == summary["versions"]["commit"], one.attrs
    assert float(one.time) == 0 and "time" in one.coords, one
    assert not [name for name in one.dims if "phony" in str(name)], one.dims
with xarray.open_mfdataset(files, engine=engine, combine="nested", concat_dim="time") as data:
    assert data.sizes["time"] == len(files) and np.all(np.diff(data.time) > 0), data
    assert float(data.time[-1]) == summary["final"]["time"], data.time
    planes = [("g", "F", "x", "v")] if d == 1 else [(f"g_x{i}_v{i}", f"F_x{i}_v{i}", f"x{i}", f"v{i}") for i in range(1, d + 1)]
    for g, F, x, v in planes:
        assert data[g].dims == ("time", x, v), data[g]
        assert data[x].dims == (x,) and data[x].attrs["units"] == "x" and data[v].attrs["long_name"].startswith("velocity v"), data[x]
        cell = float((data[x][1] - data[x][0]) * (data[v][1] - data[v][0]))
        assert np.allclose((data[g].sum((x, v)) * cell), 1, atol=1e-3), data[g].sum((x, v)) * cell
        assert data[g].attrs["units"] and data[g].attrs["long_name"], data[g].attrs
        # axes are where they say: the mean of x under F
        mean = float((data[F] * data[x]).isel(time=0).sum()) * cell
        assert abs(mean - summary["steady"]["mean"][planes.index((g, F, x, v))]) < 1e-6, mean
    if d == 1:
        assert data.psi.dims == ("time", "x", "v") and {"theta", "y", "time"} <= set(data.psi.coords), data.psi
        m = summary["case"]["model"]
        theta = -(data.v + m["gamma"] * data.x) / m["omega0"] ** 2
        assert np.allclose(data.theta.transpose("x", "v"), theta.transpose("x", "v")), data.theta
    else:
        axes = tuple(f"theta{i}" for i in range(1, d + 1))
        assert data.g_theta_space.dims == ("time",) + axes, data.g_theta_space
with xarray.open_dataset(f"{folder}/series.h5", engine=engine) as series:
    assert series.attrs["case"] == one.attrs["case"] and "theta1" in series, series

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
example = re.search(r"```python\n(.*?)```", open(f"{root}/io/README.md").read(), re.S).group(1)
assert len(example.splitlines()) <= 10, example
if d == 1:
    with contextlib.redirect_stdout(io.StringIO()) as told:
        exec(example.replace("results/quickstart", folder))
    assert all(words in told.getvalue() for words in ("[model]", "E x =", "E theta at the end")), told.getvalue()
print(f"{len(files)} snapshots are one data set by {engine}")
