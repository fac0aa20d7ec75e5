#!/usr/bin/env bash
# libFuzzer on the case file and on expressions, with address and undefined-behaviour sanitizers: fuzz.sh [seconds each] [folder]. Needs
# clang++. What it finds and what it learns stays in the folder.
set -u
seconds=${1:-30}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${2:-$root/build/fuzz}
mkdir -p "$work"/{case,expression} && cd "$work" || exit 1
flags="-std=c++20 -O1 -g -w -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I$root $(pkg-config --cflags fmt ginac tomlplusplus eigen3)"
built() { # target sources: unless it is newer than all that it may be made of
  [ -e "fuzz-$1" ] && [ -z "$(find "$root"/{io,grids,operators/epsilon,tests/fuzz} -newer "fuzz-$1" -name '*.?pp')" ] && return
  printf '#include "%s"\n' "$root/tests/fuzz/$1.cpp" "${@:2}" | clang++ $flags -x c++ - $(pkg-config --libs fmt ginac tomlplusplus) -o "fuzz-$1"  # as one, for the headers' sake
}
built case "$root"/io/case/*.cpp "$root"/io/table_file.cpp "$root"/grids/logistic.cpp && built expression "$root"/operators/epsilon/{functions,grammar,symbolic,program,expression}.cpp || exit 1
cp "$root"/cases/*.toml case
grep -oh '"[^"]*theta1[^"]*"' "$root"/cases/*.toml | tr -d '"' | split -l 1 - expression/given-
sed -n 's/^| `[a-z]*\.\([A-Za-z_0-9]*\)`.*/"\1"/p' "$root/cases/README.md" | sort -u >case.dict
printf '"%s"\n' sin cos tan asin acos atan sinh cosh tanh exp log ln sqrt abs sign erf min max pi theta1 theta2 1e-300 >expression.dict
failures=0
for target in case expression; do  # leaks: libcln keeps what it has made at its start
  ASAN_OPTIONS=detect_leaks=0 ./fuzz-$target -max_total_time=$seconds -timeout=10 -rss_limit_mb=4096 -max_len=4096 -dict=$target.dict \
    -artifact_prefix=found-$target- $target >$target.log 2>&1 || failures=$((failures + 1))
  echo "$target: $(grep -o 'Done.*' $target.log || grep -m 3 -E 'ERROR|error:|SUMMARY' $target.log)"
done
echo "$failures failures; all of it is in $work"
exit $((failures > 0))
