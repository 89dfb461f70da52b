"""The understanding of a trained model on its own, without dialogue: for the tools that measure and explain it."""

from __future__ import annotations

from pathlib import Path

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.nlu.training_data.message import Message

from bot.languages import DEFAULT_LANGUAGE
from bot.nlu.importer import LANGUAGE
from bot.serving_model import load_serving_model


class TrainedNLU:
    """Runs the components of a model's pipeline, loaded as for serving.

    Args:
        archive: the model as Rasa's training wrote it.
    """

    def __init__(self, archive: Path) -> None:
        self.metadata, self.runner = load_serving_model(archive)
        self.language = self.metadata.language or DEFAULT_LANGUAGE
        # The last node reads "/intent" out of typed text, which Baton never does.
        self._target = self.metadata.predict_schema.nodes[self.metadata.nlu_target].needs["messages"]

    def read(self, text: str, language: str | None = None) -> Message:
        """What a message is understood as; each component's findings stand under its own key.

        Args:
            text: the message.
            language: the conversation's, which a short message is taken to be in; by default the model's.
        """
        message = UserMessage(text.strip(), metadata={LANGUAGE: language or self.language})
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: None}
        found: Message = self.runner.run(inputs=inputs, targets=[self._target])[self._target][0]
        return found
