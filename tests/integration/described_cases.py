"""Hooks for Schemathesis, which loads this module: which of its cases say nothing."""

from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode, HookContext


@schemathesis.hook
def filter_case(_context: HookContext, case: Case[Any]) -> bool:
    """Leave out well-formed pages: that a page holds a story, no schema can say."""
    is_page = case.media_type in {"text/html", "application/xhtml+xml"}
    return not (is_page and case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE)
