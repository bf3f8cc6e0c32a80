"""The sample quarter: 2026-Q3 with a smaller 2026-Q2, invented, for `digest demo` and the tests.

Data only, no code. `sources.yaml` names the publishers; a source's feed is `feeds/<slug>.xml` or
`feeds/<slug>.json`, its letters are in `letters/`. `expected.json` holds what a careful reader
finds in it. README.md tells cast and plots. tools/make_sample.py writes feeds, letters and
expected.json.
"""
