"""Logging in and out. `Access` decides who may come, before anything else is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from curator.access.access import COOKIE, ROOT, Access
from curator.pages import Message, Pages, redirect, text_of


@dataclass(frozen=True, slots=True)
class LoginPage:
    access: Access
    pages: Pages

    def join(self, app: FastAPI) -> None:
        app.get(f"{ROOT}/login")(self.page)
        app.post(f"{ROOT}/login")(self.enter)
        app.post(f"{ROOT}/leave")(self.leave)

    async def page(self, request: Request) -> HTMLResponse:
        return self.pages(request, "access/login", message=None)

    async def enter(self, request: Request) -> Response:
        words, password = self.pages.words, text_of(await request.form(), "password")
        entry = await self.access.enter(password, request.client.host if request.client else "")
        if entry.session is None:
            seconds = math.ceil(entry.wait_seconds)
            if not seconds:
                wrong = Message(words("login_wrong"))
                return self.pages(request, "access/login", status=403, message=wrong)
            locked = Message(words("login_locked", seconds=seconds))
            refused = self.pages(request, "access/login", status=429, message=locked)
            refused.headers["Retry-After"] = str(seconds)
            return refused
        reply = redirect(request, "curator")
        secure = request.url.scheme == "https"
        reply.set_cookie(
            COOKIE, entry.session, path=ROOT, secure=secure, httponly=True, samesite="strict"
        )
        return reply

    async def leave(self, request: Request) -> Response:
        self.access.leave(request.cookies.get(COOKIE, ""))
        reply = redirect(request, "curator/login")
        reply.delete_cookie(COOKIE, path=ROOT)
        return reply
