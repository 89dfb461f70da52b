"""What the bot says to a message that it can make nothing of: two such answers in a row bring in a person."""

from __future__ import annotations

HELP = {
    "order_number": "utter_help_order_number",
    "contact_detail": "utter_help_contact_detail",
    "confirmed": "utter_help_yes_or_no",
    "return_items": "utter_help_choose",
    "refund_charge": "utter_help_choose",
    "callback_slot": "utter_help_choose",
    "callback_id": "utter_help_choose",
}
"""What is said when a question was not answered, before it is asked again."""
REFUSALS = frozenset(
    {
        "utter_order_number_malformed",
        "utter_contact_detail_malformed",
        "utter_return_items_unclear",
        "utter_street_malformed",
        "utter_postal_code_malformed",
        "utter_city_malformed",
        "utter_callback_slot_unclear",
        "utter_callback_slot_unknown",
        "utter_callback_phone_malformed",
    }
)
"""What is said when an answer cannot be one, before the question is asked again."""
WHAT_TO_DO = frozenset({"utter_ask_what_to_do"})
PUZZLED = WHAT_TO_DO | REFUSALS | {*HELP.values(), "utter_please_rephrase", "utter_out_of_scope", "utter_not_an_answer"}
