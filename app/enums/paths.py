"""Words of approval paths: what a stage is, who has it, when it is due and how it ends (Guide P-3, P-8)."""

from enum import StrEnum


class PathTemplateState(StrEnum):
    """The life of one version of a path template. `model`: shipped, to be copied and never used itself."""

    MODEL = "model"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class RunsOn(StrEnum):
    """What a path is walked by: a plan, a scorecard, or an entity as a whole in one year."""

    PLAN = "plan"
    SCORECARD = "scorecard"
    ENTITY = "entity"


class PathRunState(StrEnum):
    """The life of a path that a subject walks."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class StageKind(StrEnum):
    """What is done in a stage."""

    PREPARE = "prepare"
    VERIFY = "verify"
    DISCUSS = "discuss"
    APPROVE_PRELIMINARILY = "approve_preliminarily"
    APPROVE = "approve"
    SEND = "send"
    RECORD_ANSWER = "record_answer"
    ENTER_IN_PLATFORM = "enter_in_platform"
    TRANSFER_KNOWLEDGE = "transfer_knowledge"
    INFORM = "inform"


CONTROL_STAGES = frozenset({StageKind.VERIFY, StageKind.APPROVE_PRELIMINARILY, StageKind.APPROVE})
"""The kinds that four eyes speaks of; all others are free of it."""


class StageParty(StrEnum):
    """Whom a stage names. `enterer`, `reviewer`, `approver`: whom the entity's role plan names in the template's
    chain, with its substitutes in order (Guide P-13)."""

    OFFICE = "office"
    MANAGER = "manager"
    SPECIALIST = "specialist"
    TECHNICAL_REPRESENTATIVE = "technical_representative"
    PLANNING = "planning"
    FINANCE = "finance"
    COMMUNICATION = "communication"
    EXECUTING = "executing"
    DIVISION = "division"
    DIVISION_HEADS = "division_heads"
    HEAD = "head"
    HEAD_OFFICE = "head_office"
    ADVISORY_COMMITTEE = "advisory_committee"
    SUPERVISORY_COMMITTEE = "supervisory_committee"
    UNIT = "unit"
    ENTERER = "enterer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    # These never act in the service: they are only worked with, or told.
    UNDERSECRETARIES = "undersecretaries"
    ALL_STAFF = "all_staff"
    MINISTRY_OF_ECONOMY = "ministry_of_economy"
    MINISTRY_OF_FINANCE = "ministry_of_finance"
    MINISTRY_OF_LABOUR = "ministry_of_labour"
    COUNCIL_OF_MINISTERS_SECRETARIAT = "council_of_ministers_secretariat"
    PERFORMANCE_UNIT = "performance_unit"
    EXCELLENCE_TEAM = "excellence_team"
    BODIES_CONCERNED = "bodies_concerned"
    PROGRAMME_CEOS = "programme_ceos"
    PRIORITY_SUPERVISORS = "priority_supervisors"


OUTSIDE = frozenset(
    {
        StageParty.UNDERSECRETARIES,
        StageParty.ALL_STAFF,
        StageParty.MINISTRY_OF_ECONOMY,
        StageParty.MINISTRY_OF_FINANCE,
        StageParty.MINISTRY_OF_LABOUR,
        StageParty.COUNCIL_OF_MINISTERS_SECRETARIAT,
        StageParty.PERFORMANCE_UNIT,
        StageParty.EXCELLENCE_TEAM,
        StageParty.BODIES_CONCERNED,
        StageParty.PROGRAMME_CEOS,
        StageParty.PRIORITY_SUPERVISORS,
    }
)
"""Parties that are never responsible for a stage."""


class StageOutcome(StrEnum):
    """How a stage may end."""

    DONE = "done"
    APPROVED = "approved"
    RETURNED = "returned"
    NOT_APPLICABLE = "not_applicable"


class StageState(StrEnum):
    """Where one round of a stage stands. `pending`: an earlier group is not over. `voided`: a return made a later
    round of it necessary."""

    PENDING = "pending"
    OPEN = "open"
    DONE = "done"
    APPROVED = "approved"
    RETURNED = "returned"
    NOT_APPLICABLE = "not_applicable"
    VOIDED = "voided"
    STOPPED = "stopped"


class StageTiming(StrEnum):
    """Where a stage stands in time, at a moment. Derived, never stored. `due_soon`: today or within the next five working days."""

    NOT_YET = "not_yet"
    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    ENDED_ON_TIME = "ended_on_time"
    ENDED_LATE = "ended_late"


class DueKind(StrEnum):
    """How a stage says when it is due."""

    DATE = "date"
    DATE_RANGE = "date_range"
    MONTHS = "months"
    OFFSET = "offset"
    RECURRING = "recurring"
    CONTINUOUS = "continuous"


class DueFrom(StrEnum):
    """What an offset in working days is counted from."""

    START = "start"
    PREVIOUS_GROUP = "previous_group"
    YEAR_END = "year_end"


class QuorumOf(StrEnum):
    """Of what a stage needs several: parties that each take it, or people of them."""

    PARTIES = "parties"
    PEOPLE = "people"
