"""Words with a fixed set of values, shared by models, rules and schemas: what many areas speak of. Words of
one area alone stand in the file of that area beside this one."""

from enum import StrEnum


class Role(StrEnum):
    """What a membership makes of a person (Guide O-1 to O-9)."""

    HEAD = "head"
    HEAD_OFFICE = "head_office"
    MANAGER = "manager"
    SPECIALIST = "specialist"
    TECHNICAL_REPRESENTATIVE = "technical_representative"
    MEDIA_REPRESENTATIVE = "media_representative"
    EXPERT = "expert"
    DIVISION_HEAD = "division_head"
    DIVISION_MEMBER = "division_member"
    UNIT_EDITOR = "unit_editor"
    UNIT_SPECIALIST = "unit_specialist"
    ADMINISTRATOR = "administrator"


POSTS = (Role.HEAD, Role.MANAGER)
"""Posts: one substantive holder at a time, and a dated acting holder when one is named."""

DIVISION_ROLES = (Role.DIVISION_HEAD, Role.DIVISION_MEMBER)
UNIT_ROLES = (Role.UNIT_EDITOR, Role.UNIT_SPECIALIST)
REPRESENTATIVES = (Role.TECHNICAL_REPRESENTATIVE, Role.MEDIA_REPRESENTATIVE, Role.EXPERT)
"""People who are not permanent in the office and work only on what they are assigned (O-3, O-4, O-7)."""


class Tenure(StrEnum):
    """How a membership is held."""

    SUBSTANTIVE = "substantive"
    ACTING = "acting"


class DivisionFunction(StrEnum):
    """What a division does in the chains of the role plan (Guide O-8)."""

    OFFICE = "office"
    PLANNING = "planning"
    FINANCE = "finance"
    COMMUNICATION = "communication"
    HEAD_OFFICE = "head_office"
    EXECUTING = "executing"
    ADVISORY_COMMITTEE = "advisory_committee"
    SUPERVISORY_COMMITTEE = "supervisory_committee"
    OTHER = "other"


class Party(StrEnum):
    """Whom a step of a chain names. `executing` is the division in charge of the subject."""

    HEAD = "head"
    HEAD_OFFICE = "head_office"
    MANAGER = "manager"
    SPECIALIST = "specialist"
    PLANNING = "planning"
    FINANCE = "finance"
    COMMUNICATION = "communication"
    ADVISORY_COMMITTEE = "advisory_committee"
    EXECUTING = "executing"
    DIVISION = "division"
    UNIT = "unit"


class Chain(StrEnum):
    """The chains that an entity's role plan describes (Guide P-13)."""

    RESULTS = "results"
    PLANS = "plans"
    DETAILED_PLANS = "detailed_plans"
    REPORTS = "reports"
    COMMUNICATION = "communication"


class Step(StrEnum):
    """The steps of a chain."""

    ENTER = "enter"
    REVIEW = "review"
    APPROVE = "approve"


class SubjectKind(StrEnum):
    """Kinds of things that have a history and can be awaited or assigned."""

    ENTITY = "entity"
    DIVISION = "division"
    USER = "user"
    MEMBERSHIP = "membership"
    ASSIGNMENT = "assignment"
    DELEGATION = "delegation"
    SERVICE_ACCOUNT = "service_account"
    DECISION = "decision"
    ROLE_PLAN = "role_plan"
    INDICATOR = "indicator"
    DEFINITION = "definition"
    CONTRIBUTION = "contribution"
    OBLIGATION = "obligation"
    RESULT = "result"
    REOPENING = "reopening"
    EVIDENCE = "evidence"
    HOLIDAY = "holiday"
    PATH_TEMPLATE = "path_template"
    PATH_RUN = "path_run"
    PATH_STAGE = "path_stage"
    SCORECARD = "scorecard"
    IMPROVEMENT_PLAN = "improvement_plan"
    PLAN = "plan"
    PROPOSAL = "proposal"
    DETAILED_PLAN = "detailed_plan"
    INITIATIVE = "initiative"
    PROGRESS_REPORT = "progress_report"
    COMMUNICATION_PLAN = "communication_plan"
    COMMUNICATION_ACTIVITY = "communication_activity"
    CHALLENGE = "challenge"
    ESCALATION_ROUTES = "escalation_routes"
    MEETING_SERIES = "meeting_series"
    MEETING = "meeting"
    MEETING_DECISION = "meeting_decision"
    SITE_CHECK = "site_check"
    PROGRAMME_PARTICIPANT = "programme_participant"
    RISK = "risk"
    RISK_SETTINGS = "risk_settings"
    SWOT_ENTRY = "swot_entry"
    ACTION = "action"
    EVALUATION = "evaluation"


