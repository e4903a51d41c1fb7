"""The house: audit log, notices, health, housekeeping."""

from fastapi import APIRouter

router = APIRouter(tags=["house"])
