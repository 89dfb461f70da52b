"""Finds the things in a message that have a form or a name: order numbers, days, amounts, products, authors' words.

`extractor.EntityExtractor` is Rasa's component; every other module finds one kind and knows nothing of Rasa.
"""
