"""The two themes of the console: muted colours; amber and red are left for warnings and errors."""

from textual.theme import Theme

THEMES = (
    Theme(
        name="hitl-dark",
        dark=True,
        primary="#7aa7d9",
        secondary="#8fb8a8",
        accent="#b9a3e3",
        success="#8cc28a",
        warning="#e0a458",
        error="#e5787a",
        foreground="#d8dee6",
        background="#12161b",
        surface="#181d24",
        panel="#222933",
        variables={"footer-key-foreground": "#b9a3e3"},
    ),
    Theme(
        name="hitl-light",
        dark=False,
        primary="#2f6296",
        secondary="#3d6d5c",
        accent="#6a4aa3",
        success="#2c6e34",
        warning="#8f5a00",
        error="#ab2b2e",
        foreground="#262c33",
        background="#fbfaf7",
        surface="#f3f1ec",
        panel="#e6e3db",
        variables={"footer-key-foreground": "#6a4aa3"},
    ),
)

WITHOUT_SHADES = ("ansi-dark", "ansi-light")
"""Themes of Textual that have no shades: texts on coloured buttons, and dim ones, cannot be read."""
