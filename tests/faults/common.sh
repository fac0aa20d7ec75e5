# Sourced by the tests of faults, with the program as $1: a folder to work in, two cases, and a line for each property. A FAIL says what was said, and fails the whole.
set -u
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
cd "$work"
case=$root/cases/underdamped.toml
perturbed=$root/cases/quickstart.toml
failures=0

verdict() { # good? property
  if [ "$1" = 0 ]; then
    echo "PASS $2"
  else
    echo "FAIL $2"
    failures=$((failures + 1))
    [ ! -s said ] || tail -3 said
  fi
}
same() { /usr/bin/python3 "$root/tests/regression/same_series.py" "$@" >/dev/null; }
# everything in a folder, hidden files too, with its bytes
state() { find "$1" -type f -exec sha256sum {} + | sort; }
# waits for a file as long as a busy machine may take; a test that goes on without it says so by failing
await() { for _ in $(seq 6000); do [ -e "$1" ] && return; sleep 0.01; done; }
finish() {
  echo "$failures failures"
  exit $((failures > 0))
}
