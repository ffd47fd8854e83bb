"""From the options of `hitl-tui run` to the settings of the run. Pure."""

from argparse import Namespace

from hitl_engine.errors import BadInput
from hitl_engine.model import JsonObject, RunSettings


def run_settings(args: Namespace) -> RunSettings:
    """Return the config and the context that the options give. Raises BadInput for one key twice."""
    config: JsonObject = dict(args.config)
    in_config = config.get("configurable") or {}
    configurable: JsonObject = dict(in_config) if isinstance(in_config, dict) else {}
    for key, value in args.configurable:
        if key in configurable:
            raise BadInput(f"`configurable` has {key} twice.", kept="Nothing was sent.")
        configurable[key] = value
    if args.configurable:
        config["configurable"] = configurable
    return RunSettings(config, args.context)
