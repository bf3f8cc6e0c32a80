"""Reading publishers: http and mailbox are edges, everything else is pure.

A body comes from `http` as Retrieved and leaves `feeds`, `jsonfeed`, `pages` or `newsletters` as Document or Entry.
"""
