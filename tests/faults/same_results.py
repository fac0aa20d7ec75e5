"""same_results.py WHOLE RESUMED BEFORE SAID LOST [relative]: a resumed run has the rows and the snapshots of one that was left alone, each once,
to the bit or within `relative`; and goes on (SAID) from the newest checkpoint that stood in BEFORE, at most LOST before the last row
there, where rows were still to come."""
import glob
import os
import re
import sys

import h5py
import numpy as np

whole, resumed, before, said, lost = sys.argv[1:6]
relative = float(sys.argv[6]) if len(sys.argv) > 6 else 0.0


def datasets(path):
    with h5py.File(path) as file:
        found = {}
        file.visititems(lambda name, node: found.__setitem__(name, np.atleast_1d(node[()])) if isinstance(node, h5py.Dataset) else None)
        return found


def same(files):
    """Pairs of files, over time: the measure of a gap is a quantity's largest value at any time."""
    pairs = [(datasets(a), datasets(b)) for a, b in files]
    largest = {}
    for a, b in pairs:
        assert a.keys() == b.keys(), (a.keys(), b.keys())
        for name in a:
            largest[name] = max(largest.get(name, 0), np.nanmax(np.abs(a[name]), initial=0))
    for a, b in pairs:
        for name in a:
            assert a[name].shape == b[name].shape, (name, a[name].shape, b[name].shape)
            if name in ("g_min", "edge") and relative:
                continue  # of the size of rounding here
            gap = np.nanmax(np.abs(a[name] - b[name]), initial=0)
            bits = np.array_equal(a[name], b[name], equal_nan=True)
            assert bits if relative == 0 else gap <= relative * largest[name], (name, gap, largest[name])


same([(f"{whole}/series.h5", f"{resumed}/series.h5")])
files = [sorted(os.path.relpath(f, folder) for f in glob.glob(f"{folder}/**", recursive=True)) for folder in (whole, resumed)]
assert files[0] == files[1], set(files[0]) ^ set(files[1])
assert not glob.glob(f"{resumed}/**/.*hypofp-tmp", recursive=True, include_hidden=True)
same([(name, name.replace(whole, resumed, 1)) for name in glob.glob(f"{whole}/fields/*.h5")])
assert open(f"{whole}/fields.xdmf").read() == open(f"{resumed}/fields.xdmf").read()
at = re.search(r"resumed at t = (\S+)", open(said).read())
at = float(at.group(1)) if at else 0.0
last = 0.0
if os.path.exists(f"{before}/series.h5"):
    with h5py.File(f"{before}/series.h5") as file:
        last = file["time"][-1]
kept = [0.0]
for slot in glob.glob(f"{before}/checkpoint-?.h5"):
    with h5py.File(slot) as file:
        kept.append(file.attrs["time"][0])
assert abs(at - max(kept)) < 1e-5 * max(kept) + 1e-9, f"resumed at {at}, there were checkpoints of {kept}"
with h5py.File(f"{whole}/series.h5") as file:
    end = file["time"][-1]
assert last == end or at >= last - float(lost) - 1e-9, f"resumed at {at}, the series went to {last}"
print(f"the series stood at {last:.4g}, went on from {at:.4g}")
