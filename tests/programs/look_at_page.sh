#!/usr/bin/env bash
# Opens a page in a headless browser, by day and by night, on a wide screen and on a narrow one: it must say nothing on
# its console, show all of its images and drawings, and not be wider than the screen.
# usage: look_at_page.sh PAGE IMAGES DRAWINGS [SCREENSHOT]
set -euo pipefail
page=$1 images=$2 drawings=$3 screenshot=${4:-}

for name in chromium chromium-browser google-chrome google-chrome-stable; do
  browser=$(command -v "$name" || true)
  [[ -z $browser ]] || break
done
if [[ -z $browser ]]; then
  echo "SKIP: no browser to look at a page with (Debian: chromium)"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
see() {  # OPTIONS…
  timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" \
    --no-first-run --disable-extensions --enable-logging=stderr "$@" 2>"$work/log" || {
    echo "FAILED: $browser $*" >&2 && cat "$work/log" >&2 && exit 1
  }
  if grep ":CONSOLE" "$work/log" >&2; then echo "FAILED: the page writes to the console" >&2 && exit 1; fi
}

# A copy of the page says what can be seen.
script='<script>addEventListener("load", () => {
  const images = [...document.images], drawings = [...document.querySelectorAll("svg")];
  document.body.dataset.seen = `images ${images.filter(i => i.complete && i.naturalWidth > 0 && i.width > 20).length}`
    + ` of ${images.length}, drawings ${drawings.filter(d => d.getBoundingClientRect().width > 100).length}`
    + ` of ${drawings.length}, too wide by ${Math.max(0, document.documentElement.scrollWidth - innerWidth)}`; })</script>'
while IFS= read -r line; do
  [[ $line != "</body>" ]] || printf '%s\n' "$script"
  printf '%s\n' "$line"
done <"$page" >"$work/copy.html"
wanted="images $images of $images, drawings $drawings of $drawings, too wide by 0"
for width in 1200 500; do
  see --window-size=$width,900 --dump-dom "file://$work/copy.html" >"$work/dom"
  seen=$(grep -oE 'data-seen="[^"]*"' "$work/dom" || true)
  [[ $seen == "data-seen=\"$wanted\"" ]] || { echo "FAILED: expected $wanted at $width pixels, the browser sees: $seen" && exit 1; }
done

number() { od -An -tu1 -j "$2" -N 4 "$1" | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 }'; }  # big-endian
cp "$page" "$work/page.html"
for night in 1 0; do
  see --window-size=1100,1600 --blink-settings=preferredColorScheme=$night --screenshot="$work/$night.png" \
    "file://$work/page.html"
  [[ $(number "$work/$night.png" 16) -eq 1100 && $(number "$work/$night.png" 20) -eq 1600 ]] ||
    { echo "FAILED: the screenshot has another size" && exit 1; }
  [[ $(stat -c %s "$work/$night.png") -gt 15000 ]] || { echo "FAILED: the screenshot is all but empty" && exit 1; }
done
if cmp -s "$work/0.png" "$work/1.png"; then echo "FAILED: the page looks the same by day and by night" && exit 1; fi
[[ -z $screenshot ]] || cp "$work/1.png" "$screenshot"
echo "The page shows $wanted"
