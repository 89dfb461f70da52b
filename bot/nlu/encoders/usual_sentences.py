"""English sentences on which the sentence encoder's states are measured while its graph is built.

Nothing is learned from them but how large each number of a state gets, so they need to be of all kinds: short and long,
questions and complaints, names and numbers. Changing them changes the graph, and so its format in
`bot.nlu.encoders.minilm`.
"""

SENTENCES = (
    "hi",
    "ok thanks",
    "no",
    "Good morning, can somebody help me?",
    "where is my parcel",
    "It was supposed to arrive on Tuesday and it's now Friday.",
    "I'd like to return two pairs of shoes, size 42, from order 10234; they are too small.",
    "money back please!!!",
    "How long does a refund take when I paid by credit card?",
    "cancel everything",
    "Can I still change the delivery address to 17 Baker Street, London NW1 6XE?",
    "my email is anna.k@example.com and the number is +44 20 7946 0958",
    "The left speaker crackles, the box was open, and the manual is in a language that I can't read.",
    "do u have this in blue",
    "Is there a discount for students or teachers?",
    "i want to talk to a real person, not a machine",
    "Please call me back tomorrow between nine and half past ten.",
    "Why was 59.90 taken from my account twice?",
    "What are your opening hours on public holidays?",
    "you are useless",
    "The voucher code SPRING25 says that it has expired although the newsletter promised it until the end of May.",
    "password forgotten",
    "Do you ship to Norway, and who pays the customs duty?",
    "what's the weather like in Paris",
    "Play some jazz and set an alarm for six thirty.",
    "How many calories are there in a banana?",
    "transfer three hundred dollars from savings to checking",
    "My card was swallowed by the cash machine this morning.",
    "remind me to buy milk",
    "Who wrote War and Peace, and when did he die?",
    "I ordered a sofa in September. Nobody told me that it would be delivered in four parts! "
    "Now the legs are missing, the colour is wrong, and your driver simply left it in the rain outside my neighbour's "
    "garage. I have called four times and written twice. What are you going to do about it?",
    "Thank you so much, that was really quick :)",
)
