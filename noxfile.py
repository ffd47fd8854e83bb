"""`make matrix`: the tests on each supported Python, with the oldest and the newest packages."""

import nox

PYTHONS = ("3.11", "3.12", "3.13")
OF_OTHER_SERVERS = ("langgraph-cli", "langgraph-api", "deepagents")
"""Tests that need these are skipped with the oldest packages: they require newer ones."""

nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """Run the tests with the newest release of each package."""
    session.install("--upgrade", "-e", ".[test]")
    _test(session)


@nox.session(python=PYTHONS)
def oldest(session: nox.Session) -> None:
    """Run the tests with each of our packages at its lower bound."""
    extras = nox.project.load_toml("pyproject.toml")["project"]["optional-dependencies"]
    tools = [
        each for each in extras["test"] if not each.startswith(("hitl-tui", *OF_OTHER_SERVERS))
    ]
    # The newest anyio, which httpx and starlette bring, requires a newer typing-extensions than we do.
    session.install("--resolution", "lowest-direct", "-e", ".[local]", "anyio<4.15")
    session.install(*tools)
    _test(session)


@nox.session(python=PYTHONS[-1], default=False)
def textual(session: nox.Session) -> None:
    """Run the tests of the terminal with the newest Textual: the pin can move if they pass."""
    session.install("--upgrade", "-e", ".[test]")
    session.install("--upgrade", "--no-deps", "textual")
    _test(session, "tests/console")


def _test(session: nox.Session, *paths: str) -> None:
    session.run("python", "-VV")
    session.run("uv", "pip", "freeze", external=True)
    session.run(
        *("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "3"),
        *(session.posargs or paths),
    )
