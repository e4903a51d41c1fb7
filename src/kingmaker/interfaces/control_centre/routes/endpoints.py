"""Endpoints: what they say of themselves, bundles, keys, outcomes."""

from fastapi import APIRouter

router = APIRouter(tags=["endpoints"])
