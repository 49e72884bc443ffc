"""Episodes: entries gathered in named groups, kept in versions, until they become one reflection."""
