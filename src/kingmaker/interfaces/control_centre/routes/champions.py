"""Champions: who is in force, and what people decide about it."""

from fastapi import APIRouter

router = APIRouter(tags=["champions"])
