#!/usr/bin/env bash
# Makes the pictures of the README from the demo edition: docs/page-1.png, dates.png, stack.png, claims.png.
# Needs poppler-utils (pdftoppm, pdftotext). Each picture is a page of digest.pdf, found by the contents of page one.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/digest demo --workspace "$work" --quiet
paper=$(find "$work" -path '*2026-Q3/digest.pdf' | head -n 1)

draw() {  # name of the picture, number of the page
  pdftoppm -r 72 -f "$2" -l "$2" -singlefile -png "$paper" "docs/$1"
  [ "$(stat -c %s "docs/$1.png" 2>/dev/null || stat -f %z "docs/$1.png")" -lt 250000 ] || { echo "docs/$1.png is over 250 kB" >&2; exit 1; }
}

page_of() {  # the page on which the contents say that a section starts, or the next, whichever has more of a phrase
  start=$(pdftotext -layout -f 1 -l 1 "$paper" - | grep -oE "$1 +[0-9]+" | grep -oE '[0-9]+$' | head -n 1)
  here=$(pdftotext -f "$start" -l "$start" "$paper" - | grep -c "$2" || true)
  next=$(pdftotext -f $((start + 1)) -l $((start + 1)) "$paper" - | grep -c "$2" || true)
  echo $((next > here ? start + 1 : start))
}

draw page-1 1
draw dates "$(page_of 'Dates and duties' 'notice')"
draw stack "$(page_of 'Our stack' 'notice by')"
draw claims "$(page_of 'AI claims' 'Who claims it')"
