"""The depot: pointer, bundles, reports and logs of answers, under the places that endpoints know."""

from fastapi import APIRouter

router = APIRouter(tags=["depot"])
