#!/usr/bin/env bash
# A report opened in headless Chromium, whose case tries to be markup: its text is shown, its pictures are whole, no script of it runs.
# browser.sh HYPOFP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
"$hypofp" run "$root/cases/underdamped.toml" --quiet --set time.end=2 --set output.fields_interval=1 \
  --set 'title="<script>document.title=1</script> & <img src=x onerror=document.title=2>"' --out "$work/run" >/dev/null
# what the page holds after its scripts, had it any, and how wide its pictures came out
sed 's|</body>|<script>onload=()=>{document.body.dataset.widths=[...document.images].map(i=>i.naturalWidth).join(" ")}</script></body>|' \
  "$work/run/report.html" >"$work/page.html"
HOME=$work timeout 100 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=5000 --dump-dom "file://$work/page.html" >"$work/dom" 2>/dev/null
/usr/bin/python3 - "$work/dom" <<'END'
import re, sys
dom = open(sys.argv[1]).read()
widths = [int(w) for w in re.search(r'data-widths="([^"]*)"', dom).group(1).split()]
assert len(widths) == 3 and min(widths) > 600, widths
title = re.search(r"<title>(.*?)</title>", dom, re.S).group(1)
assert title.startswith("&lt;script&gt;document.title=1"), title
assert "<h1>&lt;script&gt;" in dom and dom.count("<script") == 1
print(f"the report shows {len(widths)} pictures, {widths} pixels wide, and its title as text")
END
