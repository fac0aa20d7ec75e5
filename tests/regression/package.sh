#!/usr/bin/env bash
# Installed, and as a Debian package unpacked into a folder, the program runs the quickstart case. package.sh BUILD
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
quickstart() { # prefix
  "$1/bin/hypofp" run "$1/share/hypofp/cases/quickstart.toml" --quiet --set time.end=2 --out "$work/results" | grep "results:"
  [ -e "$work/results/summary.json" ]
}
cmake --install "$build" --prefix "$work/installed" >/dev/null
quickstart "$work/installed"
cpack --config "$build/CPackConfig.cmake" -B "$work/package" >log 2>&1 || { cat log; exit 1; }
package=$(ls "$work"/package/*.deb)
depends=$(dpkg-deb --field "$package" Depends)
for library in libpetsc libslepc libhdf5-openmpi libopenmpi libginac libfmt; do
  [[ $depends == *$library* ]] || { echo "the package does not depend on $library: $depends"; exit 1; }
done
dpkg-deb --extract "$package" "$work/root"
quickstart "$work/root/usr"
[ "$("$work/root/usr/bin/hypofp" --version | head -1 | awk '{print $2}')" = "$(dpkg-deb --field "$package" Version)" ]
if command -v help2man >/dev/null; then
  for word in "hypofp run" "\\-\\-resume" "certify"; do grep -qF -e "$word" "$work/root/usr/share/man/man1/hypofp.1"; done
fi
echo "$(basename "$package"): $(du -k "$package" | cut -f1) kB, depends on $depends"
