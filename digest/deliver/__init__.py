"""Edition → readers: what is said (message, webhook: pure), to whom and in which order (plan, release: pure), and the
handing over (smtp: the edge).

The promise is that nothing is sent twice and nothing unsent is told as sent. It rests on the ledger (archive.mark):
a parcel is `intended` before anything is done for it, `handed over` before the first byte that could deliver it, and
`accepted` or `refused` by the other side's own words. What lies between the last two when a process dies or a line
drops is `unknown`, and only a person resolves it.
"""
