#!/usr/bin/env bash
# Snapshots of d = 1, 2, 3 opened in xarray by both engines, and those of a run in progress. xarray.sh HYPOFP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
run=
trap '[ -z "$run" ] || { kill $run; wait $run; } 2>/dev/null || true; rm -rf "$work"' EXIT
"$hypofp" run "$root/cases/underdamped.toml" --set 'grid.cells=[32,36]' --set output.fields_interval=5 --quiet --out "$work/1" >/dev/null
"$hypofp" run "$root/cases/plane.toml" --set 'grid.cells=[12,14]' --set grid.half_width=5 --set time.end=1 --set output.fields_interval=0.5 --quiet --out "$work/2" >/dev/null
"$hypofp" run "$root/cases/space.toml" --set 'grid.cells=[10,10]' --set time.end=0.4 --set output.fields_interval=0.2 --quiet --out "$work/3" >/dev/null
for engine in h5netcdf netcdf4; do
  /usr/bin/python3 -c "import dask, ${engine/netcdf4/netCDF4}" 2>/dev/null || { echo "python has no $engine with dask: left out"; continue; }
  for d in 1 2 3; do /usr/bin/python3 "$root/tests/regression/open_in_xarray.py" "$work/$d" $engine; done
done
"$hypofp" run "$root/cases/underdamped.toml" --quiet --set time.end=3000 --set output.fields_interval=0.1 --out "$work/going" >/dev/null 2>&1 &
run=$!
/usr/bin/python3 - "$work/going" $run <<'END'
import glob, os, sys, time
import xarray
folder, run = sys.argv[1], int(sys.argv[2])
seen = []
for _ in range(600):
    files = sorted(glob.glob(f"{folder}/fields/*.h5"))
    if files:
        with xarray.open_dataset(files[-1], engine="h5netcdf") as data:
            assert data.g.shape == (len(data.x), len(data.v)) and float(data.g.max()) > 0
        seen.append(len(files))
    if len(set(seen)) > 5:
        break
    time.sleep(0.05)
os.kill(run, 0)
assert len(set(seen)) > 5, seen
print(f"a run in progress is read: {seen[0]} to {seen[-1]} snapshots")
END
