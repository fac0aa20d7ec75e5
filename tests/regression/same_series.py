"""same_series.py A B [relative]: the series of two result folders agree: to the bit, or within `relative` of each quantity's largest value
(of theta's spread)."""
import sys

import h5py
import numpy as np

a, b = (h5py.File(f"{folder}/series.h5", "r") for folder in sys.argv[1:3])
relative = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
for name in a:
    x, y = a[name][:], b[name][:]
    assert x.shape == y.shape, (name, x.shape, y.shape)
    if name == "g_min" and relative:
        continue  # undershoots are rounding
    scale = np.max(np.abs(x))
    if name.startswith("theta"):  # may vanish: against the spread of theta
        scale = np.prod([np.sqrt(np.max(a[f"{part}_{part}"][:])) for part in name.split("_")])
    worst = np.max(np.abs(x - y)) / scale
    assert worst <= relative, (name, worst)
print("the same series")
