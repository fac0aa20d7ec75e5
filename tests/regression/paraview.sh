#!/usr/bin/env bash
# Runs of d = 1, 2, 3 opened in ParaView's three readers. paraview.sh HYPOFP. Needs pvbatch and xvfb-run.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
"$hypofp" run "$root/cases/underdamped.toml" --set 'grid.cells=[20,30]' --set output.fields_interval=5 --quiet --out "$work/1" >/dev/null
"$hypofp" run "$root/cases/plane.toml" --set 'grid.cells=[10,12]' --set grid.half_width=5 --set time.end=1 --set output.fields_interval=0.5 --quiet --out "$work/2" >/dev/null
"$hypofp" run "$root/cases/space.toml" --set 'grid.cells=[9,10]' --set time.end=0.4 --set output.fields_interval=0.2 --quiet --out "$work/3" >/dev/null
for d in 1 2 3; do
  seen=no
  for attempt in 1 2 3; do  # a virtual display does not always come up
    if timeout -k 2 100 xvfb-run -a -s "-screen 0 1024x768x24" pvbatch "$root/tests/regression/open_in_paraview.py" "$work/$d" "$work/$d.png"; then
      seen=yes
      break
    fi
  done
  [ $seen = yes ] && test -s "$work/$d.png"
done
