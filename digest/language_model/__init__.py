"""A language model on demand: what it is asked, what it may cost, and how its answers are read.

Nothing here touches the network, the disk or the clock: `client` is given a way to send a question
and a way to wait, and `digest.app.model` hands them in. Answers are data: they are parsed and
bounded, and no sentence of theirs is printed before `digest.ground` and a person, or a vote, let
it.
"""
