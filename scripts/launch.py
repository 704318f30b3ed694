"""Start any part of the leak monitor: python scripts/launch.py demo

Written so plainly that every Python ever made can read it: a wrong one is refused in words, not with a
syntax error. Everything else is in src/launcher.py. No "#!" line: the py launcher of Windows would obey it.
"""
import os
import sys

SUPPORTED = ((3, 10), (3, 11), (3, 12), (3, 13))


def refusal(version, bits, executable):
    """Why this Python cannot be used, in words; an empty text when it can.

    version: such as (3, 12); bits: 32 or 64.
    """
    if version in SUPPORTED and bits == 64:
        return ""
    if version in SUPPORTED:
        reason = "it is the 32-bit edition, for which there is no TensorFlow"
    elif version < SUPPORTED[0]:
        reason = "it is too old"
    else:
        reason = "it is too new: there is no TensorFlow for it yet"
    return "\n".join((
        "The leak monitor cannot use Python %d.%d (%s): %s." % (version[0], version[1], executable, reason),
        "It needs the 64-bit edition of Python 3.12 (3.10, 3.11 and 3.13 work, too).",
        "Install it from https://www.python.org/downloads/ beside the one you have, then start again.",
    ))


def main(arguments):
    problem = refusal(sys.version_info[:2], 64 if sys.maxsize > 2**32 else 32, sys.executable)
    if arguments == ["--check-python"]:
        # Asked by the .bat files, which show this text when no Python on the PC fits.
        if problem:
            print(problem)
        return 1 if problem else 0
    if problem:
        sys.stderr.write(problem + "\n")
        return 1
    project = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path.insert(0, project)
    from src.launcher import launch

    return launch(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
