"""Describe the API on one page that loads nothing from elsewhere: it works without the internet."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

_STYLE = "body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}pre{background:#eee;padding:1em}"
_EXAMPLES = (
    (
        "one article",
        "curl '{base}articles' --json '{{\"text\": \"Belarus faces sanctions from the European Union.\"}}'",
    ),
    ("many, one a line", "curl '{base}articles' -H 'Content-Type: application/x-ndjson' --data-binary @articles.jsonl"),
    ("a plain text", "curl '{base}articles' -H 'Content-Type: text/plain' --data-binary @article.txt"),
)


def add_docs(api: FastAPI) -> None:
    """Add /docs to an application; the machine-readable description stays at /openapi.json."""

    @api.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    def docs(request: Request) -> HTMLResponse:
        return HTMLResponse("\n".join(_page(api.openapi(), str(request.base_url))))


def _page(described: dict[str, Any], base: str) -> Iterator[str]:
    info = described["info"]
    yield f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f"<style>{_STYLE}</style><h1>{escape(info['title'])} {escape(info['version'])}</h1>"
    yield f"<p>{escape(info['description'])}</p>"
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation['summary'])}</p><ul>"
            for status, response in operation["responses"].items():
                yield f"<li><code>{escape(status)}</code> {escape(response['description'])}</li>"
            yield "</ul>"
    yield "<h2>Examples</h2>"
    for what, command in _EXAMPLES:
        yield f"<p>{what}:</p><pre>{escape(command.format(base=base))}</pre>"
    yield '<p>Where the installation has a key, add <code>-H "X-API-Key: …"</code>. '
    yield 'All of it, for programs: <a href="openapi.json">openapi.json</a>.</p></html>'
