"""Revisions of Peer share's tables."""
