"""The plugin that `layers new-plugin` copies, and the copying.

`template-plugin/` is a whole distribution with tests of its own; nothing of it is imported here.
"""
