"""What the bot can do: Rasa custom actions and forms. The shop behind them is in `actions.shop`.

    turn.py           one turn as an action reads it
    flows.py          the tasks, how they begin, pause, end and are forgotten
    forms.py          what every form does: read the message, check the answers, choose the next question
    verification.py   who may hear about which order
    orders.py         the base of forms about one order
    order_status.py returns.py refunds.py cancellations.py addresses.py    one task each
    matters.py        what it is about, as the topic for a person
    handoff.py callbacks.py    getting a person, now or by phone
    conversation.py   beginning and leaving a task, starting over
    misunderstandings.py    when the bot does not follow, or can't tell which of two things is meant
    languages.py      speaking another language
    named.py words.py spoken_times.py slot_times.py    reasons and topics, dates and amounts, times
    internal_api.py   the gateway, as actions see it

No sentence for the customer stands here: actions name responses of data/responses/ and fill in their variables.
"""
