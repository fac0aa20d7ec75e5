# Sourced by the end-to-end tests, with the program as $1: a folder to work in.
hypofp=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1
undrawn=$root/tests/undrawn:$PATH  # a PATH for runs whose pictures no test looks at: they are half of a small run's time
