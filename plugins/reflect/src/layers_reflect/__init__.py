"""Reflect: record what you learnt and decide what to do about it."""
