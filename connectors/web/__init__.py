"""The web chat: sessions, messages, events, the live socket, and the widget's page. `routes.ChatRoutes` serves it."""
