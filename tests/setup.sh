#!/usr/bin/env bash
# Installs what is missing (Debian 12 packages), configures and builds. Sourced by cases/quickstart.sh and tests/run.sh.
# HYPOFP_PRESET: release (default), debug or sanitize. HYPOFP_TESTS=OFF builds the program alone.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=${HYPOFP_PRESET:-release}

needed=(g++ cmake ninja-build pkg-config petsc-dev slepc-dev libhdf5-openmpi-dev openmpi-bin libeigen3-dev libboost-dev
        libfmt-dev libtomlplusplus-dev libginac-dev libcli11-dev nlohmann-json3-dev librandom123-dev gnuplot-nox)
[ "${HYPOFP_TESTS:-ON}" = ON ] && needed+=(libgtest-dev python3-h5py python3-xarray python3-h5netcdf)
missing=()
for package in "${needed[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}"
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
cd "$root"
cmake --preset "$preset" -DHYPOFP_TESTS="${HYPOFP_TESTS:-ON}" >build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
rm -f build-configure.log
echo "building ($preset)"
cmake --build --preset "$preset"
