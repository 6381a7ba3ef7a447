"""The role rules over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app import role_rules
from app.answers import Reading
from app.deps import reads
from app.headers import IfNoneMatch
from app.schemas.role_rules import RoleRuleList

router = APIRouter(prefix="/v1/role-rules", tags=["role-rules"])


@router.get(
    "",
    status_code=200,
    response_model=RoleRuleList,
    summary="List the role rules",
    response_description="Every rule, in Arabic and English.",
)
async def list_role_rules(
    reading: Annotated[Reading, reads("role_rules.read")], if_none_match: IfNoneMatch = None
) -> Response:
    """Who may take which action on which thing, from which state, on one page. What no rule allows is denied."""
    return reading.one(role_rules.document(), if_none_match)
