"""All settings of `config.toml`, each with its kind, its default and its explanation.

This is the only place where a setting is declared: the file is checked against it, and
`hitl-tui config` prints it. In a name, a part in capitals stands for any name.
"""

from dataclasses import dataclass

from hitl_engine.configuration.kinds import (
    FLAG,
    SECRET_TEXTS,
    TEXT,
    TEXTS,
    WORDS,
    Kind,
    Value,
    one_of,
    some_of,
    text_like,
    whole_number,
)

COLOURS = ("blue", "cyan", "green", "magenta", "orange", "red", "yellow")
"""The colours that a target can have."""
DESKTOP_WAYS = ("auto", "osc9", "osc777", "notify-send", "off")
"""How a desktop notification can be made."""
ITEM_KINDS = ("tool", "text", "choice", "form", "questions", "program", "json", "breakpoint")
"""The kinds of items, as `ItemKind` has them; the model is not imported before the first paint."""
REASONED_DECISIONS = ("approve", "edit", "reject", "respond", "answer", "step")
"""The decisions that can need a reason for the log: the four on tool calls, any other answer, a step."""
NAME = r"[A-Za-z][A-Za-z0-9_-]*"
"""What a target can be named, so that it is never taken for a URL or a file."""

_NAME = text_like(NAME, "a name: a letter, then letters, digits, - and _")
_KEYS = text_like(
    r"[^,\s]+(,[^,\s]+)*", "a key as f or ctrl+f, or several with commas between them"
)
_PROXY = text_like(
    r"(https?|socks5h?)://\S+", "a URL that begins with http://, https:// or socks5://", secret=True
)
_URL = text_like(r"https?://\S+", "a URL that begins with http:// or https://", secret=True)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, or one for each name where a part of its name is in capitals."""

    name: str
    kind: Kind
    explanation: str
    """What it does, in sentences."""
    default: Value | None = None
    """The value without the setting; None where there is none."""

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the name, as tables of TOML."""
        return tuple(self.name.split("."))

    def begins(self, parts: tuple[str, ...]) -> bool:
        """Whether these tables, or this table with its key, are on the path of this setting."""
        return len(parts) <= len(self.path) and all(
            one.isupper() or one == other for one, other in zip(self.path, parts, strict=False)
        )

    def is_at(self, parts: tuple[str, ...]) -> bool:
        """Whether this is the setting of a table with its key."""
        return len(parts) == len(self.path) and self.begins(parts)


_FOR_ALL_TARGETS = (
    Setting(
        "grace",
        whole_number(0, 60, "seconds"),
        "How long an answer can be taken back before it is sent; 0 sends it at once. --grace wins.",
        default=3,
    ),
    Setting(
        "presence",
        FLAG,
        "Whether others who work on the same server see which item you have open, and since when. "
        "Only hitl-tui's own server passes it on.",
        default=True,
    ),
    Setting(
        "notifications.bell",
        FLAG,
        "Whether the terminal's bell tells of new items.",
        default=True,
    ),
    Setting(
        "notifications.title",
        FLAG,
        "Whether items are counted in the title of the window.",
        default=True,
    ),
    Setting(
        "notifications.toast",
        FLAG,
        "Whether the console shows a notification of new items while another item is open.",
        default=True,
    ),
    Setting(
        "notifications.desktop",
        FLAG,
        "Whether the desktop shows a notification of new items while the terminal is not in focus.",
        default=True,
    ),
    Setting(
        "notifications.desktop_way",
        one_of(*DESKTOP_WAYS),
        "How a notification of the desktop is made: with an escape sequence, or with notify-send.",
        default="auto",
    ),
    Setting(
        "notifications.command",
        WORDS,
        "A command that is run for new items. It is started without a shell, with JSON on its "
        "standard input.",
    ),
    Setting(
        "notifications.graphs",
        TEXTS,
        "Only items of these graphs are told and counted; with an empty list, those of all.",
    ),
    Setting(
        "notifications.tools",
        TEXTS,
        "Only items with calls of these tools are told and counted; with an empty list, all.",
    ),
    Setting(
        "notifications.kinds",
        some_of(*ITEM_KINDS),
        "Only items of these kinds are told and counted; with an empty list, those of all.",
    ),
    Setting(
        "log_reasons.tools",
        TEXTS,
        "A decision on a call of one of these tools is only sent with a reason or ticket for the "
        "log. In a name, * is any text: delete_*.",
    ),
    Setting(
        "log_reasons.graphs",
        TEXTS,
        "A decision or a step in one of these graphs is only sent with a reason or ticket for the "
        "log. In a name, * is any text: pay_*.",
    ),
    Setting(
        "log_reasons.decisions",
        some_of(*REASONED_DECISIONS),
        "Only these decisions need a reason there; with an empty list, all.",
    ),
    Setting(
        "log_reasons.on_server",
        FLAG,
        "Whether the reason is also sent to the server, in the metadata of the run. Whoever reads "
        "the run can read it there; the graph does not get it.",
        default=False,
    ),
)
"""Settings for all targets, each of which one target can have for itself."""


