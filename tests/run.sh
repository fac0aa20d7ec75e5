#!/usr/bin/env bash
# The same set-up as cases/quickstart.sh, then every test.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HYPOFP_TESTS=ON
source "$root/tests/setup.sh"
ctest --preset "$preset" -j2
