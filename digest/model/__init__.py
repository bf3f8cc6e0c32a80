"""The frozen types that travel along the flow, one file for each stage.

    sources → fetch → archive → tag → cluster → decide → rank → edition → render → deliver
    Source → Retrieved → Item → TaggedItem → Story → DecidedStories → RankedStory → Edition → files
    → Delivery

A stage adds a type of its own and never fills the fields of an earlier one. All times are aware and
in UTC.
"""
