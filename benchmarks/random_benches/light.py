"""Which lamps burn, and how brightly: the light of an hour in a laboratory. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# The sun is rendered at two hours. What lies between is a mixture of both, as the spot on the bench moves on.
SUNS = ("sun1", "sun2")
LAMPS = ("ceiling", "sky", *SUNS, "desk", "night")
KINDS = ("cloudy", "lamps", "sunny", "evening", "dusk", "desk", "dark")
ALWAYS_USUAL = ("cloudy", "lamps", "evening")
# How probably the bench has been seen in it before.
PERHAPS_USUAL = {"sunny": 0.4, "dusk": 0.5, "desk": 0.25, "dark": 0.4}
FEWEST_USUAL, MOST_USUAL = 3, 4

Weights = dict[str, float]


def recipe(kind: str, generator: np.random.Generator) -> Weights:
    """How brightly each lamp burns, 1 = usual, in one of KINDS of light. Those not named are off."""
    between = generator.uniform

    def perhaps(low: float, high: float) -> float:
        return generator.choice([0, between(low, high)])

    weights = {"night": between(0.01, 0.04)}
    if kind == "cloudy":
        weights["sky"] = between(0.5, 1.3)
    elif kind == "lamps":
        weights |= {"ceiling": between(0.7, 1.2), "sky": between(0.1, 0.8)}
    elif kind == "sunny":
        strength, hour = between(0.4, 1.6), between(0, 1)
        weights |= {"sky": between(0.4, 1), **sunshine(strength, hour), "ceiling": perhaps(0.2, 1)}
    elif kind == "evening":
        weights |= {"ceiling": between(0.6, 1.2), "sky": perhaps(0, 0.1)}
    elif kind == "dusk":
        weights["sky"] = between(0.03, 0.25)
    elif kind == "desk":
        weights |= {"desk": between(0.3, 1), "ceiling": perhaps(0.1, 1), "sky": perhaps(0.05, 0.5)}
    elif kind == "dark":
        weights["night"] = between(0.01, 0.06)
    return weights


def sunshine(strength: float, hour: float) -> Weights:
    """The sun between the two hours at which it is rendered. hour: 0 to 1."""
    return {"sun1": strength * (1 - hour), "sun2": strength * hour}


def usual_kinds(generator: np.random.Generator) -> list[str]:
    """The kinds of light in which the bench has been seen before, in the order in which it was."""
    usual = [*ALWAYS_USUAL]
    usual += [kind for kind, probability in PERHAPS_USUAL.items() if generator.random() < probability]
    count = int(generator.integers(FEWEST_USUAL, MOST_USUAL + 1))
    return [str(kind) for kind in generator.permutation(usual)][:count]


def some_kind(usual: Sequence[str], new_share: float, generator: np.random.Generator) -> str:
    """Any kind of light with probability `new_share`, else one of the usual ones."""
    kinds = KINDS if generator.random() < new_share else usual
    return str(generator.choice(kinds))