class ChainState(StrEnum):
    """The life of what is entered, reviewed and approved: a result, a detailed plan, a progress report (Guide D-1, D-2)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    DISCARDED = "discarded"


class IndicatorState(StrEnum):
    """The life of an indicator: results are entered only while it is active."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class DefinitionState(StrEnum):
    """The life of one version of an indicator's definition (Guide I-6, I-7)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class ContributionState(StrEnum):
    """The life of an entity's contribution to another entity's indicator (Guide I-3, I-4)."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LEFT = "left"


class PartState(StrEnum):
    """How far a contributor's own figure of a period has come, as the owner sees it (Guide I-4)."""

    MISSING = "missing"
    EXPLAINED = "explained"
    PENDING = "pending"
    APPROVED = "approved"


class ObligationState(StrEnum):
    """Where a figure that is due stands at a moment (Guide D-2, D-5). Derived, never stored.

    `late`: past its due day but still accepted; `overdue`: past that too. A draft nobody has submitted
    does not hide that it is late.
    """

    NOT_YET = "not_yet"
    OPEN = "open"
    ENTERED = "entered"
    IN_REVIEW = "in_review"
    COMPLETE = "complete"
    LATE = "late"
    OVERDUE = "overdue"
    EXCUSED = "excused"


class RolePlanState(StrEnum):
    """The life of one version of a role plan (Guide P-13)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


class ReopeningState(StrEnum):
    """The life of a request to correct what is approved."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    USED = "used"


class EvidenceKind(StrEnum):
    """What a piece of evidence is (Guide V-1)."""

    DOCUMENT = "document"
    DATASET = "dataset"
    PHOTOGRAPH = "photograph"
    LETTER = "letter"
    MINUTES = "minutes"
    OTHER = "other"


class EvidenceState(StrEnum):
    """The life of a piece of evidence (Guide V-1, V-2). Nothing is deleted.

    `scanning`: the file is kept, and not yet known to be free of malware; `infected`: it is not.
    """

    AWAITING_FILE = "awaiting_file"
    SCANNING = "scanning"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    INFECTED = "infected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Classification(StrEnum):
    """Who may read a subject before it is published."""

    OPEN = "open"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


class ObservationStatus(StrEnum):
    """SDMX code list CL_OBS_STATUS 2.2: the quality of a figure, apart from its workflow state."""

    NORMAL = "A"
    BREAK = "B"
    DEFINITION_DIFFERS = "D"
    ESTIMATED = "E"
    FORECAST = "F"
    EXPERIMENTAL = "G"
    IMPUTED = "I"
    SUPPRESSED = "Q"
    PROVISIONAL = "P"
    LOW_RELIABILITY = "U"
    UNVALIDATED = "V"
    MISSING_CANNOT_EXIST = "M"
    MISSING = "O"
    NOT_COLLECTED = "L"


class IndicatorLevel(StrEnum):
    """Guide I-1, I-2, I-4, I-9. Being in a scorecard is another field."""

    VISION = "vision"
    MAIN = "main"
    SPECIAL = "special"
    EXCELLENCE = "excellence"


class Polarity(StrEnum):
    """Which direction is better."""

    HIGHER_BETTER = "higher_better"
    LOWER_BETTER = "lower_better"
    BAND = "band"


class Frequency(StrEnum):
    """How often an indicator is measured."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"
    BIENNIAL = "biennial"
    IRREGULAR = "irregular"


class Measure(StrEnum):
    """What a result of the indicator carries."""

    VALUE = "value"
    RANK = "rank"
    VALUE_AND_RANK = "value_and_rank"


class Aggregation(StrEnum):
    """How the figures of shorter periods make that of a longer one."""

    SUM = "sum"
    LAST = "last"
    AVERAGE = "average"
    RATIO = "ratio"


class EnteredBy(StrEnum):
    """Who enters the figures: the owner's chain, or UNIT itself (an international index, Guide D-2)."""

    OWNER = "owner"
    UNIT = "unit"


class TargetKind(StrEnum):
    """How a target is read (docs/kpi-arithmetic.md). Blank: a year that is not assessed."""

    VALUE = "value"
    MINIMUM_AND_TOP_RANK = "minimum_and_top_rank"
    TOP_RANK = "top_rank"
    BAND = "band"
    RANGE = "range"
    FLOOR = "floor"
    CEILING = "ceiling"
    AVERAGE = "average"
    BLANK = "blank"


class Light(StrEnum):
    """Traffic light; grey = not assessed."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


class Trend(StrEnum):
    """Where a score has gone since the period before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class Scope(StrEnum):
    """Among which figures it is told where an indicator stands: all approved ones, or those that are published."""

    INTERNAL = "internal"
    PUBLISHED = "published"


class Language(StrEnum):
    """The two languages of the service."""

    AR = "ar"
    EN = "en"
