"""The core of the Learning Layers toolkit: models, services, hooks, usage log, command line and test kit."""
