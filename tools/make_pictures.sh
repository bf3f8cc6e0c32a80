#!/usr/bin/env bash
# Makes the pictures of the README from the demo edition: docs/page-1.png, ai-watch.png, stack.png, radar.png.
# Needs poppler-utils (pdftoppm, pdftotext). Each picture is a page of digest.pdf, found by the name of its section.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/digest demo --workspace "$work" --quiet
paper=$(find "$work" -path '*2026-Q3/digest.pdf' | head -n 1)
pages=$(pdfinfo "$paper" | sed -n 's/^Pages: *//p')

draw() {  # name of the picture, number of the page
  pdftoppm -r 80 -f "$2" -l "$2" -singlefile -png "$paper" "docs/$1"
  [ "$(stat -c %s "docs/$1.png" 2>/dev/null || stat -f %z "docs/$1.png")" -lt 200000 ] || { echo "docs/$1.png is over 200 kB" >&2; exit 1; }
}

page_of() {  # the first page after the first that has a line with this heading alone
  for page in $(seq 2 "$pages"); do
    if pdftotext -f "$page" -l "$page" "$paper" - | grep -qx "$1"; then echo "$page"; return; fi
  done
  echo "no page has the heading $1" >&2
  exit 1
}

draw page-1 1
draw ai-watch $(("$(page_of 'AI watch')" + 1))  # the page after the heading is full of its stories
draw stack $(("$(page_of 'Your stack')" + 1))
draw radar "$(page_of 'Radar')"
