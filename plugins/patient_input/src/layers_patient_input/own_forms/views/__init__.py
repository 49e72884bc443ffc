"""The pages of forms: for everybody to look at, for those who make them to change."""
