#!/usr/bin/env bash
# Every case that ships: checked, run (the long ones shortened), and its results opened. cases.sh HYPOFP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
for case in "$root"/cases/*.toml; do
  name=$(basename "$case" .toml)
  echo "== $name"
  short=()
  [ "$name" = space ] && short=(--set time.end=0.5 --set grid.cells=10)
  [ "$name" = bump ] && short=(--by witness)
  [ "$name" = bump ] || "$hypofp" check "$case" | tail -1
  "$hypofp" run "$case" --quiet --out "$work/$name" "${short[@]}" | grep "results:"
  for picture in decay.png theta.png fields.png report.md report.html; do test -s "$work/$name/$picture"; done
done
/usr/bin/python3 "$root/tests/regression/read_results.py" "$work"/*
