"""Server-sent events with Flask. Each client takes a thread of the server's.

pip install flask
flask --app examples/server_flask.py run
"""

from __future__ import annotations

from changes import HEADERS, number_of
from flask import Flask, Response, request
from server_wsgi import stream

app = Flask(__name__)


@app.get("/changes")
def changes() -> Response:
    return Response(stream(number_of(request.headers.get("Last-Event-ID"))), headers=HEADERS)
