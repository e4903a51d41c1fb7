"""Access: tokens, people, log-in."""

from fastapi import APIRouter

router = APIRouter(tags=["access"])
