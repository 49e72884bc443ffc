"""Work that takes longer than somebody waits for a page: done aside, watched, taken over where its process ended.

A plugin keeps a row of `models.AsideRow` for each piece of work and has it done by `job.start`; why it is so stands in
docs/decisions/0011.
"""
