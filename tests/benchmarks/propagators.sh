#!/usr/bin/env bash
# Time to error of the three propagators: propagators.sh HYPOFP. The reference is chebyshev at tolerance 1e-13.
set -euo pipefail
hypofp=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%-22s %-10s %9s %12s %9s %9s\n' case propagator tolerance applications seconds error
for setting in "underdamped model.gamma=1" "underdamped model.gamma=20" "quickstart time.end=10" "plane time.end=5"; do
  read -r case change <<<"$setting"
  run() { "$hypofp" run "$root/cases/$case.toml" --quiet --out "$work/$1" --set "$change" --set output.fields_interval=0 --set time.interval=0.5 "${@:2}" >/dev/null; }
  run reference --set time.tolerance=1e-13
  for propagator in chebyshev ts mfn; do
    for tolerance in 1e-5 1e-9; do
      run now --set time.propagator=$propagator --set time.tolerance=$tolerance
      /usr/bin/python3 - "$work" "$case $change" $propagator $tolerance <<'P'
import json, sys
import h5py, numpy as np
work, case, propagator, tolerance = sys.argv[1:]
cost = json.load(open(f"{work}/now/summary.json"))["cost"]
a, b = (h5py.File(f"{work}/{f}/series.h5")["h_norm"][:] for f in ("reference", "now"))
print(f"{case:22.22} {propagator:10} {tolerance:>9} {cost['applications']:12} {cost['seconds']:9.3f} {np.max(np.abs(b / a - 1)):9.1e}")
P
    done
  done
done
