"""Logging in and out. `Access` decides who may come, before anything else is asked."""

from __future__ import annotations

import math

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from curator.access.access import COOKIE, ROOT, Access
from curator.pages import Message, Pages, redirect, text_of


def add_login(app: FastAPI, access: Access, pages: Pages) -> None:
    @app.get(f"{ROOT}/login")
    async def login_page(request: Request) -> HTMLResponse:
        return pages(request, "access/login", message=None)

    @app.post(f"{ROOT}/login")
    async def login(request: Request) -> Response:
        password = text_of(await request.form(), "password")
        entry = await access.enter(password, request.client.host if request.client else "")
        if entry.session is None:
            seconds = math.ceil(entry.wait_seconds)
            if not seconds:
                wrong = Message(pages.words("login_wrong"))
                return pages(request, "access/login", status=403, message=wrong)
            locked = Message(pages.words("login_locked", seconds=seconds))
            refused = pages(request, "access/login", status=429, message=locked)
            refused.headers["Retry-After"] = str(seconds)
            return refused
        reply = redirect(request, "curator")
        secure = request.url.scheme == "https"
        reply.set_cookie(
            COOKIE, entry.session, path=ROOT, secure=secure, httponly=True, samesite="strict"
        )
        return reply

    @app.post(f"{ROOT}/leave")
    async def leave(request: Request) -> Response:
        access.leave(request.cookies.get(COOKIE, ""))
        reply = redirect(request, "curator/login")
        reply.delete_cookie(COOKIE, path=ROOT)
        return reply
