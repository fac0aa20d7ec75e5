"""same_series.py A B [relative]: the series of two result folders agree: to the bit, or within `relative` of each quantity's largest value
(of theta's spread)."""
import sys

import h5py
import numpy as np


def same_series(one, other, relative=0.0):
    with h5py.File(f"{one}/series.h5") as a, h5py.File(f"{other}/series.h5") as b:
        assert set(a) == set(b), set(a) ^ set(b)
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


if __name__ == "__main__":
    same_series(*sys.argv[1:3], *map(float, sys.argv[3:]))
    print("the same series")
