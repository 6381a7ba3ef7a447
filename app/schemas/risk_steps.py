"""What is said with a step of a risk."""

from typing import Annotated

from pydantic import Field

from app.enums.challenges import ChallengeKind, ChallengeTie
from app.enums.risks import ResourceKind, RiskStrategy
from app.schemas.base import NOT_BLANK_LINE, Body, Name, Number, Whole, Words, example
from app.schemas.decisions import RecordedDecision

Level = Annotated[Whole, Field(ge=1, le=5)]
Probability = Annotated[Level, Field(description="How likely it is, by the levels of the settings in force.")]
Impact = Annotated[Level, Field(description="How grave it would be, by the levels of the settings in force.")]
ResidualProbability = Annotated[
    Level | None,
    Field(description="How likely it is with the treatment; never more; null: not known yet."),
]
ResidualImpact = Annotated[
    Level | None,
    Field(description="How grave it would be with the treatment; never more; null: not known yet."),
]
_Amount = Annotated[Number, Field(ge=0, max_digits=18, decimal_places=3)]
_Why = Annotated[Words, Field(description="Why; it stays with the risk.")]
_Decision = Annotated[
    RecordedDecision | None,
    Field(description="Needed when the head's office records the head's decision."),
]


class RiskAssessmentCreate(Body):
    """An assessment by the settings in force; of a treated risk it says what remains."""

    model_config = example(
        probability=4,
        impact=4,
        residual_probability=2,
        residual_impact=4,
        note="انخفض الاحتمال بعد توقيع اتفاقية التدريب البديلة",
    )

    probability: Probability
    impact: Impact
    residual_probability: ResidualProbability = None
    residual_impact: ResidualImpact = None
    note: Annotated[Words | None, Field(description="What it rests on.")] = None


class RiskStrategyChoice(Body):
    """What is done about a risk, and how."""

    model_config = example(strategy="mitigate", plan="توقيع اتفاقية مع معهد بديل وتوزيع الدفعات على فصلين")

    strategy: Annotated[
        RiskStrategy,
        Field(
            description="`accept`: it is then to be accepted knowingly, by the manager or by the head (K-3)."
        ),
    ]
    plan: Annotated[Words, Field(description="How; for `accept` why it is left as it is.")]


class RiskStep(Body):
    """A step that is never taken without a reason."""

    model_config = example(reason="كلفة المعالجة تفوق الأثر المتوقع")

    reason: _Why
    decision: _Decision = None


class RiskTreatment(Body):
    """That the treatment is done."""

    model_config = example(what="اكتمل توقيع الاتفاقية البديلة وبدأت الدفعة الأولى")

    what: Annotated[Words, Field(description="What was done.")]


class RiskResourceCreate(Body):
    """Something that the treatment needs."""

    model_config = example(kind="people", what="مدرب معتمد في إدارة المشاريع", asked=2, unit="مدرب")

    kind: Annotated[ResourceKind, Field(description="Money, people or technology (K-4).")]
    what: Annotated[Name, Field(description="What is needed.")]
    asked: Annotated[
        Number, Field(gt=0, max_digits=18, decimal_places=3), Field(description="How much of it.")
    ]
    unit: Annotated[
        Annotated[str, Field(min_length=1, max_length=60, pattern=NOT_BLANK_LINE)] | None,
        Field(description="In what; money is always in Omani rials, and says none."),
    ] = None


class RiskResourcesAsked(Body):
    """What the treatment needs, to be granted by the head."""

    model_config = example(
        resources=[
            {"kind": "money", "what": "رسوم المعهد البديل", "asked": 18500, "unit": None},
            {"kind": "people", "what": "مدرب معتمد في إدارة المشاريع", "asked": 2, "unit": "مدرب"},
        ],
        reason="لا تكفي مخصصات التدريب الحالية لتنفيذ خطة التخفيف",
    )

    resources: Annotated[
        list[RiskResourceCreate], Field(min_length=1, max_length=20, description="All that is asked for now.")
    ]
    reason: _Why


class RiskResourceGrant(Body):
    """What is granted of one thing that was asked for."""

    model_config = example(number=1, amount=12000)

    number: Annotated[Whole, Field(ge=1, le=50, description="The number of what was asked for.")]
    amount: Annotated[_Amount, Field(description="All of it, a part, or 0: it is refused.")]


class RiskResourcesGranted(Body):
    """The answer to everything that was asked for."""

    model_config = example(
        granted=[{"number": 1, "amount": 12000}, {"number": 2, "amount": 0}],
        reason="يُكتفى بالمدربين الحاليين مع تمويل جزئي للرسوم",
    )

    granted: Annotated[
        list[RiskResourceGrant],
        Field(min_length=1, max_length=50, description="One for each that was asked for."),
    ]
    reason: Annotated[
        Words | None,
        Field(description="Why; said by a head who asked for it and decides because nobody else is left."),
    ] = None
    decision: _Decision = None


class RiskRaise(Body):
    """Why a risk is raised."""

    model_config = example(reason="تتجاوز المعالجة صلاحيات المكتب وتمس التزامات الوحدة")

    reason: Annotated[Words, Field(description="Why, and what is asked for.")]


class RiskAnswer(Body):
    """What whoever it was raised to says."""

    model_config = example(answer="يُعتمد خيار النقل إلى جهة التدريب مع متابعة شهرية")

    answer: Annotated[Words, Field(description="What is to be done; the office reads it.")]
    decision: _Decision = None


class RiskOccurrence(Body):
    """That a risk has happened. The challenge takes its title, cause, effect and classification."""

    model_config = example(what="اعتذر المعهد عن تنفيذ الدفعة الثانية", tie="own")

    what: Annotated[Words, Field(description="What happened.")]
    kind: Annotated[
        ChallengeKind | None,
        Field(description="The kind of the challenge; by default by the kind of the risk."),
    ] = None
    tie: Annotated[
        ChallengeTie,
        Field(description="Tied to a national programme or initiative, or the entity's own (X-4)."),
    ] = ChallengeTie.OWN


class RiskClosing(Body):
    """What was learned."""

    model_config = example(lessons="يُبرم اتفاق بديل قبل بدء كل برنامج تدريبي لا بعد تعثره")

    lessons: Annotated[Words, Field(description="What was learned from it, for those who come later (K-5).")]