def _for_one_target(setting: Setting) -> Setting:
    why = f"As {setting.name}, for this target alone. It wins over {setting.name}."
    return Setting(f"targets.NAME.{setting.name}", setting.kind, why)


SETTINGS = (
    Setting(
        "default_target",
        _NAME,
        "The target that is used if none is given, HITL_TUI_TARGET is not set, and the folder has "
        "no langgraph.json.",
    ),
    Setting(
        "theme",
        TEXT,
        "The theme of the console. It wins over the theme that was last chosen in the console.",
    ),
    Setting(
        "ascii",
        FLAG,
        "Whether the console draws signs and frames with ASCII characters. Without it, it does so "
        "where the locale's encoding is not UTF-8. --ascii wins.",
    ),
    Setting(
        "keep_inbox",
        FLAG,
        "Whether a copy of the list is kept, which is on screen at the next start while the console "
        "connects.",
        default=True,
    ),
    Setting(
        "reviewer",
        text_like(r"[^\x00-\x1f\x7f]{1,100}", "a name of at most 100 characters"),
        "Your name, for others on the same server and in the log, in place of that of the system's "
        "user. The name of a token wins, where the server knows it.",
    ),
    *_FOR_ALL_TARGETS,
    Setting(
        "reasons",
        TEXTS,
        "Reasons that the console offers where a tool call is rejected, below those given last.",
    ),
    Setting(
        "targets.NAME.url",
        _URL,
        "Where the server is. A target has either a url or a path.",
    ),
    Setting(
        "targets.NAME.path",
        TEXT,
        "A langgraph.json, its folder, or file.py:graph; relative to the folder of config.toml.",
    ),
    Setting(
        "targets.NAME.headers",
        SECRET_TEXTS,
        "Headers that are sent with each request. Their values are never printed.",
    ),
    Setting(
        "targets.NAME.key_env",
        TEXT,
        "The environment variable that holds the API key.",
    ),
    Setting(
        "targets.NAME.key_keyring",
        text_like(r"[^/]+/.+", "a text of the form service/user", secret=True),
        "The entry of the system's keyring that holds the API key. Needs hitl-tui[keyring].",
    ),
    Setting(
        "targets.NAME.key_command",
        WORDS,
        "A command that prints the API key in its first line. It is started without a shell.",
    ),
    Setting(
        "targets.NAME.key_header",
        text_like(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "the name of a header"),
        "The header that carries the API key; with authorization, it is sent as Bearer KEY.",
        default="x-api-key",
    ),
    Setting(
        "targets.NAME.ca",
        TEXT,
        "A file with the certificates that the server is checked against, in place of the system's.",
    ),
    Setting(
        "targets.NAME.proxy",
        _PROXY,
        "The proxy for this target, in place of that of the environment.",
    ),
    Setting(
        "targets.NAME.python",
        TEXT,
        "The Python interpreter that runs the graphs of a path.",
    ),
    Setting(
        "targets.NAME.read_only",
        FLAG,
        "Whether the target is only looked at: nothing is sent that changes anything.",
        default=False,
    ),
    Setting(
        "targets.NAME.production",
        FLAG,
        "Whether the target is in production: the console marks it, and asks once more before it "
        "sends a decision or a step, or starts a run; shell commands that change something need --yes.",
        default=False,
    ),
    Setting(
        "targets.NAME.colour",
        one_of(*COLOURS),
        "The colour of the target's name. A target in production is red unless it has another.",
    ),
    *map(_for_one_target, _FOR_ALL_TARGETS),
    Setting(
        "views.NAME",
        TEXT,
        "A named view of the inbox: a filter, which may also name an order and groups, as "
        "sort:deadline group:thread. The key v and the command palette offer each by its name.",
    ),
    Setting(
        "keys.PLACE.ACTION",
        _KEYS,
        "The key of an action of the console, in place of its own, as keys.inbox.filter. "
        "docs/keys.md lists the actions.",
    ),
)
