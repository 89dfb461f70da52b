"""The agents' desk: signing in, the lists, conversations and the live socket. `connectors.app` puts it together."""
