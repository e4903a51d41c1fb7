"""Pipelines: their declarations and schedules."""

from fastapi import APIRouter

router = APIRouter(tags=["pipelines"])
