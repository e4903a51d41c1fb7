"""Runs: asked for, followed, cancelled."""

from fastapi import APIRouter

router = APIRouter(tags=["runs"])
