"""Delivery of an edition: messages (message, webhook), states (release), order (plan), smtp.

The promise is that nothing is sent twice and nothing unsent is reported as sent. It rests on the
ledger (`Archive.record_deliveries`): a delivery is `intended` before anything is done for it,
`handed over` before the first byte that could complete it, and `accepted` or `refused` by the other
side's own answer. What lies between the last two when a process dies or a connection drops is
`unknown`, and only a person resolves it.
"""
