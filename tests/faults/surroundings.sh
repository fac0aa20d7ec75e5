#!/usr/bin/env bash
# What a machine is set to changes no number: surroundings.sh HYPOFP.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
settings="--set time.end=2 --set output.checkpoint_interval=1"
$hypofp run $perturbed $settings --out plain >said 2>&1 || cat said
# the same series, the same summary but for what it cost, the same pictures
alike() {
  same plain "$1" && cmp plain/decay.png "$1/decay.png" && cmp plain/fields.png "$1/fields.png" && /usr/bin/python3 - plain "$1" <<'P'
import json, sys
def told(x):
    if isinstance(x, dict):
        return {k: told(v) for k, v in x.items() if k not in ("cost", "crc32", "seconds")}
    return [told(v) for v in x] if isinstance(x, list) else x
a, b = (told(json.load(open(f"{d}/summary.json"))) for d in sys.argv[1:])
sys.exit(a != b)
P
}
in_surroundings() { # property command...
  "${@:2}" $hypofp run $perturbed $settings --out other >said 2>&1 && alike other && "${@:2}" $hypofp plot other >said 2>&1 && alike other
  verdict $? "$1"
  rm -rf other
}
if localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 2>/dev/null && [ "$(LOCPATH=$work LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 0,5' 2>/dev/null)" = 0,5 ]; then
  in_surroundings "a comma for decimals" env LOCPATH="$work" LC_ALL=de_DE.UTF-8
else
  echo "SKIP a comma for decimals (the package locales is not installed)"
fi
in_surroundings "no locale, HOME or TMPDIR, another time zone, a strict umask" \
  env -u LANG -u HOME -u TMPDIR LC_ALL=C TZ=Asia/Kathmandu bash -c 'umask 077; exec "$@"' bash
in_surroundings "a lax umask" bash -c 'umask 000; exec "$@"' bash
mkdir -p "Übung mit Leerzeichen/наука" && cp $perturbed "Übung mit Leerzeichen/θ1 fall.toml"
(cd "Übung mit Leerzeichen" && $hypofp run "θ1 fall.toml" $settings --out "наука/ergebnis 1") >said 2>&1 && alike "Übung mit Leerzeichen/наука/ergebnis 1"
verdict $? "a path with spaces and letters beyond ASCII"
(cd "Übung mit Leerzeichen" && timeout 100 mpirun -n 2 --oversubscribe $hypofp run "θ1 fall.toml" $settings --set time.end=3 --out "наука/ergebnis 1" --resume) >said 2>&1 &&
  grep -q "resumed at t" said
verdict $? "and it is resumed there, on two ranks"
finish
