"""What a model raises: the whole tree.

``ModelError``
    ``InvalidValue``        the wrong kind or shape of argument
    ``OutOfRange``          the right kind, an impossible value
    ``NothingToDivideBy``   a ratio over zero
    ``NotApplicable``       the question has no answer for these inputs
"""


class ModelError(ValueError):
    """A question that a model cannot answer; the message names the argument and the cure."""


class InvalidValue(ModelError):
    """An argument of the wrong kind, shape or combination."""


class OutOfRange(ModelError):
    """An argument outside the range that makes sense."""


class NothingToDivideBy(ModelError):
    """A ratio whose denominator is zero."""


class NotApplicable(ModelError):
    """A question that has no answer for these inputs."""
