"""The HTTP API and the tools for agents."""
