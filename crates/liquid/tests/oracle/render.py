"""Renders templates with python-liquid, another implementation of the language.

Reads a JSON list of {"template", "templates", "data"} and writes a list of {"text"} or {"error"}.
"""

import json
import sys

from liquid import DictLoader, Environment
from liquid.exceptions import LiquidError


def rendered(case):
    try:
        env = Environment(loader=DictLoader(case["templates"]))
        return {"text": env.from_string(case["template"]).render(**case["data"])}
    except LiquidError as error:
        return {"error": f"{type(error).__name__}: {error}"}
    except Exception as error:  # What it doesn't catch itself is an error all the same.
        return {"error": f"uncaught {type(error).__name__}: {error}"}


json.dump([rendered(case) for case in json.load(sys.stdin)], sys.stdout)
