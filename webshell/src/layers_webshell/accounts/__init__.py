"""Accounts room of the web shell: who may sign in, how, and on which devices. The core knows persons only."""
