"""How much chance of a false promotion each look at a test window may spend, so that a year of looks stays within a limit."""

from statistics import NormalDist


def alpha_per_look(looks_per_year: int, *, yearly: float = 0.05) -> float:
    """The one-sided level of one look: by the union bound a year of looks errs with at most `yearly` (Bonferroni).

    Holds whatever the overlap of the windows and however many trials were ranked elsewhere. 52 looks: .00096.
    """
    if looks_per_year < 1 or not 0.0 < yearly < 1.0:
        raise ValueError(
            f"an error budget needs at least one look and a level in (0, 1), not {looks_per_year}, {yearly}"
        )
    return yearly / looks_per_year


def required_z(alpha: float) -> float:
    """Standard errors by which a difference must exceed zero to pass at the one-sided level `alpha`. .05/52: 3.10."""
    return NormalDist().inv_cdf(1.0 - alpha)


def detectable_difference(standard_error: float, alpha: float, *, power: float = 0.80) -> float:
    """The true improvement that passes at `alpha` with probability `power`: smaller gains will mostly be missed."""
    return (required_z(alpha) + NormalDist().inv_cdf(power)) * standard_error
