"""A bare FastAPI page with Jinja2, served as the site is: `python _bare_site.py PORT`."""

import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import DictLoader, Environment

from api_frontend.connection import Connection

TEMPLATE = "<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><p>Asked for {{ path }}.</p>"

app = FastAPI()
pages = Environment(loader=DictLoader({"page.html": TEMPLATE}), autoescape=True, auto_reload=False)


@app.get("/")
async def page(request: Request) -> HTMLResponse:
    """Show a title and the path."""
    return HTMLResponse(pages.get_template("page.html").render(title="A bare page", path=request.url.path))


if __name__ == "__main__":
    options = {"log_config": None, "access_log": False, "proxy_headers": False, "server_header": False}
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), http=Connection, **options)  # type: ignore[arg-type]
