"""The bot half of Baton: what runs inside Rasa, on loopback, behind the turn contract.

The gateway hands one customer message over as a *turn* and gets back what the bot says, what follows from it
(a handoff, a language, details for an agent) and what was understood. Start it with ``python -m bot.run``.
"""
