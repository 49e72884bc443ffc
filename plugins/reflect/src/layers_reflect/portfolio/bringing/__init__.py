"""The page that brings a portfolio in."""
