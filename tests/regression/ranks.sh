#!/usr/bin/env bash
# Two and four ranks give what one gives, and a resolved case what its case gives: every case that ships and every command, shortened.
# ranks.sh HYPOFP. It wants the cores for itself: ranks that share them with another process wait for it at each exchange.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
PATH=$undrawn
# both RANKS COMMAND CASE SETTING...: by one rank, and from its resolved case by others
both() {
  local ranks=$1 name
  shift
  name=$work/$1-$(basename "$2" .toml)
  "$hypofp" "$@" --quiet --out "$name-one" >/dev/null
  mpirun -n $ranks --oversubscribe "$hypofp" $1 "$name-one/case.toml" --quiet --out "$name-many" >/dev/null
}
ranks=4
for case in "$root"/cases/*.toml; do
  ranks=$((6 - ranks))
  case $(basename "$case") in
    bump.toml) ;;  # by the witness, see there
    space.toml) both $ranks run "$case" --set time.end=0.5 --set grid.cells=10 ;;
    *) both $ranks run "$case" --set time.end=2 ;;
  esac
done
small=(--set grid.cells=32 --set witness.degree=12)
both 4 spectrum "$root/cases/quickstart.toml" "${small[@]}"
both 2 certify "$root/cases/quickstart.toml" "${small[@]}"
both 2 optimal "$root/cases/quickstart.toml" "${small[@]}"
for case in "$root"/cases/asgd/*.toml; do
  ranks=$((6 - ranks))
  workers=()
  [ "$(basename "$case")" = workers.toml ] && workers=(--set workers.paths=1000 --set workers.count=[4] --set workers.updates=200)
  both $ranks asgd "$case" --set ensemble.paths=2000 --set ensemble.steps=20 "${workers[@]}"
done
for folder in one many; do
  start=(); [ $folder = one ] || start=(mpirun -n 2 --oversubscribe)
  "${start[@]}" "$hypofp" sweep "$root/cases/quickstart.toml" --set 'sweep={what="run","grid.cells"=[24,26]}' --set time.end=8 \
    --set witness.degree=off --quiet --out "$work/sweep-$folder" >/dev/null
done
/usr/bin/python3 "$root/tests/regression/same_on_ranks.py" "$work"
