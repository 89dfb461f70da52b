"""What every HTTP face of Baton shares: errors as sentences, and request bodies read strictly.

A route declares the fields it takes (`connectors.fields`) and gets exactly those, or the caller gets a 400, 413, 415 or
422 that says what is wrong. Nothing past `read_json` and `read_query` meets raw input.
"""

from __future__ import annotations

import hmac
import json
import logging
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from sanic import HTTPResponse, Request, Sanic
from sanic import json as json_response
from sanic.exceptions import SanicException

from connectors.fields import Field, FromQuery, refuse, take
from handoff.errors import BatonError, NotAuthenticated, TooManyAttempts, Unavailable, place_of

_log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
"""Bytes that a JSON body may have unless a route says less."""


class MalformedBody(BatonError):
    """The body is not JSON, or not UTF-8."""

    status = 400
    code = "malformed_body"


class BodyTooLarge(BatonError):
    """The body is over its limit."""

    status = 413
    code = "body_too_large"


class NotJson(BatonError):
    """The body is not declared as `application/json`."""

    status = 415
    code = "not_json"


# errors


def render_errors(app: Sanic[Any, Any], max_body: int = MAX_BODY) -> None:
    """Make the app answer every failure with the error body of docs/contracts.md, and bound its request bodies.

    Args:
        max_body: bytes at which reading of a body stops, whatever the route.
    """
    app.config.REQUEST_MAX_SIZE = max_body
    app.error_handler.add(Exception, _render)


def error_response(error: BatonError) -> HTTPResponse:
    """Render one of Baton's own errors, with `Retry-After` where waiting helps."""
    headers = {}
    if isinstance(error, TooManyAttempts | Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    return _body(error.status, error.code, error.message, headers)


def _render(request: Request, error: Exception) -> HTTPResponse:
    if isinstance(error, BatonError):
        return error_response(error)
    if isinstance(error, SanicException):
        code, message = _PLAIN.get(error.status_code, ("bad_request", "This request cannot be answered."))
        if error.status_code < 500:
            allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return _body(error.status_code, code, message, allow)
    where = request.uri_template or "an unknown path"
    _log.error("%s %s could not be answered: %s", request.method, where, place_of(error))
    return _body(500, "internal_error", "Something went wrong on our side; please try again.", {})


def _body(status: int, code: str, message: str, headers: Mapping[str, str]) -> HTTPResponse:
    return json_response({"error": {"code": code, "message": message}}, status=status, headers=dict(headers))


_PLAIN = {
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    408: ("request_timeout", "The request took too long to arrive; send it again."),
    413: (BodyTooLarge.code, "The request is larger than this address takes."),
}


# who calls


def bearer_token(request: Request) -> str:
    """Return the token of the `Authorization: Bearer …` header.

    Raises:
        NotAuthenticated: there is none.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("Send a token in the Authorization header, as Bearer.")
    return token.strip()


def require_bearer(request: Request, secret: str) -> None:
    """Let only a caller who knows the shared secret pass; compared in constant time.

    Raises:
        NotAuthenticated: the secret is missing or wrong.
    """
    # surrogateescape, because a header may hold bytes that are not UTF-8, and those are just a wrong secret.
    sent = bearer_token(request).encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(sent, secret.encode()):
        raise NotAuthenticated("The bearer secret is wrong.")


# what they send


def read_json(request: Request, fields: Mapping[str, Field], max_body: int = MAX_BODY) -> dict[str, Any]:
    """Read a JSON object that has exactly the given fields; those with a default may be left out.

    Args:
        max_body: bytes.

    Raises:
        NotJson: the content type is not `application/json`.
        BodyTooLarge: over `max_body`.
        MalformedBody: not UTF-8, not JSON, not an object, or a name appears twice in an object.
        InvalidInput: a field is unknown, missing, of the wrong type or out of range.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson("Send the body as application/json.")
    if len(request.body) > max_body:
        raise BodyTooLarge(f"A body here holds at most {max_body:,} bytes; this one has {len(request.body):,}.")
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise MalformedBody("The body must be a JSON object.")
    return take(body, fields)


def read_query(request: Request, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Read the query string as strictly as a body: known names only, each at most once.

    Raises:
        InvalidInput: a parameter is unknown, repeated, missing or out of range.
    """
    given: dict[str, Any] = {}
    for name, value in request.get_query_args(keep_blank_values=True):
        if name in given and name in fields:
            refuse(name, "may be given only once")
        given[name] = FromQuery(value)
    return take(given, fields)


def parse_json(body: bytes | str) -> Any:
    """Parse JSON strictly: UTF-8, no NaN or Infinity, no name twice in an object, no absurd nesting.

    Raises:
        MalformedBody: it is not that.
    """
    try:
        written = body.decode("utf-8") if isinstance(body, bytes) else body
        return json.loads(
            written, object_pairs_hook=_each_name_once, parse_constant=_no_such_number, parse_float=_finite
        )
    except UnicodeDecodeError:
        raise MalformedBody("The body is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise MalformedBody("The body is not valid JSON.") from None


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name appears twice")
    return named


def _no_such_number(_: str) -> NoReturn:
    raise ValueError("JSON has no such number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number
