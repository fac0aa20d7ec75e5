"""same_on_ranks.py FOLDER: results of one rank, in NAME-one, and of several, in NAME-many. Paths have the same bits; what is summed over a
grid agrees to rounding, enlarged by what each number depends on."""
import csv
import glob
import json
import os
import sys

import h5py
import numpy as np

from same_series import same_series


def data_sets(*paths):
    """Pairs of the data sets of two files."""
    with h5py.File(paths[0]) as a, h5py.File(paths[1]) as b:
        names = []
        a.visititems(lambda at, node: names.append(at) if isinstance(node, h5py.Dataset) else None)
        assert names, paths
        return {at: (a[at][()], b[at][()]) for at in names}


def numbers(value):
    if isinstance(value, dict):
        return [x for part in value.values() for x in numbers(part)]
    if isinstance(value, list):
        return [x for part in value for x in numbers(part)]
    return [value] if isinstance(value, float) else []


compared = 0
for one in sorted(glob.glob(sys.argv[1] + "/*-one")):
    many = one.removesuffix("-one") + "-many"
    files = [file for file in ("series.h5", "ledger.h5", "ensemble.h5", "workers.h5", "sweep.csv") if os.path.exists(f"{one}/{file}")]
    for file in files:
        if file == "series.h5":
            same_series(one, many, 1e-9)
        elif file == "sweep.csv":
            for a, b in zip(*(csv.DictReader(open(f"{folder}/sweep.csv")) for folder in (one, many)), strict=True):
                assert a["point"] == b["point"] and a["status"] == b["status"] == "done"
                for name in ("h_norm_end", "H_end", "norm_of_F"):  # rates fitted to so short a series enlarge rounding 1e7-fold
                    assert abs(float(a[name]) / float(b[name]) - 1) < 1e-9, (name, a, b)
        else:
            pairs = data_sets(f"{one}/{file}", f"{many}/{file}")
            least = np.abs(pairs["quantities/dH_dt"][0][0]) if file == "ledger.h5" else None
            for name, (a, b) in pairs.items():
                if file == "ledger.h5":
                    assert np.max(np.abs(a - b)) < 1e-9 * max(least, np.max(np.abs(a))), (one, name)
                elif name.startswith("pde/") or "ks_" in name:  # ks_: distances to the PDE, whose sums have an order
                    assert np.allclose(a, b, rtol=1e-8, atol=1e-8, equal_nan=True), (one, name)
                else:
                    assert np.array_equal(a, b, equal_nan=True), (one, name)
    if not files:
        a, b = (json.load(open(f"{folder}/summary.json")) for folder in (one, many))
        key = next(key for key in ("growth", "certificate", "spectrum") if key in a)
        a, b = (np.array(numbers(summary[key])) for summary in (a, b))
        assert len(a) and len(a) == len(b) and np.max(np.abs(a - b)) < 1e-8, (one, np.max(np.abs(a - b)))
    compared += 1
assert compared == 15, compared  # a case that is no longer run would go unseen
print(f"{compared} results, the same on any number of ranks")
