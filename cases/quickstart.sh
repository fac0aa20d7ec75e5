#!/usr/bin/env bash
# From a fresh Debian 12 machine to a verified decay: installs what is missing, builds, runs the first case.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HYPOFP_TESTS=${HYPOFP_TESTS:-OFF}
source "$root/tests/setup.sh"
"build/$preset/hypofp" run cases/quickstart.toml
