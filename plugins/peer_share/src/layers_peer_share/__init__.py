"""Peer share: pass on what worked to colleagues and other practices."""
